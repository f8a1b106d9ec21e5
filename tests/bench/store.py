"""What a reading costs in bytes, and what a year by month costs against a row per reading."""

import sqlite3
import time
from datetime import date
from pathlib import Path

import numpy as np
from sqlmodel import select

from portal.consumption import store
from portal.consumption.models import MonthTotal, ReadingMonth
from portal.consumption.store import PointDays
from portal.kit.db import Database
from portal.kit.intervals import instant_of
from portal.sites.models import Commodity, MeteringPoint

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
TIMES = 200


def _database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'portal.db'}")


def _point(database: Database):
    with database.reading() as db:
        return db.exec(select(MeteringPoint).where(MeteringPoint.energy == Commodity.ELECTRICITY)).first().id


def bytes_per_reading(folder: Path) -> tuple[float, int]:
    """Bytes of the pages that hold readings and totals, and how many readings there are."""
    database = _database(folder)
    with database.reading() as db:
        readings = sum(
            len(store.read(db, point, date(2000, 1, 1), date(2100, 1, 1)))
            for point in db.exec(select(MeteringPoint.id)).all()
        )
    alone = folder / "readings.db"
    alone.unlink(missing_ok=True)
    with sqlite3.connect(alone) as file:
        file.execute("PRAGMA page_size=16384")
        file.execute("ATTACH ? AS portal", (str(folder / "portal.db"),))
        for table in (ReadingMonth, MonthTotal):
            name = table.__table__.name
            (made,) = file.execute("SELECT sql FROM portal.sqlite_master WHERE name = ?", (name,)).fetchone()
            file.execute(made)
            file.execute(f"INSERT INTO main.{name} SELECT * FROM portal.{name}")
    return alone.stat().st_size / readings, readings


def year_by_month_s(folder: Path) -> float:
    """Seconds of one year by month through the store."""
    database = _database(folder)
    wanted = [PointDays(_point(database), *YEAR)]
    with database.reading() as db:
        started = time.perf_counter()
        for _ in range(TIMES):
            assert len(store.read_months(db, wanted)) == 12
        return (time.perf_counter() - started) / TIMES


def rows_by_month_s(folder: Path) -> float:
    """Seconds of the same sums over an indexed row per reading, in SQLite itself."""
    path = folder / "rows.db"
    if not path.exists():
        _write_rows(folder, path)
    question = "SELECT month, SUM(mwh) FROM reading WHERE point = 1 AND month BETWEEN ? AND ? GROUP BY month"
    with sqlite3.connect(path) as file:
        started = time.perf_counter()
        for _ in range(5):
            assert len(file.execute(question, ("2025-01", "2025-12")).fetchall()) == 12
        return (time.perf_counter() - started) / 5


def _write_rows(folder: Path, path: Path) -> None:
    database = _database(folder)
    with database.reading() as db:
        readings = store.read(db, _point(database), date(2023, 1, 1), date(2026, 12, 31))
    months = [f"{instant_of(int(quarter)):%Y-%m}" for quarter in readings.quarter]
    with sqlite3.connect(path) as file:
        file.execute(
            "CREATE TABLE reading (point INT, month TEXT, quarter INT, mwh INT, "
            "PRIMARY KEY (point, month, quarter)) WITHOUT ROWID"
        )
        rows = zip(months, readings.quarter.tolist(), readings.mwh.astype(np.int64).tolist(), strict=True)
        file.executemany("INSERT INTO reading VALUES (1, ?, ?, ?)", rows)
