"""Decisions about mandates given here: what may be given and changed, and who must stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal.auth.reach import Grant, Level
from portal.kit.clock import DAY, day_of

INVITED_FOR: Final = timedelta(days=14)
BEGINS_WITHIN: Final = timedelta(days=365)
INVITATIONS_A_DAY: Final = 20


class How(StrEnum):
    """How a mandate ended that did not come to its last day."""

    ENDED = "ended"  # by who gave it
    LEFT = "left"  # by who held it
    REPLACED = "replaced"  # it was narrowed or extended


class InvitationState(StrEnum):
    """How an invitation stands."""

    WAITING = "waiting"
    UNDELIVERED = "undelivered"  # its letter was given up
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Extent:
    """What a mandate opens, and until which day; None: until somebody ends it."""

    grant: Grant
    last: date | None


def proposed_last(first: date) -> date:
    """The last day that is proposed: a year, the first day included."""
    try:
        return first.replace(year=first.year + 1) - DAY
    except ValueError:  # 29 February
        return date(first.year + 1, 2, 28)


def invitation_state(
    *, ended_at: datetime | None, mandate_id: UUID | None, expires_at: datetime, last: date | None, now: datetime
) -> InvitationState:
    """How an invitation stands; nobody accepts a mandate whose last day is over."""
    if mandate_id is not None:
        return InvitationState.ACCEPTED
    if ended_at is not None:
        return InvitationState.WITHDRAWN
    is_over = now >= expires_at or (last is not None and last < day_of(now))
    return InvitationState.EXPIRED if is_over else InvitationState.WAITING


def is_within(asked: Grant, held: Grant) -> bool:
    """Whether one grant opens nothing that the other does not."""
    sites = held.sites is None or (asked.sites is not None and asked.sites <= held.sites)
    return asked.themes <= held.themes and sites and (held.level is Level.MANAGE or asked.level is Level.SEE)


def leaves_nobody(mandate_id: UUID, administrators: Collection[UUID]) -> bool:
    """Whether a company would have no administrator without a mandate.

    administrators: its mandates in force that open everything
    """
    return set(administrators) == {mandate_id}


def is_called_otherwise(invited: str, accepted: str) -> bool:
    """Whether the name of who accepted shares no word with that of the invited: then people should look twice."""
    return not set(invited.casefold().split()) & set(accepted.casefold().split())
