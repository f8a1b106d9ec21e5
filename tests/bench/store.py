"""What readings cost: bytes at rest, seconds to load, seconds to sum; against DuckDB, and rows of PostgreSQL."""

import sqlite3
import statistics
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from sqlalchemy import text
from sqlmodel import select

from portal import migrations
from portal.consumption import recording, store
from portal.consumption.models import MonthTotal, ReadingMonth, Series
from portal.consumption.recording import Delivery
from portal.consumption.store import PointDays
from portal.kit.db import Database
from portal.kit.intervals import QUARTER_S, Intervals, joined, start_quarter
from portal.sites.models import MeteringPoint
from tests.bench import peers

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
MONTHS = ((date(2025, 6, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2025, 7, 31)))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TABLES = (ReadingMonth, MonthTotal, Series)
ROW = np.dtype(
    [("n", ">i2"), ("a", ">i4"), ("point", ">i4"), ("b", ">i4"), ("at", ">i8"), ("c", ">i4"), ("mwh", ">i8"),
     ("d", ">i4"), ("quality", ">i2")]
)  # fmt: skip
SINCE_2000_S = 946_684_800


class Readings:
    """Readings of several points in memory, as the store and as the peers take them."""

    def __init__(self, by_point):
        self.by_point = by_point
        self.count = sum(map(len, by_point))

    @classmethod
    def of_demo(cls, database):
        """Every reading of the demo."""
        with database.reading() as db:
            points = db.exec(select(MeteringPoint.id)).all()
            known = [store.read(db, point, date(2000, 1, 1), date(2100, 1, 1)) for point in points]
        return cls([one for one in known if len(one)])

    def for_points(self, points, years=1):
        """The last years of quarter hours of so many points: days of the demo, in another order for each."""
        first, last = start_quarter(date(YEAR[0].year + 1 - years, 1, 1)), start_quarter(date(2026, 1, 1))
        quarters = np.arange(first, last)
        days = joined(one for one in self.by_point if (one.length == 1).all()).milliwatt_hours
        days = days[: len(days) // 96 * 96].reshape(-1, 96)
        chance = np.random.default_rng(1)
        picked = [chance.integers(len(days), size=len(quarters) // 96 + 1) for _ in range(points)]
        plain = (np.ones_like(quarters), np.zeros(len(quarters), np.uint8))
        return Readings(
            [Intervals(quarters, plain[0], days[which].ravel()[: len(quarters)], plain[1]) for which in picked]
        )

    def save(self, path):
        """As arrays for DuckDB."""
        every = joined(self.by_point)
        points = np.repeat(np.arange(len(self.by_point), dtype=np.int32), [len(one) for one in self.by_point])
        np.savez(
            path, point=points, quarter=every.quarter * QUARTER_S, mwh=every.milliwatt_hours, quality=every.quality
        )
        return path

    def binary_rows(self):
        """As PostgreSQL's binary COPY takes rows."""
        every = joined(self.by_point)
        rows = np.empty(len(every), ROW)
        rows["n"], rows["a"], rows["b"], rows["c"], rows["d"] = 4, 4, 8, 8, 2
        rows["point"] = np.repeat(np.arange(len(self.by_point)), [len(one) for one in self.by_point])
        rows["at"] = (every.quarter * QUARTER_S - SINCE_2000_S) * 1_000_000
        rows["mwh"], rows["quality"] = every.milliwatt_hours, every.quality
        return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


class Kept:
    """A database of nothing but readings."""

    def __init__(self, url):
        self.database = Database(url)
        migrations.upgrade(self.database.engine)
        self.points, self._day = [], None

    def load_s(self, readings):
        """Seconds to load from arrays, into an empty store."""
        self.points = [UUID(int=at + 1) for at in range(len(readings.by_point))]
        with self.database.writing() as db:
            for table in (*TABLES, MeteringPoint):
                db.execute(text(f"DELETE FROM {table.__table__.name}"))
            numbered = zip(self.points, range(len(self.points)), strict=True)
            db.add_all(MeteringPoint(id=id_, gsrn=f"{at:018}", energy="electricity") for id_, at in numbered)
        started = time.perf_counter()
        with self.database.writing() as db:
            recording.record_all(db, map(Delivery, self.points, readings.by_point), NOW)
        return time.perf_counter() - started

    def year_s(self, points):
        """Seconds of a year by month of so many points, the median of forty."""
        wanted = [PointDays(point, *YEAR) for point in self.points[:points]]
        taken = []
        with self.database.reading() as db:
            for _ in range(40):
                started = time.perf_counter()
                found = store.read_months(db, wanted)
                taken.append(time.perf_counter() - started)
        assert len(found) >= 12
        return statistics.median(taken)

    def month_by_day_s(self):
        """Seconds of a month of one point by day, and another one beside it, the median of forty."""
        wanted = [PointDays(self.points[0], *month) for month in MONTHS]
        return self._asked_s(lambda db: store.read_days(db, wanted, wanted[0].first, wanted[-1].last))

    def completeness_s(self):
        """Seconds of which days of a year of one point are complete, the median of forty."""
        wanted = [PointDays(self.points[0], *YEAR)]
        return self._asked_s(lambda db: store.read_days(db, wanted, *YEAR)[:, 1:4].sum(axis=1))

    def day_by_quarter_s(self):
        """Seconds of the quarters of one day of one point, the median of forty."""
        wanted = [PointDays(self.points[0], MONTHS[0][1], MONTHS[0][1])]
        return self._asked_s(lambda db: store.read_all(db, wanted))

    def one_more_day_s(self, readings):
        """Seconds to keep one more day of every point: the day after those that are there."""
        self._day = (self._day or YEAR[1]) + timedelta(days=1)
        begins = start_quarter(self._day)
        day = [replace(one[:96], quarter=np.arange(begins, begins + 96)) for one in readings.by_point]
        deliveries = [Delivery(*pair) for pair in zip(self.points, day, strict=True)]
        started = time.perf_counter()
        with self.database.writing() as db:
            recording.record_all(db, deliveries, NOW + timedelta(days=100))
        return time.perf_counter() - started

    def _asked_s(self, ask):
        taken = []
        with self.database.reading() as db:
            for _ in range(40):
                started = time.perf_counter()
                found = ask(db)
                taken.append(time.perf_counter() - started)
        assert len(found)
        return statistics.median(taken)

    def bytes_of_sqlite(self):
        """Bytes of a file of nothing but the readings and their totals."""
        file = Path(self.database.engine.url.database)
        alone = file.with_name("readings.db")
        with sqlite3.connect(alone) as copy:
            copy.execute("PRAGMA page_size=16384")
            copy.execute("ATTACH ? AS portal", (str(file),))
            for table in TABLES:
                name = table.__table__.name
                copy.execute(copy.execute("SELECT sql FROM portal.sqlite_master WHERE name = ?", (name,)).fetchone()[0])
                copy.execute(f"INSERT INTO main.{name} SELECT * FROM portal.{name}")
        return alone.stat().st_size

    def bytes_of_postgresql(self):
        """The same."""
        with self.database.engine.connect() as db:
            db.execution_options(isolation_level="AUTOCOMMIT")
            for table in TABLES:
                db.execute(text(f"VACUUM FULL {table.__table__.name}"))
            sizes = [db.execute(text(f"SELECT pg_total_relation_size('{one.__table__.name}')")) for one in TABLES]
            return sum(size.scalar_one() for size in sizes)


def duck_load(file, saved):
    """Seconds and bytes of DuckDB, for the same readings. Raises peers.Missing."""
    return peers.ask("duck.py", "load", file, saved)


def rows_one_more_day_s(file, points, rounds):
    """Seconds to insert a day of quarter hours of so many points, a row each, into SQLite; the median of several."""
    taken = []
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE IF NOT EXISTS reading (point INT, quarter INT, mwh INT, quality INT, "
                   "PRIMARY KEY (point, quarter)) WITHOUT ROWID")  # fmt: skip
        [[begins]] = db.execute("SELECT coalesce(max(quarter) + 1, 0) FROM reading").fetchall()
        for day in range(rounds):
            first = begins + day * 96
            rows = [(point, first + at, 1000 * at, 0) for point in range(points) for at in range(96)]
            started = time.perf_counter()
            with db:
                db.executemany("INSERT INTO reading VALUES (?, ?, ?, ?)", rows)
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def duck_s(what, file):
    """Seconds of DuckDB for a question: month, complete or day. Raises peers.Missing."""
    return peers.ask("duck.py", what, file, 0)["seconds"]


def duck_year_s(file, points):
    """Seconds of DuckDB for the same question. Raises peers.Missing."""
    return peers.ask("duck.py", "months", file, points)["seconds"]


def rows_of_postgresql(uri, readings):
    """Seconds to load a row per reading by binary COPY into a table with its key, and their bytes."""
    rows = readings.binary_rows()
    with psycopg.connect(uri, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS reading")
        db.execute("CREATE TABLE reading (point int, at timestamp, mwh bigint, quality int2, PRIMARY KEY (point, at))")
        started = time.perf_counter()
        with db.cursor().copy("COPY reading FROM STDIN (FORMAT BINARY)") as copy:
            for at in range(0, len(rows), 1 << 20):
                copy.write(rows[at : at + (1 << 20)])
        seconds = time.perf_counter() - started
        [size] = db.execute("SELECT pg_total_relation_size('reading')").fetchone()
    return seconds, size
