"""Datahub's text until it is stored: how fast, and in how much memory; against DuckDB, and COPY of PostgreSQL.

Run by itself it takes in a file again and again, each time for points that are new, and prints what that took.
"""

import json
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import text

from portal import migrations
from portal.consumption.formats import datahub_writing
from portal.consumption.formats.datahub import SeriesReadings
from portal.consumption.models import MonthTotal, ReadingMonth, Series
from portal.feeds import imports
from portal.feeds.readings import PointOptions, Unknown
from portal.feeds.sources import found
from portal.kit.db import Database
from portal.kit.feed import ImportContext
from portal.sites.models import MeteringPoint
from portal.sites.rules import is_gsrn
from tests.bench import peers

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NAMES = ("gsrn", "product", "resolution", "unit", "type", "begins", "quantity", "quality")
TOLD = f"CREATE TEMP TABLE told ({', '.join(f'{name} text' for name in NAMES)})"
TYPED = "CREATE TABLE reading (point bigint, at timestamptz, mwh bigint, quality text, PRIMARY KEY (point, at))"
COPY = "COPY told FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)"
ROWS = """
    INSERT INTO reading
    SELECT gsrn::bigint, begins::timestamptz, (replace(quantity, ',', '.')::numeric * 1000000)::bigint, quality
    FROM told
"""


def written(path, readings, quarters=None):
    """A file of readings as Datahub writes it, of so many quarters of each point; how many lines it has."""
    with path.open("wb") as file:
        file.write(datahub_writing.HEAD)
        for number, of_point in enumerate(readings.by_point):
            file.writelines(datahub_writing.lines(SeriesReadings(_gsrn(number), of_point[:quarters])))
    return sum(len(of_point[:quarters]) for of_point in readings.by_point)


def written_nights(paths, readings, points):
    """A file for each night, with a day of quarters of so many points; how many lines each has."""
    days, gsrns = readings.by_point[0], [_gsrn(number) for number in range(points)]
    for night, path in enumerate(paths):
        day = days[night * 96 : (night + 1) * 96]
        told = b"".join(datahub_writing.lines(SeriesReadings(gsrns[0], day)))
        with path.open("wb") as file:
            file.write(datahub_writing.HEAD)
            file.writelines(told.replace(gsrns[0].encode(), gsrn.encode()) for gsrn in gsrns)
    return points * 96


def night(url, before, file):
    """Seconds of CPU of taking in the file of a night after that of the night before, and the larger MiB of both.

    Each in a process of its own, as `portal import` is.
    """
    first, second = (_asked(url, every, "night") for every in (before, file))
    return {"seconds": second["seconds"], "mib": max(first["mib"], second["mib"])}


def ours(url, file, times=1):
    """Seconds and MiB of our import, in a process of its own, the median of several times."""
    return _asked(url, file, str(times))


def _asked(*arguments):
    command = [sys.executable, "-m", "tests.bench.texts", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def duck(folder, file, times=1):
    """The same of DuckDB. Raises peers.Missing."""
    return peers.ask("duck.py", "text", folder / "text.duck", file, times)


def copied_s(uri, file):
    """Seconds of PostgreSQL: the text by COPY into a table of texts, from there as typed rows into one with a key."""
    with psycopg.connect(uri, autocommit=True) as db:
        db.execute("DROP TABLE IF EXISTS reading, told")
        db.execute(TYPED)
        started = time.perf_counter()
        db.execute(TOLD)
        with db.cursor().copy(COPY) as copy, file.open("rb") as told:
            while piece := told.read(1 << 20):
                copy.write(piece)
        db.execute(ROWS)
        return time.perf_counter() - started


def _gsrn(number):
    digits = f"6430000{number:010}"
    return next(f"{digits}{digit}" for digit in range(10) if is_gsrn(f"{digits}{digit}"))


def _taken_in(database, file):
    """Seconds to take in a file of which nothing is known."""
    with database.writing() as db:
        for table in (ReadingMonth, MonthTotal, Series, MeteringPoint):
            db.execute(text(f"DELETE FROM {table.__table__.name}"))
    return _imported(database, file)


def _imported(database, file):
    context, options = ImportContext(lambda: None, NOW), PointOptions(unknown=Unknown.MADE)
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        (told,) = imports.run(database.writing, found([file]), options, Path(folder), context, lambda *_: None)
        seconds = time.perf_counter() - started
    assert told.tally.accepted, told
    assert not told.tally.refused, told
    return seconds


def main():
    """Print it."""
    url, file, times = sys.argv[1:]
    database = Database(url)
    migrations.upgrade(database.engine)
    if times == "night":
        started = time.process_time()
        _imported(database, Path(file))
        seconds = time.process_time() - started
    else:
        seconds = statistics.median(_taken_in(database, Path(file)) for _ in range(int(times)))
    (peak,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    print(json.dumps({"seconds": seconds, "mib": int(peak) / 1024}))


if __name__ == "__main__":
    main()
