"""What a year of readings costs to write as Datahub's text: against the csv module, and Polars; all write the same."""

import csv
import io
import statistics
import time

import numpy as np

from portal.consumption.formats import datahub_writing
from portal.consumption.formats.datahub import ACTIVE, BOM, HEADERS, SeriesReadings
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTER_S
from tests.bench import peers, store

GSRN = "643000000000000011"


class Year:
    """A year of quarter hours of one metering point."""

    def __init__(self, readings, folder):
        self.readings, self.folder = readings, folder

    def ours_s(self):
        """Seconds of ours, the median of twenty."""
        series = SeriesReadings(GSRN, self.readings)
        return statistics.median(_seconds(lambda: datahub_writing.write([series])) for _ in range(20))

    def csv_module_s(self):
        """Seconds of the csv module, with texts of times made by numpy."""
        assert self._by_csv_module() == self._text
        return _seconds(self._by_csv_module)

    def polars_s(self):
        """Seconds of Polars. Raises peers.Missing."""
        saved = store.Readings([self.readings]).save(self.folder / "year.npz")
        file = self.folder / "polars.csv"
        seconds = peers.ask("polars_csv.py", file, saved, GSRN)["seconds"]
        assert file.read_bytes() == self._text
        return seconds

    def _by_csv_module(self):
        written = io.StringIO(newline="")
        rows = csv.writer(written, delimiter=";", lineterminator="\n")
        rows.writerow(HEADERS[0].split(";"))
        instants = (self.readings.quarter * QUARTER_S).astype("M8[s]")
        starts = np.datetime_as_string(instants, timezone="UTC").tolist()
        amounts = (
            f"{milliwatt_hours / MILLIWATT_HOURS_PER_KWH:.6f}".replace(".", ",")
            for milliwatt_hours in self.readings.milliwatt_hours.tolist()
        )
        constants = (GSRN, ACTIVE, "PT15M", "kWh", "BN01")
        rows.writerows((*constants, start, amount, "OK") for start, amount in zip(starts, amounts, strict=True))
        return BOM + written.getvalue().encode()

    @property
    def _text(self):
        return datahub_writing.write([SeriesReadings(GSRN, self.readings)])


def _seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
