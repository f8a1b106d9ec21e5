"""`python -m tests.asvs [--strict] [REPORT]`: what of OWASP ASVS 5.0 is shown, judged from docs/asvs.toml.

REPORT is the JUnit XML of a full run of the tests: evidence that did not run, or failed, is wrong then. A test that was
skipped because ../shared is not there is not judged. Exit 1: something is wrong, or with --strict, something is open.
"""

import ast
import csv
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parent.parent
LIST = ROOT / "docs" / "asvs.toml"
SHARED = ROOT.parent / "shared" / "asvs.csv"
VERDICTS = ("tests", "document", "not_applicable", "later", "open")
KNOWN = {"level", "note", *VERDICTS}
JUDGED = {1, 2}
ROWS = 208  # of these levels
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")


@dataclass(frozen=True)
class Row:
    """One requirement: its number, its level, and the one verdict on it with what it rests on."""

    number: str
    level: int
    verdict: str
    ground: str | list[str]


def rows(text: str) -> tuple[list[Row], list[str]]:
    """The rows of the file, and what is wrong with the others."""
    found, wrong = [], []
    for number, said in tomllib.loads(text).items():
        verdicts = [name for name in VERDICTS if said.get(name)]
        if len(verdicts) != 1 or said.keys() - KNOWN:
            wrong.append(f"{number}: exactly one of {', '.join(VERDICTS)}, with a level, and perhaps a note")
        else:
            found.append(Row(number, said.get("level", 0), verdicts[0], said[verdicts[0]]))
    return found, wrong


def faults(found: Iterable[Row]) -> Iterator[str]:
    """What does not hold by itself: levels, names of tests, headings of documents."""
    count = 0
    for row in found:
        count += 1
        if row.level not in JUDGED:
            yield f"{row.number}: level {row.level} is not judged here"
        if row.verdict == "tests":
            yield from (f"{row.number}: there is no {name}" for name in row.ground if not is_test(name))
        if row.verdict == "document" and not is_heading(row.ground):
            yield f"{row.number}: there is no heading {row.ground}"
    if count != ROWS:
        yield f"{count} rows, where levels 1 and 2 have {ROWS}"


def strangers(found: Iterable[Row]) -> Iterator[str]:
    """Where the list beside the repository has other rows, or other levels."""
    with SHARED.open(encoding="utf-8", newline="") as file:
        asked = {row["id"]: int(row["level"]) for row in csv.DictReader(file) if int(row["level"]) in JUDGED}
    here = {row.number: row.level for row in found}
    for number in sorted(asked.items() ^ here.items()):
        yield f"{number[0]}: level {asked.get(number[0])} in the list, {here.get(number[0])} here"


def is_test(name: str) -> bool:
    """Whether a name is that of a test in a file."""
    named = TEST.fullmatch(name)
    return named is not None and named[2] in _tests_of(named[1])


def is_heading(link: str) -> bool:
    """Whether a link leads to a heading of a page."""
    page, _, anchor = link.partition("#")
    return anchor in _headings_of(page)


@cache
def _tests_of(file: str) -> frozenset[str]:
    path = ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def _headings_of(page: str) -> frozenset[str]:
    path = ROOT / page
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings)


def outcomes(report: Path) -> dict[str, set[str]]:
    """What became of each test in a run, over all its parameters: passed, failed, skipped, or not judged."""
    found: dict[str, set[str]] = {}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own report
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            became = "failed"
        elif skipped is not None:
            became = "not judged" if "shared" in (skipped.get("message") or "") else "skipped"
        else:
            became = "passed"
        found.setdefault(name, set()).add(became)
    return found


def unproven(found: Iterable[Row], run: dict[str, set[str]]) -> Iterator[str]:
    """Evidence that a run does not bear out."""
    for row in found:
        for name in row.ground if row.verdict == "tests" else ():
            became = run.get(name, set())
            if "failed" in became:
                yield f"{row.number}: {name} failed"
            elif not became & {"passed", "not judged"}:
                yield f"{row.number}: {name} did not run"


def main(arguments: list[str]) -> int:
    """Judge, and print what is found."""
    reports = [Path(one) for one in arguments if not one.startswith("-")]
    found, wrong = rows(LIST.read_text(encoding="utf-8"))
    wrong += faults(found)
    wrong += strangers(found) if SHARED.exists() else ()
    for report in reports:
        run = outcomes(report)
        wrong += unproven(found, run)
        named = {name for row in found if row.verdict == "tests" for name in row.ground}
        print(f"{sum(run.get(name) == {'not judged'} for name in named)} tests were not judged, for lack of ../shared")
    for level in sorted(JUDGED):
        counts = Counter(row.verdict for row in found if row.level == level)
        print(f"level {level}: " + ", ".join(f"{counts[name]} {name}" for name in VERDICTS))
    if SHARED.exists():
        third = SHARED.read_text(encoding="utf-8").count(",3,")
        print(f"level 3: {third} rows, not judged yet")
    left = [row for row in found if row.verdict == "open"]
    for row in left:
        print(f"open  {row.number:<8}{row.ground}")
    for fault in wrong:
        print(f"wrong {fault}", file=sys.stderr)
    return 1 if wrong or (left and "--strict" in arguments) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
