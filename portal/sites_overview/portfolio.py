"""What the overview tells of a customer with many sites: all of them together, those that stand out, unpaid bills."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.consumption.selection import Point
from portal.invoices import queries as invoices
from portal.kit.i18n import Language
from portal.kit.money import Money, total
from portal.sites_overview.listing import Listing, listing
from portal.sites_overview.records import Use
from portal.sites_overview.rows import SiteRow, standing_out, summed

MANY: Final = 5  # sites: more of them are a table
FIVE: Final = 5


@dataclass(frozen=True, slots=True)
class Unpaid:
    """The bills that are to be paid."""

    count: int
    left: Money


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Many sites at a glance. `use` and `unpaid` are None where they are not open to the person, or unknown.

    more: how many sites use clearly more than a year ago; some of them stand out
    """

    listing: Listing
    use: Use | None
    gaps: int
    more: int
    standing_out: Sequence[SiteRow]
    unpaid: Unpaid | None


def portfolio(db: Session, who: User, points: Sequence[Point], today: date, language: Language) -> Portfolio | None:
    """All sites of a customer together; None for those with a few only."""
    found = listing(db, who, points, None, today, language)
    if len(found.rows) <= MANY:
        return None
    more = standing_out(found.rows, len(found.rows))
    return Portfolio(
        listing=found,
        use=found.use(summed(found.rows)),
        gaps=found.gaps,
        more=len(more),
        standing_out=more[:FIVE],
        unpaid=_unpaid(db, who) if who.reach.covers(Theme.BILLING) else None,
    )


def _unpaid(db: Session, who: User) -> Unpaid:
    days = invoices.unpaid(db, who)
    return Unpaid(sum(day.count for day in days), total(day.left for day in days))
