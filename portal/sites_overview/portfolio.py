"""What the overview tells of a customer with many sites: all of them together, those that stand out, unpaid bills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.consumption import queries as consumption
from portal.consumption.selection import Point
from portal.invoices import queries as invoices
from portal.invoices import rules
from portal.kit.money import Money, total
from portal.payments import queries as payments
from portal.sites import queries as sites
from portal.sites_overview.records import Use
from portal.sites_overview.rows import Figures, SiteFigures, gaps, standing_out, summed

MANY: Final = 5  # sites: more of them are a table
FIVE: Final = 5
ADDRESS: Final = "/consumption"


@dataclass(frozen=True, slots=True)
class Unpaid:
    """The bills that are to be paid."""

    count: int
    left: Money


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Many sites at a glance. `use` and `unpaid` are None where they are not open to the person, or unknown.

    sites: how many are held
    more: how many sites use clearly more than a year ago; some of them stand out
    """

    sites: int
    use: Use | None
    gaps: int
    more: int
    standing_out: Sequence[SiteFigures]
    unpaid: Unpaid | None


def portfolio(db: Session, who: User, points: Sequence[Point], today: date) -> Portfolio | None:
    """All sites of a customer together; None for those with a few only. What they cost is for the page of sites."""
    held = {site.id: site for site in sites.places(db, who, today) if site.is_held}
    if len(held) <= MANY:
        return None
    uses = consumption.by_site(db, who, [point for point in points if point.site_id in held], None, today)
    every = [
        SiteFigures(site, Figures(1, uses.by_site.get(site_id) if uses else None, None))
        for site_id, site in held.items()
    ]
    together, more = summed(every).use, standing_out(every)
    return Portfolio(
        sites=len(every),
        use=Use(uses, together, ADDRESS) if uses and together else None,
        gaps=gaps(every),
        more=len(more),
        standing_out=more[:FIVE],
        unpaid=_unpaid(db, who) if who.reach.covers(Theme.BILLING) else None,
    )


def _unpaid(db: Session, who: User) -> Unpaid:
    days = invoices.unpaid(db, who)
    aside = [head.shares for head in payments.set_aside(db, who)]
    left = rules.shared_out_together(total(day.left for day in days), aside)
    return Unpaid(sum(day.count for day in days), left.asked)
