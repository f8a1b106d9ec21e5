"""`make bench`: number, what, value, goal, and whether it is reached; anchors are taken in the same run, by turns."""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import pages, store

ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One line of the table; `ratio` and `goal` compare as `kind` says."""

    number: str
    what: str
    ratio: float
    goal: float
    kind: str  # "at least" or "at most"
    told: str

    @property
    def verdict(self) -> str:
        """`ok` where the goal is reached, else `short`."""
        reached = self.ratio >= self.goal if self.kind == "at least" else self.ratio <= self.goal
        return "ok" if reached else "short"


def by_turns(one: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    """The medians of two measurements taken alternately."""
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def rows(folder: Path) -> Iterator[Row]:
    """The rows of performance.md that exist so far."""
    portal = pages.Portal(folder)
    page, template = by_turns(lambda: asyncio.run(portal.page_cpu_s()), portal.template_cpu_s)
    yield Row(
        "4",
        "everything around a page, CPU over its template",
        page / template,
        1.7,
        "at most",
        f"{page * 1e6:.0f} / {template * 1e6:.0f} us",
    )
    per_reading, readings = store.bytes_per_reading(folder)
    yield Row(
        "6",
        "bytes per reading, SQLite (0.60 of the 2.19 noted for DuckDB)",
        per_reading,
        1.31,
        "at most",
        f"{readings} readings; 0.60 of DuckDB's 2.19",
    )
    fast, plain = by_turns(lambda: store.year_by_month_s(folder), lambda: store.rows_by_month_s(folder))
    yield Row("12", "a year by month, 1 point, against a row per reading in SQLite", plain / fast, 30, "at least",
              f"{fast * 1e6:.0f} us / {plain * 1e3:.2f} ms")  # fmt: skip
    started, imported = by_turns(lambda: _seconds("portal.app", "create"), lambda: _seconds("stack", "import"))
    yield Row("18", "start to the app, over importing the stack", started / imported, 1.5, "at most",
              f"{started * 1e3:.0f} / {imported * 1e3:.0f} ms")  # fmt: skip


STARTS = {
    "create": "from tests.portal import routes, html; routes(); html()",
    "import": "import starlette.applications, sqlmodel, authlib, joserfc, jinja2, babel, httpx2, numpy, alembic",
}


def _seconds(_what: str, kind: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", STARTS[kind]], check=True)
    return time.perf_counter() - started


def main() -> int:
    """Print the table; the exit code is 0 whatever it says: a machine may be busy."""
    print(f"{'#':>3}  {'what':<66} {'value':>8} {'goal':>12}        measured")
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        for row in rows(Path(folder)):
            goal = f"{'>=' if row.kind == 'at least' else '<='} {row.goal:g}"
            print(
                f"{row.number:>3}  {row.what:<66} {row.ratio:>8.2f} {goal:>12} {row.verdict:<6} {row.told}", flush=True
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
