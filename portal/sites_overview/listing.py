"""The sites of a customer with what they use and cost: a question each, however many sites there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.consumption import queries as consumption
from portal.consumption.by_site import Uses
from portal.consumption.selection import Point
from portal.invoices import queries as invoices
from portal.invoices.queries import Billed
from portal.kit.clock import first_of_month
from portal.kit.i18n import Language
from portal.kit.labels import Label
from portal.sites import queries as sites
from portal.sites import words
from portal.sites.commodities import Commodity
from portal.sites.records import HeldSite, SitePoint
from portal.sites.scope import measured_for
from portal.sites_overview.records import Use
from portal.sites_overview.rows import Figures, SiteRow, gaps

BILLS_SINCE: Final = timedelta(days=100)  # the month of the list's costs is one of the last three


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list of sites is made of.

    rows: the sites that are held today
    others: former and coming ones
    uses: None where no readings may be seen, or there are none
    billed: the month of which costs are; None where no bills may be seen, or there are none
    sees_points: whether it is open at any site what measures there
    costs_of: the one commodity whose costs they are; None where they are all that is billed
    """

    rows: Sequence[SiteRow]
    others: Sequence[HeldSite]
    uses: Uses | None
    billed: date | None
    sees_points: bool
    costs_of: Commodity | None

    @property
    def towns(self) -> int:
        """In how many towns there are sites."""
        return len({row.site.town for row in self.rows})

    @property
    def gaps(self) -> int:
        """At how many sites readings are missing."""
        return gaps(self.rows)

    @property
    def costs_are_of(self) -> Label | None:
        """The same commodity in words."""
        return self.costs_of.label if self.costs_of else None

    def use(self, together: Figures) -> Use | None:
        """What all sites came to in the newest month."""
        return Use(self.uses, together.use, "/consumption") if self.uses and together.use else None


def listing(
    db: Session, who: User, metered: Sequence[Point], commodity: Commodity | None, today: date, language: Language
) -> Listing:
    """Every site at which any matter is open to the person; figures of those at which theirs is.

    metered: the points whose readings they may see
    """
    places = sites.places(db, who, today)
    held = {site.id for site in places if site.is_held}
    uses = consumption.by_site(db, who, [point for point in metered if point.site_id in held], commodity, today)
    costs_of = _costs_of(uses, commodity)
    billed = _billed(db, who, costs_of, today) if _sees(who, Theme.BILLING) else None
    points = _points(db, who, today)
    return Listing(
        rows=[_row(site, points[site.id], uses, billed, language) for site in places if site.is_held],
        others=[site for site in places if not site.is_held],
        uses=uses,
        billed=billed.month if billed else None,
        sees_points=measured_for(who) != frozenset(),
        costs_of=costs_of,
    )


def _sees(who: User, theme: Theme) -> bool:
    return who.reach.covers(theme)


def _costs_of(uses: Uses | None, asked_for: Commodity | None) -> Commodity | None:
    """Whose costs stand beside what is used: of the same commodity; of all that is billed where there is no other."""
    if uses is None:
        return asked_for
    return uses.commodity if len(uses.commodities) > 1 else None


def _billed(db: Session, who: User, commodity: Commodity | None, today: date) -> Billed | None:
    return invoices.billed_by_site(db, who, first_of_month(today - BILLS_SINCE), commodity)


def _points(db: Session, who: User, today: date) -> Mapping[UUID, Sequence[SitePoint]]:
    of_site: defaultdict[UUID, list[SitePoint]] = defaultdict(list)
    for point in sites.points(db, who, today):
        of_site[point.site_id].append(point)
    return of_site


def _row(
    site: HeldSite, points: Sequence[SitePoint], uses: Uses | None, billed: Billed | None, language: Language
) -> SiteRow:
    use = uses.by_site.get(site.id) if uses else None
    cost = billed.by_site.get(site.id) if billed else None
    kind = words.kind(site.kind)
    return SiteRow(site, Figures(1, use, cost), kind.said(language) if kind else "", points)
