"""Decisions about rights to act for another: how one stands on a day."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

SOON: Final = timedelta(days=30)


class RightState(StrEnum):
    """How a right stands."""

    COMING = "coming"
    IN_FORCE = "in force"
    ENDS_SOON = "ends soon"
    ENDED = "ended"


def state(valid_from: date, valid_to: date | None, today: date) -> RightState:
    """How a right stands on a day; both its first and its last day belong to it."""
    if today < valid_from:
        return RightState.COMING
    if valid_to is None:
        return RightState.IN_FORCE
    if valid_to < today:
        return RightState.ENDED
    return RightState.ENDS_SOON if valid_to - today <= SOON else RightState.IN_FORCE
