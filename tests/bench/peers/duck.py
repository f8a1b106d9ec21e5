"""DuckDB, asked by `tests.bench` in an environment of its own: load FILE READINGS, or months FILE POINTS."""

import json
import statistics
import sys
import time
from pathlib import Path

import duckdb
import numpy as np

TABLE = "CREATE TABLE reading (point INTEGER, begins TIMESTAMP, mwh BIGINT, quality UTINYINT)"
MONTHS = """
    SELECT point, date_trunc('month', begins) AS month, sum(mwh), count(*) FROM reading
    WHERE point < ? AND begins >= TIMESTAMP '2025-01-01' AND begins < TIMESTAMP '2026-01-01' GROUP BY ALL
"""


def load(file: Path, readings: Path) -> dict[str, float]:
    """Seconds to load arrays, and the bytes of the file."""
    arrays = dict(np.load(readings))
    arrays["begins"] = arrays.pop("quarter").astype("M8[s]")
    file.unlink(missing_ok=True)
    with duckdb.connect(file) as db:
        db.execute(TABLE)
        db.register("arrays", arrays)
        started = time.perf_counter()
        db.execute("INSERT INTO reading SELECT point, begins, mwh, quality FROM arrays")
        db.execute("CHECKPOINT")
        seconds = time.perf_counter() - started
    return {"seconds": seconds, "bytes": file.stat().st_size}


def months(file: Path, points: int) -> dict[str, float]:
    """Seconds of a year by month of the first points, the median of twenty."""
    with duckdb.connect(file, read_only=True) as db:
        taken = []
        for _ in range(20):
            started = time.perf_counter()
            found = db.execute(MONTHS, [points]).fetchall()
            taken.append(time.perf_counter() - started)
    assert len(found) >= 12 * points, len(found)
    return {"seconds": statistics.median(taken)}


if __name__ == "__main__":
    what, file, argument = sys.argv[1:]
    print(json.dumps(load(Path(file), Path(argument)) if what == "load" else months(Path(file), int(argument))))
