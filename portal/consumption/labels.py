"""What is said of readings: how good they are."""

from collections.abc import Mapping
from typing import Final

from portal.consumption.charts import Mark
from portal.kit.i18n import text
from portal.kit.labels import Label

MARKS: Final[Mapping[Mark, Label]] = {
    Mark.MEASURED: Label(text("measured")),
    Mark.REVISED: Label(text("corrected"), tone="brand"),
    Mark.ESTIMATED: Label(text("estimated"), tone="warn"),
    Mark.PARTLY: Label(text("partly missing"), tone="bad"),
    Mark.MISSING: Label(text("measurement missing"), tone="bad"),
    Mark.AHEAD: Label(text("to come")),
}
