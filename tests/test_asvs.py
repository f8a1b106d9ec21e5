"""The yardstick of security stands whole: every row once, on tests and headings that there are."""

import pytest

from tests import asvs


def test_every_row_has_one_verdict_on_what_there_is():
    found, wrong = asvs.rows(asvs.LIST.read_text(encoding="utf-8"))
    assert [*wrong, *asvs.faults(found)] == []


@pytest.mark.skipif(not asvs.SHARED.exists(), reason="../shared is not there")
def test_the_rows_are_those_of_the_list():
    found, _ = asvs.rows(asvs.LIST.read_text(encoding="utf-8"))
    assert list(asvs.strangers(found)) == []


HERE = "tests/test_asvs.py::test_evidence_that_did_not_run_or_failed_is_wrong"


@pytest.mark.parametrize(
    ("became", "says"),
    [
        ("", None),
        ('<failure message="no"/>', "failed"),
        ('<skipped message="no browser"/>', "did not run"),
        ('<skipped message="../shared is not there"/>', None),
    ],
)
def test_evidence_that_did_not_run_or_failed_is_wrong(tmp_path, became, says):
    report = tmp_path / "run.xml"
    name = f'classname="tests.test_asvs" name="{HERE.partition("::")[2]}[a]"'
    report.write_text(f"<testsuites><testsuite><testcase {name}>{became}</testcase></testsuite></testsuites>")
    row = asvs.Row("1.1.1", 2, "tests", [HERE])
    assert [one.endswith(says) for one in asvs.unproven([row], asvs.outcomes(report))] == ([True] if says else [])
    assert list(asvs.unproven([row], {})) == [f"1.1.1: {HERE} did not run"]


def test_two_verdicts_a_test_that_is_not_there_and_a_missing_heading_are_wrong():
    text = '["1.1.1"]\nlevel = 2\ntests = ["tests/test_asvs.py::test_none"]\n'
    text += '["1.1.2"]\nlevel = 2\ndocument = "SECURITY.md#nothing"\n["1.2.1"]\nlevel = 1\nopen = "a"\nlater = "b"\n'
    found, wrong = asvs.rows(text)
    assert [one.partition(":")[0] for one in wrong] == ["1.2.1"]
    assert [one.partition(":")[0] for one in asvs.faults(found)] == [
        "1.1.1",
        "1.1.2",
        "2 rows, where levels 1 and 2 have 208",
    ]
