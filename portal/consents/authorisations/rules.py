"""How long an authorisation may last, how it stands on a day, and when it may be renewed."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.contracts.tariff_periods import Days
from portal.kit.clock import DAY

YEARS: Final = 2  # at a time; a longer trust is renewed
SOON: Final = timedelta(days=60)


class Resolution(StrEnum):
    """How finely a company sees what was used."""

    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class Ending(StrEnum):
    """Why an authorisation ended before its last day."""

    ENDED = "ended"
    REPLACED = "replaced"


class AuthorisationState(StrEnum):
    """How an authorisation stands."""

    IN_FORCE = "in force"
    ENDS_SOON = "ends soon"
    EXPIRED = "expired"
    ENDED = "ended"
    REPLACED = "replaced"


def may_last_until(first: date) -> date:
    """The last day that an authorisation may have that begins on a day: two years, that day included."""
    try:
        return first.replace(year=first.year + YEARS) - DAY
    except ValueError:  # 29 February
        return date(first.year + YEARS, 2, 28)


def state(term: Days, ending: Ending | None, today: date) -> AuthorisationState:
    """How an authorisation stands on a day; one that has been ended stays so after its last day."""
    match ending:
        case Ending.ENDED:
            return AuthorisationState.ENDED
        case Ending.REPLACED:
            return AuthorisationState.REPLACED
        case None if today > term.last:
            return AuthorisationState.EXPIRED
        case None:
            return AuthorisationState.ENDS_SOON if term.last - today < SOON else AuthorisationState.IN_FORCE


def is_in_force(state: AuthorisationState) -> bool:
    """Whether the company may read."""
    return state in {AuthorisationState.IN_FORCE, AuthorisationState.ENDS_SOON}


def is_renewable(state: AuthorisationState) -> bool:
    """Whether it is worth giving again: it ends soon, or it is over and nothing took its place."""
    return state in {AuthorisationState.ENDS_SOON, AuthorisationState.EXPIRED, AuthorisationState.ENDED}


def was_allowed(term: Days, ended_on: date | None, read_on: date) -> bool:
    """Whether a reading on a day was covered; on the day of the end it still may have been."""
    return term.first <= read_on <= min(term.last, ended_on or term.last)
