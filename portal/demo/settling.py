"""Settles holdings in a register: their rows, what their meters sent and then corrected, and every bill."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlmodel import Session

from portal.consumption.recording import record
from portal.contracts.models import SpotMonth
from portal.contracts.spot import SpotPrices
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import spot_for
from portal.demo import bills, products, spot, wall_clock
from portal.demo.holdings import Holding
from portal.demo.rows import Row, insert
from portal.kit import clock
from portal.kit.clock import DAY, next_month
from portal.kit.packing import pack

YEARS: Final = 3


@dataclass(frozen=True, eq=False)
class Ground:
    """What every holding stands on: the first day with readings and the first without, and the market between."""

    since: date
    until: date
    spot: SpotPrices


def ground(db: Session, until: date, months: int = 12 * YEARS) -> Ground:
    """Put products, prices, taxes and the spot prices of so many months into the register."""
    year, month = divmod(12 * until.year + until.month - 1 - months, 12)
    since = date(year, month + 1, 1)
    insert(db, products.rows(until))
    insert(db, _spot_months(since, until))
    return Ground(since, until, spot_for(db, Days(since, until - DAY)))


def settle(db: Session, holding: Holding, on: Ground) -> None:
    """Register a holding, store what its meters sent, and bill it by what is stored."""
    insert(db, settled(db, holding, on))


def settled(db: Session, holding: Holding, on: Ground) -> Iterator[Row]:
    """Register a holding and store what its meters sent; then its bills, which are not stored yet."""
    insert(db, holding.rows)
    for point, metering in holding.meterings.items():
        for sent in metering.sent(on.since, on.until - DAY):
            record(db, point, sent.intervals, sent.at, sent.reading_type)
    for account in holding.accounts:
        yield from bills.of_account(db, account, on.spot, on.since, on.until)


def _spot_months(since: date, until: date) -> Iterator[SpotMonth]:
    """Prices until the end of `until`: the exchange tells them a day ahead."""
    for month in clock.months(since, until):
        last = min(next_month(month) - DAY, until)
        yield SpotMonth(month=month, prices=pack(spot.prices(wall_clock.quarters(month, last))))
