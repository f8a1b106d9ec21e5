"""docs/identification.md names tests that there are, and a verdict for each module of the suite: it cannot rot."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "identification.md").read_text(encoding="utf-8")
MODULE = r"`((?:oidcc-client-test|fapi2-security-profile-final-client|openid-federation-client)[a-z0-9_-]*)`"
VERDICTS = re.findall(rf"^\| {MODULE} \| .+ \| (.+) \|$", PAGE, re.MULTILINE)
VERDICT = re.compile(r"(refused|accepted)\b.*`tests/auth/|cannot occur, because |not yet: ")
HOSTILE = "tests/auth/test_hostile_bank.py"


@pytest.fixture(scope="module")
def known(request):
    """The tests of each file that the page names, as pytest calls them, with and without their case. The files stand
    beside this one: for those elsewhere, other fixtures would make other cases.
    """

    def names(path):
        collected = [item.name for item in pytest.Module.from_parent(request.node.parent, path=ROOT / path).collect()]
        return {*collected, *(name.partition("[")[0] for name in collected)}

    return {path: names(path) for path in {HOSTILE, *re.findall(r"`(tests/auth/[^`]+)::", PAGE)}}


def test_the_tests_that_the_page_names_are_there(known):
    named = set(re.findall(r"`(tests/[^`]+)::([^`]+)`", PAGE))
    assert len(named) > 30
    assert [f"{path}::{name}" for path, name in sorted(named) if name not in known.get(path, ())] == []


def test_every_module_stands_there_once_with_a_verdict():
    modules = [module for module, _ in VERDICTS]
    assert modules == re.findall(rf"^\| {MODULE}", PAGE, re.MULTILINE)
    assert len(set(modules)) == len(modules) > 90
    assert [(module, said) for module, said in VERDICTS if not VERDICT.match(said)] == []


def test_a_case_that_bears_the_name_of_a_module_stands_at_it(known):
    """By the bank of the trust network, or by the one that holds to FAPI 2.0: many are tried by both."""
    cases = {name.replace("_of_fapi2", "") for name in known[HOSTILE] if re.search(r"\[(oidcc|fapi2)-", name)}
    said = {module: verdict.replace("_of_fapi2", "") for module, verdict in VERDICTS}
    assert [case for case in cases if f"{HOSTILE}::{case}" not in said[case.partition("[")[2].rstrip("]")]] == []
