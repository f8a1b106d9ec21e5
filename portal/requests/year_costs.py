"""What the last twelve months would have cost with other products: by the person's own readings and the one rule."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.consumption import queries as consumption
from portal.consumption import store
from portal.consumption.selection import Point
from portal.consumption.store import PointDays
from portal.contracts import queries as contracts
from portal.contracts.charges import NotPriced, Terms
from portal.contracts.gaps import filled
from portal.contracts.kinds import Basis, ContractKind
from portal.contracts.offers import ProductOffer
from portal.contracts.pricing import NoSpotPrice, Supply, bill
from portal.contracts.spot import NO_SPOT, SpotPrices
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import spot_for
from portal.kit.clock import DAY, first_of_month, months_after
from portal.kit.energy import Energy
from portal.kit.intervals import NOTHING, QUARTERS_A_DAY
from portal.requests.subjects import YearCosts

MONTHS: Final = 12
MOST_MISSING: Final = 0.02
"""What part of the readings of a year may be missing; they are left out on both sides."""


def of_point(db: Session, who: User, point_id: UUID, offers: Sequence[ProductOffer], today: date) -> YearCosts | None:
    """What the twelve whole months before today cost, and would have cost, at a metering point.

    None where the person may not see that, did not hold the site or a contract of sale on all of those days, or where
    a price or more than a few readings of them are not known: half a year compared with a whole one would mislead.
    """
    days = Days(months_after(first_of_month(today), -MONTHS), first_of_month(today) - DAY)
    point = next(iter(consumption.some_points(db, who, [point_id], today)), None)
    sales = [one for one in contracts.terms(db, who, days).get(point_id, ()) if one.kind is ContractKind.SALES]
    if point is None or not _holds(point, who, days) or not _runs_through(sales, days):
        return None
    series = sales[-1].reading_type or point.reading_type
    (known,) = store.read_all(db, [PointDays(point_id, days.first, days.last, reading_type=series)])
    spot = _spot(db, [*sales, *(one.terms for one in offers)], days)
    try:
        paid = bill([Supply(known.intervals, tuple(sales), cut_off=point.cut_off)], days, spot)
        would = {
            one.code: bill([Supply(known.intervals, (one.in_place_of(sales[-1], days),))], days, spot).total
            for one in offers
        }
    except (NotPriced, NoSpotPrice):
        return None
    if sum(one.quarters for one in paid.missing) > len(days) * QUARTERS_A_DAY * MOST_MISSING:
        return None
    used = Energy(int(filled(known.intervals, NOTHING).milliwatt_hours.sum()))
    return YearCosts(days, used, paid.total, would)


def _holds(point: Point, who: User, days: Days) -> bool:
    return any(first <= days.first and days.last <= last for first, last in point.held_by(who.parties))


def _runs_through(sales: Sequence[Terms], days: Days) -> bool:
    """Whether one of some contracts runs on each day; of two on a day pricing knows that it is one too many."""
    return sum(len(running) for one in sales if (running := days.within(one.held))) == len(days)


def _spot(db: Session, terms: Sequence[Terms], days: Days) -> SpotPrices:
    follows = any(price.basis is Basis.SPOT for one in terms for price in one.prices)
    return spot_for(db, days) if follows else NO_SPOT
