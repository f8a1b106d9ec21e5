"""DuckDB, asked by `tests.bench` in an environment of its own.

load FILE READINGS, months FILE POINTS, text FILE CSV TIMES, or what else of a point and FILE
"""

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

TEXT = """
    INSERT INTO reading
    SELECT CAST(gsrn AS BIGINT), begins, CAST(quantity * 1000000 AS BIGINT), quality
    FROM read_csv(?, delim = ';', header = true, decimal_separator = ',', columns = {
        gsrn: 'VARCHAR', product: 'VARCHAR', resolution: 'VARCHAR', unit: 'VARCHAR', type: 'VARCHAR',
        begins: 'TIMESTAMP', quantity: 'DECIMAL(18, 6)', quality: 'VARCHAR'})
"""

OF_A_POINT = {
    "month": """
        SELECT date_trunc('day', begins + INTERVAL 3 HOUR) AS day, sum(mwh), count(*) FROM reading
        WHERE point = 0 AND (begins >= TIMESTAMP '2025-05-31 21:00' AND begins < TIMESTAMP '2025-06-30 21:00'
            OR begins >= TIMESTAMP '2025-06-30 21:00' AND begins < TIMESTAMP '2025-07-31 21:00')
        GROUP BY ALL ORDER BY day
    """,
    "complete": """
        SELECT date_trunc('day', begins + INTERVAL 2 HOUR) AS day, count(*) FILTER (quality <> 5) FROM reading
        WHERE point = 0 AND begins >= TIMESTAMP '2024-12-31 22:00' AND begins < TIMESTAMP '2025-12-31 22:00'
        GROUP BY ALL ORDER BY day
    """,
    "day": """
        SELECT begins, mwh, quality FROM reading
        WHERE point = 0 AND begins >= TIMESTAMP '2025-06-29 21:00' AND begins < TIMESTAMP '2025-06-30 21:00'
        ORDER BY begins
    """,
}


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
    seconds, found = _asked(file, MONTHS, [points])
    assert len(found) >= 12 * points, len(found)
    return {"seconds": seconds}


def of_a_point(file: Path, what: str) -> dict[str, float]:
    """Seconds of a question about one point, the median of twenty."""
    seconds, found = _asked(file, OF_A_POINT[what], [])
    assert len(found) >= 61, len(found)
    return {"seconds": seconds}


def text(file: Path, csv: Path, times: int) -> dict[str, float]:
    """Seconds to take in Datahub's text, the median of several times, and MiB at most."""
    taken = []
    for _ in range(times):
        file.unlink(missing_ok=True)
        with duckdb.connect(file) as db:
            db.execute("CREATE TABLE reading (point BIGINT, begins TIMESTAMP, mwh BIGINT, quality VARCHAR)")
            started = time.perf_counter()
            db.execute(TEXT, [str(csv)])
            db.execute("CHECKPOINT")
            taken.append(time.perf_counter() - started)
    (peak,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return {"seconds": statistics.median(taken), "mib": int(peak) / 1024}


def _asked(file, question, given):
    with duckdb.connect(file, read_only=True) as db:
        taken = []
        for _ in range(20):
            started = time.perf_counter()
            found = db.execute(question, given).fetchall()
            taken.append(time.perf_counter() - started)
    return statistics.median(taken), found


if __name__ == "__main__":
    what, file, *arguments = sys.argv[1:]
    match what:
        case "load":
            told = load(Path(file), Path(arguments[0]))
        case "months":
            told = months(Path(file), int(arguments[0]))
        case "text":
            told = text(Path(file), Path(arguments[0]), int(arguments[1]))
        case _:
            told = of_a_point(Path(file), what)
    print(json.dumps(told))
