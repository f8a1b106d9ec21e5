"""What one site has, a question for each part: what measures there, what it uses, its contracts and bills."""

from collections.abc import Collection, Sequence
from datetime import date
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
from portal.sites import queries as sites
from portal.sites.records import HeldSite, SitePoint
from portal.sites.scope import measured_for

INVOICES: Final = 3


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


def newest_invoices(db: Session, who: User, site: HeldSite) -> Sequence[InvoiceHead]:
    """The newest invoices of the site."""
    return invoices.at_site(db, who, site.id, INVOICES) if who.reach.covers(Theme.BILLING) else []
