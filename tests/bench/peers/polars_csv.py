"""Polars, asked by `tests.bench` in an environment of its own: write readings as Datahub's text, FILE READINGS GSRN."""

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

HEADER = "Mittauspisteen tunnus;Tuotteen tyyppi;Resoluutio;Yksikkötyyppi;Lukeman tyyppi;Alkuaika;Määrä;Laatu"
CONSTANT = ("8716867000030", "PT15M", "kWh", "BN01")


def written(gsrn: str, readings: dict[str, np.ndarray]) -> str:
    """The text of readings that are all OK."""
    *names, start, amount, quality = HEADER.split(";")
    before = [pl.lit(value).alias(name) for name, value in zip(names, (gsrn, *CONSTANT), strict=True)]
    values = {start: readings["quarter"].astype("M8[s]").astype("M8[ms]"), amount: readings["mwh"] / 1_000_000}
    frame = pl.DataFrame(values).select(*before, start, amount, pl.lit("OK").alias(quality))
    return frame.write_csv(
        separator=";",
        include_bom=True,
        decimal_comma=True,
        float_precision=6,
        datetime_format="%Y-%m-%dT%H:%M:%SZ",
        quote_style="never",
    )


def main(file: Path, readings: Path, gsrn: str) -> dict[str, float]:
    """Seconds of a year, the median of twenty; the text goes to the file, to be compared with ours."""
    arrays = dict(np.load(readings))
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        text = written(gsrn, arrays)
        taken.append(time.perf_counter() - started)
    file.write_text(text, newline="")
    return {"seconds": statistics.median(taken)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
