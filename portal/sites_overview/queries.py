"""What one site has, a question for each part: what measures there, what it uses, its contracts and bills."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.consumption import queries as consumption
from portal.consumption.by_site import Uses
from portal.consumption.selection import Point as MeteredPoint
from portal.contracts import queries as contracts
from portal.contracts.records import HeldContract
from portal.invoices import queries as invoices
from portal.invoices.records import InvoiceHead
from portal.kit.clock import day_of
from portal.kit.money import Money
from portal.outages import queries as outages
from portal.outages.records import OutageHere, PastOutage
from portal.outages.rules import Lasting, compensations
from portal.payments import queries as payments
from portal.sites import queries as sites
from portal.sites.records import HeldSite, SitePoint
from portal.sites.scope import measured_for

INVOICES: Final = 3
PAST_OUTAGES: Final = timedelta(days=3 * 365)


def metered(db: Session, who: User, points: Collection[MeteredPoint], today: date) -> Sequence[Uses]:
    """What some metering points use of each of their commodities."""
    first = consumption.by_site(db, who, points, None, today)
    return every_use(db, who, points, first, today) if first else []


def every_use(db: Session, who: User, points: Collection[MeteredPoint], known: Uses, today: date) -> Sequence[Uses]:
    """The same, where what they use of one is known already."""
    asked = (
        known if commodity is known.commodity else consumption.by_site(db, who, points, commodity, today)
        for commodity in known.commodities
    )
    return [one for one in asked if one]


def points(db: Session, who: User, site: HeldSite, today: date) -> Sequence[SitePoint] | None:
    """The metering points with their meters; None where they are not for the person: see `sites.queries`."""
    open_at = measured_for(who)
    if not site.is_held or (open_at is not None and site.id not in open_at):
        return None
    return sites.points_with_meters(db, who, site.id, today)


def running(db: Session, who: User, site: HeldSite, today: date) -> Sequence[HeldContract]:
    """The contracts of the site that have not ended."""
    return contracts.at_sites(db, who, [site.id], today) if who.reach.covers(Theme.CONTRACTS) else []


def outages_now(db: Session, who: User, site: HeldSite, today: date) -> Sequence[OutageHere]:
    """The open outages at the site."""
    return [one for one in outages.here(db, who, today) if one.site_id == site.id]


def outages_before(db: Session, who: User, site: HeldSite, now: datetime) -> Sequence[PastOutage]:
    """The outages of the site in the last three years, the newest first, with the compensation that each comes to.

    How much that is one learns from bills: it stays untold where these are not for the person, or of no year.
    """
    past = outages.past(db, who, site.id, now - PAST_OUTAGES, day_of(now))
    lasting = {
        one.head.id: Lasting(one.starts_at, one.ended_at, fee)
        for one in past
        if one.percent and (fee := _year_fee(db, who, site, one))
    }
    owed = dict(zip(lasting, compensations(list(lasting.values())), strict=True))
    return [replace(one, compensation=owed.get(one.head.id)) for one in reversed(past)]


def _year_fee(db: Session, who: User, site: HeldSite, outage: PastOutage) -> Money | None:
    if not who.reach.covers(Theme.BILLING):
        return None
    return invoices.network_fee(db, who, site.id, day_of(outage.starts_at))


def newest_invoices(db: Session, who: User, site: HeldSite) -> Sequence[InvoiceHead]:
    """The newest invoices of the site."""
    if not who.reach.covers(Theme.BILLING):
        return []
    return payments.told(db, who, invoices.at_site(db, who, site.id, INVOICES))
