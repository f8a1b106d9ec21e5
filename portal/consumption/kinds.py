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
