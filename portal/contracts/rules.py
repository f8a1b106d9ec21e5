"""Decisions about contracts: what state they are in, when they can end, and what their prices are on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from portal.contracts.charges import Price, VatRate, by_rate
from portal.kit.clock import DAY
from portal.kit.ranges import Range

SOON: Final = timedelta(days=180)  # how long before its end a fixed term is shown as ending
MOST_YEARS: Final = 2
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


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price within a contract, and the VAT on it; None where the register knows no rate."""

    price: Price
    first: date
    last: date | None
    when: When
    vat_percent: Decimal | None

    @property
    def gross(self) -> Decimal | None:
        """The price with VAT, rounded for show; a bill computes VAT on its sum."""
        return None if self.vat_percent is None else with_vat(self.price.amount, self.vat_percent)


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


def dated_prices(
    prices: Iterable[Price], vat: Iterable[VatRate], first: date, last: date | None, today: date
) -> Sequence[DatedPrice]:
    """The prices of a contract that runs from a day to another: each as far as the contract, cut where VAT changes."""
    rates = tuple(vat)
    running = Range.of_days(first, last)
    return [
        _dated(price, part, percent, today)
        for price in prices
        if (held := price.held & running)
        for part, percent in by_rate(held, rates)
    ]


def _dated(price: Price, days: Range, percent: Decimal | None, today: date) -> DatedPrice:
    when = When.NOW if today in days else When.COMING if today < days.start else When.PAST
    return DatedPrice(price, days.start, days.last, when, percent)
