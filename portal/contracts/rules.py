"""Decisions about contracts: what state they are in, when they can end, and what a price is with VAT."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from portal.kit.clock import DAY

SOON: Final = timedelta(days=180)  # how long before its end a fixed term is shown as ending
MOST_YEARS: Final = 2
NOTICES: Final = (30, 7)
"""How many days before the end of a fixed term its customer is written to, each time once."""

CENTS: Final = Decimal("0.01")
FINER: Final = Decimal("0.0001")
SMALL: Final = Decimal("0.1")


class ContractState(StrEnum):
    """Where a contract stands."""

    COMING = "coming"
    RUNNING = "running"
    ENDING = "ending"
    ENDED = "ended"


class When(StrEnum):
    """Where a price stands."""

    NOW = "now"
    COMING = "coming"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Term:
    """A fixed term, and how far it has come; all in days."""

    first: date
    last: date
    length: int
    passed: int

    @property
    def left(self) -> int:
        """Days until it ends."""
        return self.length - self.passed


def state(first: date, last: date | None, fixed_until: date | None, today: date) -> ContractState:
    """Where a contract stands; a fixed term that has run out goes on until further notice."""
    if today < first:
        return ContractState.COMING
    if last is not None:
        return ContractState.ENDED if last < today else ContractState.ENDING
    if fixed_until is not None and today <= fixed_until <= today + SOON:
        return ContractState.ENDING
    return ContractState.RUNNING


def fixed_term(first: date, fixed_until: date | None, today: date) -> Term | None:
    """The fixed term that a contract is in on a day, if it is in one."""
    if fixed_until is None or not first <= today <= fixed_until:
        return None
    return Term(first, fixed_until, (fixed_until - first).days, (today - first).days)


def notice_of(fixed_until: date, today: date) -> int:
    """Which of the letters about the end of a fixed term is due, by its days ahead; of a term that ends that soon."""
    return min(days for days in NOTICES if fixed_until <= today + timedelta(days=days))


def consumer_bound_until(first: date, fixed_until: date) -> date:
    """Until when a fixed term of electricity sales binds a consumer: two years at most (Act 588/2013)."""
    leap_day = (first.month, first.day) == (2, 29)
    two_years = first.replace(year=first.year + MOST_YEARS, day=28 if leap_day else first.day)
    return min(fixed_until, two_years - DAY)


def earliest_end(notice_days: int, bound_until: date | None, today: date) -> date:
    """The last day of a contract whose customer gives notice today; a fixed term is kept as long as it binds."""
    noticed = today + timedelta(days=notice_days)
    return noticed if bound_until is None else max(noticed, bound_until)


def with_vat(price: Decimal, percent: Decimal) -> Decimal:
    """A unit price with VAT as price lists show it: to two decimals, small ones to four."""
    gross = price * (100 + percent) / 100
    return gross.quantize(CENTS if abs(gross) >= SMALL or not gross else FINER, ROUND_HALF_UP)
