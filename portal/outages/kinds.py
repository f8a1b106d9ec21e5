"""The words of outages that tables, feeds and rules share."""

from enum import StrEnum


class OutageKind(StrEnum):
    """Why energy does not flow: something broke, or work was planned."""

    FAULT = "fault"
    WORK = "work"


class OutageState(StrEnum):
    """Where an outage stands, as whoever mends it tells."""

    ANNOUNCED = "announced"  # it will begin
    ONGOING = "ongoing"
    RESTORED = "restored"
    CANCELLED = "cancelled"  # announced, and did not come


OPEN = frozenset({OutageState.ANNOUNCED, OutageState.ONGOING})
