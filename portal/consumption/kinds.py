"""The words of consumption that tables, feeds and rules share."""

from enum import StrEnum


class Cause(StrEnum):
    """Why readings were corrected."""

    METER_FAULT = "meter-fault"
    COMMUNICATION_FAULT = "communication-fault"
    ESTIMATE_REPLACED = "estimate-replaced"
    WRONG_CONSTANT = "wrong-constant"
    METER_CHANGED = "meter-changed"
    OTHER = "other"


class Register(StrEnum):
    """What a register of a meter counts."""

    TOTAL = "total"
    DAY = "day"
    NIGHT = "night"
    WINTER_DAY = "winter-day"
    OTHER = "other"  # all but winter days
    VOLUME = "volume"  # of water, beside heat or cooling


class RegisterUnit(StrEnum):
    """In what a register counts."""

    KWH = "kWh"
    MWH = "MWh"
    M3 = "m3"


class ReadHow(StrEnum):
    """How a register was read."""

    CUSTOMER = "customer"
    UTILITY = "utility"
    REMOTE = "remote"
    ESTIMATE = "estimate"
