"""The stylesheet can be read, and browsers get all of it as one file."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CSS = ROOT / "static" / "css"
INDEX = CSS / "portal.css"
FILES = sorted(path for path in CSS.rglob("*.css") if path != INDEX)
LINE = 140
RULE = 120  # a rule that would be longer has one declaration a line


def named(path):
    return path.relative_to(CSS).as_posix()


def without_comments(source):
    return re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)


@pytest.mark.parametrize("path", [INDEX, *FILES], ids=named)
def test_a_line_can_be_read_without_scrolling(path):
    long = [
        f"{named(path)}:{number}" for number, line in enumerate(path.read_text().splitlines(), 1) if len(line) > LINE
    ]
    assert not long, f"{long}: break it"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_long_rule_has_one_declaration_a_line(path):
    for line in without_comments(path.read_text()).splitlines():
        declarations = re.findall(r"[a-z-]+: [^;{}]+;", line)
        assert len(declarations) < 2 or (line.endswith("}") and len(line) <= RULE), f"{named(path)}: {line.strip()}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_says_first_what_it_is_for(path):
    assert path.read_text().startswith("/* "), f"{named(path)}: name the component, say why it is as it is"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_browsers_get_every_file_without_its_comments(path):
    lines = [line.strip() for line in without_comments(path.read_text()).splitlines()]
    sent = (ROOT / "static" / "vendor" / "portal.css").read_text()
    assert "\n".join(filter(None, lines)) in sent, f"{named(path)} is not in static/vendor/portal.css: `make setup`"
    assert "/*" not in sent
