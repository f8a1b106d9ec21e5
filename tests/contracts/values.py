"""Readings, prices and contracts as pricing sees them, made in one line each."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import numpy as np

from portal.contracts.charges import Price, Terms, VatRate
from portal.contracts.kinds import Basis, ContractKind, Names, TariffPeriod
from portal.contracts.spot import SpotPrices
from portal.contracts.tariff_periods import Days
from portal.kit.intervals import Intervals, Quality, day_starts

NAMED = Names("fi", "sv", "en")
LONG_AGO = date(2020, 1, 1)
VAT = (
    VatRate(Decimal(24), LONG_AGO, date(2024, 8, 31)),
    VatRate(Decimal("25.5"), date(2024, 9, 1)),
)


def days(first, last):
    return Days(date.fromisoformat(first), date.fromisoformat(last))


def quarters(period):
    """Every quarter of some days."""
    starts = day_starts(period.first, period.last)
    return np.arange(starts[0], starts[-1])


def measured(quarter, milliwatt_hours, length=1, quality=Quality.OK):
    """Readings of these quarters; one value, length or quality stands for all."""
    size = len(quarter)
    return Intervals(
        np.asarray(quarter, np.int64),
        np.broadcast_to(np.asarray(length, np.int64), size).copy(),
        np.broadcast_to(np.asarray(milliwatt_hours, np.int64), size).copy(),
        np.broadcast_to(np.asarray(quality, np.uint8), size).copy(),
    )


def energy(price, code="energy", window=TariffPeriod.ALL, first=LONG_AGO, last=None):
    return Price(code, NAMED, Basis.ENERGY, window, Decimal(price), first, last)


def margin(price, code="spot"):
    return Price(code, NAMED, Basis.SPOT, TariffPeriod.ALL, Decimal(price), LONG_AGO)


def monthly(price, code="base", first=LONG_AGO, last=None):
    return Price(code, NAMED, Basis.MONTH, TariffPeriod.ALL, Decimal(price), first, last)


def power(price, threshold, code="power"):
    return Price(code, NAMED, Basis.POWER, TariffPeriod.ALL, Decimal(price), LONG_AGO, threshold_kw=Decimal(threshold))


def contract(*prices, kind=ContractKind.SALES, first=LONG_AGO, last=None, minutes=15, vat=VAT):
    ids = (UUID(int=one) for one in (1, 2, 3))
    return Terms(*ids, kind, None, first, last, minutes, None, prices, vat)


def spot(period, cents):
    """The same spot price for every quarter of some days, or one for each, in c/kWh."""
    found = quarters(period)
    each = np.broadcast_to(np.asarray([int(Decimal(str(one)) * 100_000) for one in np.atleast_1d(cents)]), len(found))
    return SpotPrices(int(found[0]), each.copy())
