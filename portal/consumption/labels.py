"""What is said of readings: how good they are, why they were corrected, and of which register of a meter they are."""

from collections.abc import Mapping
from typing import Final

from portal.consumption.charts import Mark
from portal.consumption.kinds import Cause, ReadHow, Register, RegisterUnit
from portal.kit.i18n import Text, text
from portal.kit.labels import Label

MARKS: Final[Mapping[Mark, Label]] = {
    Mark.MEASURED: Label(text("measured")),
    Mark.REVISED: Label(text("corrected"), tone="brand"),
    Mark.ESTIMATED: Label(text("estimated"), tone="warn"),
    Mark.PARTLY: Label(text("partly missing"), tone="bad"),
    Mark.MISSING: Label(text("measurement missing"), tone="bad"),
    Mark.AHEAD: Label(text("to come")),
    Mark.OUTSIDE: Label(text("nothing to measure")),
}

CAUSES: Final[Mapping[Cause, Text]] = {
    Cause.METER_FAULT: text("meter fault"),
    Cause.COMMUNICATION_FAULT: text("fault in the transfer of data"),
    Cause.ESTIMATE_REPLACED: text("estimate replaced by a measured value"),
    Cause.WRONG_CONSTANT: text("wrong meter constant"),
    Cause.METER_CHANGED: text("change of meter"),
    Cause.OTHER: text("another reason"),
}
NOT_TOLD: Final = text("corrected by whoever reads the meter")
"""What is said where nobody told why."""

REGISTERS: Final[Mapping[Register, Text]] = {
    Register.TOTAL: text("Total register"),
    Register.DAY: text("Day register"),
    Register.NIGHT: text("Night register"),
    Register.WINTER_DAY: text("Winter day register"),
    Register.OTHER: text("Register of other times"),
    Register.VOLUME: text("Volume register"),
}
READ_HOW: Final[Mapping[ReadHow, Text]] = {
    ReadHow.CUSTOMER: text("read by the customer"),
    ReadHow.UTILITY: text("read on site"),
    ReadHow.REMOTE: text("read remotely"),
    ReadHow.ESTIMATE: text("estimated"),
}
UNIT_SIGNS: Final[Mapping[RegisterUnit, str]] = {
    RegisterUnit.KWH: "kWh",
    RegisterUnit.MWH: "MWh",
    RegisterUnit.M3: "m³",
}
