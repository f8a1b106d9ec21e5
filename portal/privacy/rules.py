"""The rights of whom the data is about, how long a request may take, and what the law keeps although it is asked away.

A request is answered within one month of its receipt; where that is necessary, as requests are complex or many, the
time is extended by two further months at most, and the person told so and why within the first (GDPR, Article 12(3)).
Months are counted by Regulation (EEC, Euratom) No 1182/71, Article 3: until the same date of the last one, or its last
day where it has no such date; a last day on a Saturday, a Sunday or a public holiday moves to the next working day.
While we wait for what we asked of the person, who they are or what they mean, the clock stands (EDPB Guidelines
01/2022).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

import holidays

from portal.kit.clock import DAY, months_after

SATURDAY = 5
FURTHER_MONTHS = 2
KEPT_YEARS = 6
DECEMBER = 12


class Right(StrEnum):
    """What may be asked, in the order of the page; a copy of call recordings is a part of access, fetched elsewhere."""

    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    RECORDINGS = "recordings"


class Act(StrEnum):
    """What happens to a request."""

    RECEIVED = "received"
    IN_WORK = "in-work"
    ASKED = "asked"
    ANSWERED = "answered"
    EXTENDED = "extended"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class CaseState(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    IN_WORK = "in-work"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REQUESTS_A_DAY: Final = 10
ADDITIONS_A_DAY: Final = 20
PACKAGES_A_DAY: Final = 10
"""What one person asks, adds to what they asked, and takes, at most within 24 hours; every other way stays open."""

CLOSED = frozenset({CaseState.DONE, CaseState.REFUSED, CaseState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One thing that happened, and the Helsinki day on which it did; of an extension, the last day that was told."""

    act: Act
    on: date
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """That a request takes longer: until which day, told on which, when the clock had stood for so many days."""

    answer_by: date
    told_on: date
    paused_days: int


@dataclass(frozen=True, slots=True)
class Clock:
    """How a request stands in its time.

    `due_on` is the last day to answer, None while it waits for the customer since `paused_on`; `ended_on` is the day it
    was closed. `paused_days` are those for which the clock stood before. `extension` is the latest one.
    """

    state: CaseState
    received_on: date
    due_on: date | None
    paused_on: date | None
    paused_days: int
    ended_on: date | None
    extension: Extension | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nothing more happens to the request."""
        return self.state in CLOSED

    @property
    def days(self) -> int:
        """How many days the whole time has, without those for which the clock stood."""
        last = _last_day(self.received_on, self.paused_days, self.extension)
        return (last - self.received_on).days - self.paused_days

    @property
    def due_before(self) -> date | None:
        """The last day to answer as it was before the extension, None without one."""
        return due_on(self.received_on, self.extension.paused_days) if self.extension else None

    def days_used(self, today: date) -> int:
        """How many of them are gone by a day, by the day it closed, or by the day on which the clock was stopped."""
        until = self.ended_on or self.paused_on or today
        return max(0, (until - self.received_on).days - self.paused_days)

    def days_left(self, today: date) -> int:
        """How many days are left on a day; negative where the last one has passed."""
        return self.days - self.days_used(today)

    def paused_until(self, today: date) -> int:
        """For how many days the clock has stood until a day, the present pause with them."""
        return self.paused_days + ((today - self.paused_on).days if self.paused_on else 0)

    def last_day(self, today: date) -> date:
        """The last day to answer as it stands on a day: while the clock does, it moves on day by day."""
        return _last_day(self.received_on, self.paused_until(today), self.extension)

    def may_be_extended_until(self, today: date) -> date:
        """The last day on which an extension may be told: the last of the first month, as it stands on a day."""
        return due_on(self.received_on, self.paused_until(today))

    def longest(self, today: date) -> date:
        """The last day that an extension told on a day may reach: two months after the first."""
        return due_on(self.received_on, self.paused_until(today), months=1 + FURTHER_MONTHS)


def clock(steps: Sequence[CaseStep]) -> Clock:
    """The clock of a request, by its steps in order; the first is its receipt."""
    received_on = steps[0].on
    state, paused_days = CaseState.RECEIVED, 0
    paused_on: date | None = None
    ended_on: date | None = None
    extension: Extension | None = None
    for step in steps[1:]:
        before, state = state, after(state, step.act)
        if state is CaseState.WAITING and before is not CaseState.WAITING:
            paused_on = step.on
        if state is not CaseState.WAITING and paused_on is not None:
            paused_days, paused_on = paused_days + (step.on - paused_on).days, None
        if step.answer_by:
            paused = paused_days + ((step.on - paused_on).days if paused_on else 0)
            extension = Extension(step.answer_by, step.on, paused)
        if state in CLOSED:
            ended_on = step.on
    due = None if paused_on else _last_day(received_on, paused_days, extension)
    return Clock(state, received_on, due, paused_on, paused_days, ended_on, extension)


def after(state: CaseState, act: Act) -> CaseState:
    """The state that an act leads to; an answer sets the clock going again and otherwise only adds something.

    An extension leaves it: what waits for the customer goes on waiting.
    """
    match act:
        case Act.ASKED:
            return CaseState.WAITING
        case Act.ANSWERED:
            return CaseState.IN_WORK if state is CaseState.WAITING else state
        case Act.EXTENDED:
            return state
        case _:
            return CaseState(act)


def may_follow(state: CaseState, act: Act) -> bool:
    """Whether an act can happen to a request in a state: nothing happens to a closed one."""
    return state not in CLOSED and act is not Act.RECEIVED


def due_on(received_on: date, paused_days: int = 0, months: int = 1) -> date:
    """The last day to answer what came on a day, when the clock stood for so many days."""
    return next_working_day(months_after(received_on, months) + paused_days * DAY)


def next_working_day(day: date) -> date:
    """The first day from a day on that is no Saturday, Sunday or public holiday (Article 3(4))."""
    while day.weekday() >= SATURDAY or day in _public_holidays(day.year):
        day += DAY
    return day


def case_number(year: int, place: int) -> str:
    """`26-0148`."""
    return f"{year % 100:02}-{place:04}"


def kept_until(day: date, last_month: int = DECEMBER) -> date:
    """The last day on which a voucher of a day must be kept, where the financial year ends with a month of that number.

    Six years from the end of the calendar year in which the financial year ended (Accounting Act 1336/1997,
    chapter 2, section 10).
    """
    ended = day.year if day.month <= last_month else day.year + 1
    return date(ended + KEPT_YEARS, DECEMBER, 31)


class Fate(StrEnum):
    """What would become of data if its erasure were asked for today."""

    GOES = "goes"
    CONTRACT = "contract"
    ACCOUNTING = "accounting"
    EVIDENCE = "evidence"


def is_customer(last_days: Iterable[date | None], today: date) -> bool:
    """Whether a contract is in force or still to begin: what it needs stays until it ends (GDPR, Article 17(1)(a)).

    last_days: those of every contract, None for one that has none
    """
    return any(last is None or last >= today for last in last_days)


def _last_day(received_on: date, paused_days: int, extension: Extension | None) -> date:
    """A day that was told is kept to, and moves only with the days for which the clock has stood since."""
    if extension is None:
        return due_on(received_on, paused_days)
    return extension.answer_by + (paused_days - extension.paused_days) * DAY


@cache
def _public_holidays(year: int) -> frozenset[date]:
    """Finland's, without the eves of Midsummer and Christmas: where it is open what counts, we answer a day earlier."""
    named = holidays.country_holidays("FI", years=year, language="en_US")
    return frozenset(day for day, name in named.items() if not name.endswith("Eve"))
