"""What is said of readings: how good they are, and why they were corrected."""

from collections.abc import Mapping
from typing import Final

from portal.consumption.charts import Mark
from portal.consumption.kinds import Cause
from portal.kit.i18n import Text, text
from portal.kit.labels import Label

MARKS: Final[Mapping[Mark, Label]] = {
    Mark.MEASURED: Label(text("measured")),
    Mark.REVISED: Label(text("corrected"), tone="brand"),
    Mark.ESTIMATED: Label(text("estimated"), tone="warn"),
    Mark.PARTLY: Label(text("partly missing"), tone="bad"),
    Mark.MISSING: Label(text("measurement missing"), tone="bad"),
    Mark.AHEAD: Label(text("to come")),
}

CAUSES: Final[Mapping[Cause, Text]] = {
    Cause.METER_FAULT: text("meter fault"),
    Cause.COMMUNICATION_FAULT: text("fault in the transfer of data"),
    Cause.ESTIMATE_REPLACED: text("estimate replaced by a measured value"),
    Cause.WRONG_CONSTANT: text("wrong meter constant"),
    Cause.METER_CHANGED: text("change of meter"),
    Cause.OTHER: text("another reason"),
}
NOT_TOLD: Final = text("corrected by the network company")
"""What is said where nobody told why."""
