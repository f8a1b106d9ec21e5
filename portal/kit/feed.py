"""What every row of the utility's own feed is made of: how values are written, and what becomes of a row.

A row is one line of JSON (JSON Lines), read strictly: unknown or missing fields and wrong types are refused.
Money is whole cents; every other number that is not whole is a text of digits, so that no reader rounds it.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from portal.kit.crypto import Vault
from portal.kit.ranges import Range
from portal.kit.visible import shows_something

INT32 = 2**31 - 1
EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)
LINE_DIGEST = "of the feed's line that told this row; none where that was doubtful, or where no line told it"
OF_THE_FEED = frozenset({"line_digest"})  # nothing that a person is told
Digests = Mapping[str, bytes]  # the SHA-256 of the line that tells the row of a number


@dataclass(frozen=True)
class ImportContext:
    """What keeping rows needs beside the database: the keys (asked for when a person comes), the time, the lines."""

    vault: Callable[[], Vault]
    now: datetime
    digests: Digests = field(default_factory=dict)  # of kinds that remember


class FeedRow(BaseModel):
    """One line of a feed, or a part of one. Equal rows are equal values, also as keys of a dictionary."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Written:
    """How a value is written as text: the whole text matches `pattern`, and `read` makes the value of it.

    `read` raises ValueError for a text that only looks right; `says` tells the sender what is asked for.
    `longest` and `form` are JSON Schema's maxLength and format.
    """

    pattern: str
    says: str
    read: Callable[[str], Hashable] = str
    longest: int = 60
    form: str | None = None

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Text first, then the value."""
        fits = re.compile(self.pattern).fullmatch

        def value(text: str) -> Hashable:
            try:
                if len(text) <= self.longest and fits(text):
                    return self.read(text)
            except ValueError:
                pass
            raise PydanticCustomError("written", "{says}", {"says": self.says})

        read = core_schema.no_info_plain_validator_function(value)
        return core_schema.chain_schema([core_schema.str_schema(strict=True), read])

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """A string of this form."""
        form = {} if self.form is None else {"format": self.form}
        return {"type": "string", "maxLength": self.longest, "pattern": f"^(?:{self.pattern})$", **form}


def words(longest: int) -> Written:
    """Text for people: 1 to `longest` characters that show something, no control characters, no space around it."""
    return Written(
        r"[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?",
        f"must be 1 to {longest} characters, some of them visible, without control characters or space around them",
        checked(shows_something),
        longest=longest,
    )


def decimal(whole: int, decimals: int) -> Written:
    """A number of zero or more as digits: at most so many before and after the point."""
    return Written(
        rf"(0|[1-9][0-9]{{0,{whole - 1}}})(\.[0-9]{{1,{decimals}}})?",
        f'must be digits with at most {decimals} after a point, as a text such as "8.49"',
        Decimal,
        longest=whole + decimals + 1,
    )


def signed(number: Written) -> Written:
    """The same number with perhaps a minus before it."""
    return replace(number, pattern=f"-?{number.pattern}", longest=number.longest + 1)


def checked(holds: Callable[[str], bool]) -> Callable[[str], str]:
    """A reader for `Written` that takes a text as it is, if something holds of it."""

    def read(text: str) -> str:
        if not holds(text):
            raise ValueError
        return text

    return read


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError
    return day


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    if not EARLIEST < moment.date() < LATEST:
        raise ValueError
    return moment


_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
Day = Annotated[date, Written(_DAY, 'must be a day of 1900-2199 such as "2026-11-21"', _day, longest=10, form="date")]
Moment = Annotated[
    datetime,
    Written(
        _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z",
        'must be an instant in UTC such as "2026-11-21T18:30:00Z"',
        _moment,
        longest=27,
        form="date-time",
    ),
]
Cents = Annotated[int, Field(ge=-INT32, le=INT32)]
Price = Annotated[Decimal, signed(decimal(8, 6))]


ValidFrom = Annotated[Day, Field(description="First day.", examples=["2026-01-01"])]
ValidTo = Annotated[Day | None, Field(description="Last day; null while it lasts.", examples=["2027-12-31"])]


class Dated(Protocol):
    """A row that holds from one day to another."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


def days_of(row: Dated) -> Range:
    """The days on which a row holds."""
    return Range.of_days(row.valid_from, row.valid_to)


def ends_later(row: D) -> D:
    """A row whose last day is not before its first.

    Raises ValueError.
    """
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise ValueError("valid_to is before valid_from")
    return row


class Names(FeedRow):
    """A name in each language of the portal."""

    fi: Annotated[str, words(100)] = Field(description="In Finnish.", examples=["Perusmaksu"])
    sv: Annotated[str, words(100)] = Field(description="In Swedish.", examples=["Grundavgift"])
    en: Annotated[str, words(100)] = Field(description="In English.", examples=["Base fee"])


class Outcome(StrEnum):
    """What became of a row that was taken in."""

    ACCEPTED = "accepted"  # new, or different from what stood
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Refusal:
    """Why a row was not taken in, in a sentence for the utility; never with an identity code in it."""

    reason: str


@dataclass(frozen=True)
class Doubt:
    """What became of a row that was taken in though it may be wrong, and why it may, in a sentence as of a refusal."""

    outcome: Outcome
    reason: str


Verdict = Outcome | Doubt | Refusal


def unknown(what: str, number: str) -> Refusal:
    """The refusal of a row that refers to what the register does not hold."""
    return Refusal(f"unknown {what} {number}")


def doubted(verdict: Verdict, reasons: Iterable[str]) -> Verdict:
    """The verdict on a row of which something more is doubtful; what is refused has its reason already."""
    if isinstance(verdict, Refusal):
        return verdict
    known = (verdict.reason,) if isinstance(verdict, Doubt) else ()
    outcome = verdict.outcome if isinstance(verdict, Doubt) else verdict
    said = "; ".join((*known, *reasons))
    return Doubt(outcome, said) if said else outcome
