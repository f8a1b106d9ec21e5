"""The lists of libraries hold on any later day: each is whole, with extras and hashes; nothing beside it comes in."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from importlib import metadata
from itertools import chain

import pytest
from packaging.utils import canonicalize_name

from tests import locks


@pytest.fixture(scope="module")
def listed():
    return locks.read()


def test_each_list_is_the_whole_of_what_is_asked_for_and_nothing_else():
    assert locks.lacks() == []


def test_what_is_installed_here_is_what_the_lists_name(listed):
    wanted = {pin.name: pin.version for pins in listed.values() for pin in pins if pin.counts(locks.HERE)}
    other = {name: version for name, version in wanted.items() if metadata.version(name) != version}
    assert other == {}, "installed otherwise than listed: run `make clean setup-test`"


def test_each_extra_that_anything_installed_asks_for_is_listed_as_such(listed):
    """Also what a developer has installed beside the lists: pip may have taken other versions for it."""
    extras = defaultdict(set)
    for pin in chain(*listed.values()):
        extras[pin.name] |= pin.extras
    lacking = [
        f"{one.name} asks for {asked}, and {asked.name} is listed without that extra: "
        + ("run `make lock`" if canonicalize_name(one.name) in {*extras, "portal"} else "run `make clean setup-test`")
        for one in metadata.distributions()
        for extra in {"", *extras.get(canonicalize_name(one.name), ())}
        for asked in locks.needs(one.requires or [], locks.HERE, extra)
        if (name := canonicalize_name(asked.name)) in extras and not locks.extras_of(asked) <= extras[name]
    ]
    assert lacking == []


def test_each_line_is_one_version_known_by_its_hashes(listed):
    assert [str(pin.requirement) for pin in chain(*listed.values()) if not (pin.version and pin.hashes)] == []


def test_a_library_that_stands_in_two_lists_has_one_version(listed):
    """They go into one environment, one list after the other."""
    for place in locks.ENVIRONMENTS:
        versions = {(pin.name, pin.version) for pin in chain(*listed.values()) if pin.counts(place)}
        several = [name for name, times in Counter(name for name, _ in versions).items() if times > 1]
        assert several == [], "run `make lock`"


def test_the_lists_name_no_place_to_take_them_from():
    for name in locks.asked():
        text = (locks.ROOT / name).read_text(encoding="utf-8")
        assert re.findall(r"://|^\s*-(?!-hash=).*", text, re.MULTILINE) == []


def test_pip_looks_for_nothing_beside_a_list():
    """And whatever it builds, which is the portal alone, is built by what is listed."""
    dry = subprocess.run(
        ["make", "--dry-run", "--always-make", "setup-test"],
        cwd=locks.ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    dockerfile = (locks.ROOT / "Dockerfile").read_text(encoding="utf-8")
    commands = re.findall(r"pip install .*", dry.stdout + dockerfile)
    read = re.findall(r"-r (\S+)", "\n".join(commands))
    assert read == ["requirements.txt", "requirements-build.txt", "requirements-test.txt", "requirements.txt"]
    for command in commands:
        assert "--no-deps" in command, command
        assert "--require-hashes --only-binary :all: -r" in command or "--no-build-isolation" in command, command


@pytest.fixture
def audit(tmp_path):
    """`make audit`'s work where two stand-ins answer for the services: run with how each ends, it says what it saw."""

    def run(pip_audit, npm):
        asked = tmp_path / "asked"
        for name, status in (("uvx", pip_audit), ("npm", npm)):
            stand_in = tmp_path / name
            stand_in.write_text(
                f'#!/bin/sh\necho "$0" "$@" >> {asked}\n[ {name} = npm ] || cat >> {asked}\nexit {status}\n'
            )
            stand_in.chmod(0o755)
        ended = subprocess.run(
            [sys.executable, "-m", "tests.locks", "audit"],
            cwd=locks.ROOT,
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended, asked.read_text()

    return run


def test_the_audit_asks_about_every_version_that_the_portal_may_run_on(audit, listed):
    ended, asked = audit(pip_audit=0, npm=0)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert {f"{pin.name}=={pin.version}" for pin in listed["requirements.txt"]} == set(re.findall(r"\S+==\S+", asked))
    assert asked.count("--strict") == asked.count("pip-audit") > 1, "else what is not found passes for well"
    assert "audit --omit=dev" in asked
    for one in locks.rounds(listed["requirements.txt"]):
        assert max(Counter(pin.name for pin in one).values()) == 1, "pip-audit refuses a library of two versions"


@pytest.mark.parametrize(("pip_audit", "npm"), [(1, 0), (0, 1), (1, 1)])
def test_an_audit_that_is_not_answered_fails_and_says_what_to_do(audit, pip_audit, npm):
    ended, asked = audit(pip_audit, npm)
    assert ended.returncode == 1
    assert "audit --omit=dev" in asked, "both are asked, whatever the first says"
    assert (locks.UNANSWERED in ended.stderr, locks.UNANSWERED_NPM in ended.stderr) == (bool(pip_audit), bool(npm))


METADATA = {
    "coverage": ["tomli; python_full_version <= '3.11.0a6' and extra == 'toml'"],
    "psycopg": [
        "psycopg-binary==3.3.9; implementation_name != 'pypy' and extra == 'binary'",
        "tzdata; extra == 'zones'",
    ],
    "numbers": ["numbers[fast-sums]; extra == 'all'", "six; extra == 'fast-sums'"],
    "pytest-cov": ["coverage[toml]>=7.10.6", "pluggy>=1.2", "colorama; sys_platform == 'win32'"],
}
WHOLE = (
    "coverage[toml]==7.17.3",
    "pluggy==1.7.0",
    "psycopg[binary]==3.3.9",
    "psycopg-binary==3.3.9",
    "pytest-cov==7.1.0",
)
TOLD = {
    "coverage==7.17.3": "pytest-cov asks for coverage[toml], and coverage is listed without that extra",
    "psycopg==3.3.9": "pyproject.toml asks for psycopg[binary], and psycopg is listed without that extra",
    "psycopg-binary==3.3.8": "psycopg asks for psycopg-binary==3.3.9",
    "pluggy==1.1": "pytest-cov asks for pluggy>=1.2, and pluggy==1.1 is listed",
    "pluggy==1.7.0 ; sys_platform == 'win32'": "pytest-cov asks for pluggy>=1.2, which is not listed",
    "six==1.17.0": "six is listed, and nothing asks for it",
}


def told(*lines):
    listed = locks.pins("".join(f"{line} \\\n    --hash=sha256:00\n" for line in lines))
    asked = ["psycopg[binary]", "pytest-cov"]
    return list(locks.complaints(asked, listed, lambda name: METADATA.get(name, []), locks.HERE | locks.SYSTEMS[0]))


def test_a_whole_list_is_not_complained_of():
    assert told(*WHOLE) == []


@pytest.mark.parametrize("line", TOLD)
def test_what_a_list_lacks_is_named_with_what_mends_it(line):
    name = re.split(r"[=\[]", line)[0]
    [said] = told(line, *(one for one in WHOLE if re.split(r"[=\[]", one)[0] != name))
    assert said.startswith(TOLD[line])
    assert said.endswith(": run `make lock`")


def test_extras_are_one_however_they_are_written_and_may_be_made_of_others():
    for asked, listed in (("Numbers[all]", "numbers[all]==1"), ("numbers[fast_sums]", "numbers[fast-sums]==1")):
        whole = locks.pins(f"{listed}\nsix==1")
        assert list(locks.complaints([asked], whole, lambda name: METADATA.get(name, []), locks.HERE)) == []


@pytest.mark.parametrize("line", WHOLE)
def test_a_line_left_out_is_missed(line):
    name = re.split(r"[=\[]", line)[0]
    assert any(f" asks for {name}" in said for said in told(*(one for one in WHOLE if one != line)))


@pytest.mark.parametrize("line", ["six", "six>=1", "six==1.*", "six==1.17.0,!=1.16"])
def test_a_line_that_leaves_a_choice_is_no_pin(line):
    [pin] = locks.pins(line)
    with pytest.raises(ValueError, match="no single version"):
        assert pin.version
