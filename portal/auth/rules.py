"""What identification decides, without a database or a request: codes, sessions, journeys, addresses."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from portal.kit.pagination import LONGEST_ADDRESS

IDLE = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=12)
CONFIRMATION = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)
JOURNEY = timedelta(minutes=10)
BINDING = timedelta(minutes=15)

CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
CODE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+YXWVUABCDEF])([0-9]{3})([0-9A-Y])")


class Checksum(StrEnum):
    """Whether a code's last character must be the right one; some brokers' personas have wrong ones."""

    REQUIRED = "required"
    PASSED_OVER = "passed over"


@dataclass(frozen=True)
class CodePolicy:
    """Which identity codes are taken. Individual numbers from 900 are temporary, never a real person's."""

    checksum: Checksum = Checksum.REQUIRED
    highest_individual: int = 899


REAL_PEOPLE = CodePolicy()
TEST_PEOPLE = CodePolicy(highest_individual=999)


@dataclass(frozen=True)
class IdentityCode:
    """A Finnish personal identity code (henkilötunnus) and the birth date in it."""

    text: str
    born: date


class NotAnIdentityCode(ValueError):
    """The text is no identity code, or none that is taken here; the text itself is never repeated."""


def identity_code(text: str, policy: CodePolicy = REAL_PEOPLE) -> IdentityCode:
    """Read an identity code, in any case, with space around it: DDMMYY, century sign, NNN, check character.

    The sex that the individual number tells is not read. Raises NotAnIdentityCode.
    """
    found = CODE.fullmatch(text.strip().upper())
    if found is None:
        raise NotAnIdentityCode("not of the form DDMMYYCNNNT")
    day, month, year, century, individual, check = found.groups()
    if not 2 <= int(individual) <= policy.highest_individual:
        raise NotAnIdentityCode("an individual number outside of what is taken here")
    expected = CHECK_CHARACTERS[int(day + month + year + individual) % 31]
    if policy.checksum is Checksum.REQUIRED and check != expected:
        raise NotAnIdentityCode("a wrong check character")
    try:
        born = date(CENTURIES[century] + int(year), int(month), int(day))
    except ValueError:
        raise NotAnIdentityCode("no such birth date") from None
    return IdentityCode(found[0], born)


@dataclass(frozen=True)
class SessionTimes:
    """When a session was last used, when it must end at the latest, and whether it has ended."""

    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None


def is_alive(session: SessionTimes, now: datetime) -> bool:
    """A session lives until it is ended, fifteen minutes pass unused, or its twelve hours are over."""
    return session.ended_at is None and now < session.seen_at + IDLE and now < session.expires_at


def is_confirmed(confirmed_at: datetime, now: datetime) -> bool:
    """A proof of identity is fresh for five minutes."""
    return now <= confirmed_at + CONFIRMATION


def is_noteworthy(seen_at: datetime, now: datetime) -> bool:
    """A visit is noted at most once a minute."""
    return now >= seen_at + SEEN_EVERY


class SignInOutcome(StrEnum):
    """What becomes of somebody who comes back from the bank."""

    WELCOME = "welcome"
    EXPIRED = "expired"
    ELSEWHERE = "elsewhere"
    SPENT = "spent"


@dataclass(frozen=True)
class Journey:
    """What is known of one journey to the bank when somebody comes back from it."""

    is_spent: bool
    is_bound_here: bool  # the browser holds the binding cookie that the journey began with
    expires_at: datetime


def outcome(journey: Journey, now: datetime) -> SignInOutcome:
    """How far a return may go. A journey takes one step, pending to spent, and takes it once.

    A spent one stays spent after its time, for the browser that began it: its person may be signed in by now.
    """
    if journey.is_spent and journey.is_bound_here:
        return SignInOutcome.SPENT
    if now >= journey.expires_at:
        return SignInOutcome.EXPIRED
    return SignInOutcome.WELCOME if journey.is_bound_here else SignInOutcome.ELSEWHERE


HOME = "/overview"


def local_path(asked: str | None, otherwise: str = HOME) -> str:
    r"""A path on our own origin to return to: the one asked for, or the other one where that leads elsewhere.

    Browsers read `//host`, `/\host` and paths with control characters as other origins (WHATWG URL, 4.4).
    """
    if asked is None or not asked.startswith("/") or len(asked) > LONGEST_ADDRESS:
        return otherwise
    if asked.startswith("//") or "\\" in asked or any(character <= " " or character == "\x7f" for character in asked):
        return otherwise
    parts = urlsplit(asked)
    return otherwise if parts.scheme or parts.netloc else asked
