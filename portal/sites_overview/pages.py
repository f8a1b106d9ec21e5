"""The pages of sites: a table of many or cards of a few, the same as a file, and one site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from portal.auth.people import User, user
from portal.auth.reach import Theme
from portal.consumption import queries as consumption
from portal.consumption.registers import queries as registers
from portal.consumption.registers.records import ReadRegister
from portal.consumption.selection import Point as MeteredPoint
from portal.contracts.records import HeldContract
from portal.invoices import queries as invoices
from portal.invoices.records import InvoiceHead
from portal.kit.html import Page
from portal.kit.i18n import text
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Download, Visit, page
from portal.organisation import queries as organisation
from portal.organisation.queries import Contact
from portal.outages.records import OutageHere, PastOutage
from portal.sites import queries as sites
from portal.sites.records import Fact, HeldSite, SitePoint
from portal.sites_overview import download, queries, rows
from portal.sites_overview.filters import DOWNLOAD, PAGE, SiteFilter
from portal.sites_overview.listing import Listing, listing
from portal.sites_overview.portfolio import MANY
from portal.sites_overview.records import Use, uses
from portal.sites_overview.rows import Figures, SiteGroup

SITES_A_PAGE: Final = 25
MOST_COMPARED: Final = 12  # groups that are drawn side by side


@dataclass(frozen=True)
class SiteTable(Page):
    """Many sites: what they come to, group by group, and a table that is searched, grouped, ordered and summed.

    every, total: what all sites come to together, and those that the filter lets through
    sees_use, sees_cost: whether readings and bills are open to the person
    compared: groups of all sites, whatever is searched
    """

    template = "sites/table.html"
    filters: SiteFilter
    listing: Listing
    every: Figures
    use: Use | None
    sees_use: bool
    sees_cost: bool
    compared: Sequence[SiteGroup]
    groups: Sequence[SiteGroup]
    total: Figures
    pagination: Pagination


@dataclass(frozen=True)
class SiteCards(Page):
    """A few sites with what matters of each; none for somebody who holds none.

    uses, invoices: by site, the newest invoice of each
    """

    template = "sites/cards.html"
    today: date
    is_customer: bool
    listing: Listing
    uses: Mapping[UUID, Sequence[Use]]
    invoices: Mapping[UUID, InvoiceHead]


@dataclass(frozen=True)
class SitePage(Page):
    """One site; `points` are None where what measures there is not for the person.

    parties: what those of the person are called
    registers: those that were read by hand or at a change of meter; None where readings are not for the person
    """

    template = "sites/show.html"
    site: HeldSite
    parties: Mapping[UUID, str]
    housing: Sequence[Fact]
    points: Sequence[SitePoint] | None
    uses: Sequence[Use]
    registers: Sequence[ReadRegister] | None
    sees_contracts: bool
    contracts: Sequence[HeldContract]
    sees_bills: bool
    today: date
    invoices: Sequence[InvoiceHead]
    people: Sequence[Contact]
    outages: Sequence[OutageHere]
    past_outages: Sequence[PastOutage]


def index(visit: Visit[User]) -> Page:
    """A table of many sites, cards of a few."""
    filters = SiteFilter.read(visit.query)
    metered = consumption.points(visit.db, visit.who, visit.today)
    found = listing(visit.db, visit.who, metered, filters.commodity, visit.today, visit.language)
    return _table(visit, filters, found) if len(found.rows) > MANY else _cards(visit, metered, found)


def save(visit: Visit[User]) -> Download:
    """Every site that the table has of the same filter, as a file."""
    filters = SiteFilter.read(visit.query)
    metered = consumption.points(visit.db, visit.who, visit.today)
    found = listing(visit.db, visit.who, metered, filters.commodity, visit.today, visit.language)
    ordered = [row for group in rows.groups(rows.found(found.rows, filters), filters) for row in group.rows]
    body = download.written(found, ordered, visit.language)
    return Download(f"sites-{visit.today}.csv", "text/csv; charset=utf-8; header=present", body)


def show(visit: Visit[User]) -> SitePage:
    """One site."""
    db, who, today = visit.db, visit.who, visit.today
    site = sites.by_id(db, who, visit.id("id"), today)
    metered = [point for point in consumption.points(db, who, today) if point.site_id == site.id]
    return SitePage(
        site=site,
        parties=dict(organisation.names(db, who)),
        housing=sites.housing(db, who, site.id, today),
        points=queries.points(db, who, site, today),
        uses=uses(queries.metered(db, who, metered, today), site.id),
        registers=registers.at_site(db, who, site.id) if _covers(who, Theme.CONSUMPTION, site.id) else None,
        sees_contracts=_covers(who, Theme.CONTRACTS, site.id),
        contracts=queries.running(db, who, site, today),
        sees_bills=_covers(who, Theme.BILLING, site.id),
        today=today,
        invoices=queries.newest_invoices(db, who, site),
        people=organisation.contacts(db, who) if site.is_held else [],
        outages=queries.outages_now(db, who, site, today),
        past_outages=queries.outages_before(db, who, site, visit.now),
    )


def _table(visit: Visit[User], filters: SiteFilter, found: Listing) -> SiteTable:
    wanted = rows.found(found.rows, filters)
    at = paginate(visit.query.get("page"), len(wanted), SITES_A_PAGE, PAGE, filters.query)
    groups = rows.on_page(rows.groups(wanted, filters), (at.number - 1) * SITES_A_PAGE, SITES_A_PAGE)
    every = rows.summed(found.rows)
    return SiteTable(
        filters=filters,
        listing=found,
        every=every,
        use=found.use(every),
        sees_use=visit.who.reach.covers(Theme.CONSUMPTION),
        sees_cost=visit.who.reach.covers(Theme.BILLING),
        compared=_compared(found, filters),
        groups=groups,
        total=rows.summed(wanted),
        pagination=at,
    )


def _compared(found: Listing, filters: SiteFilter) -> Sequence[SiteGroup]:
    """The groups of all sites, the largest first; without groups all sites as one."""
    groups = rows.groups(found.rows, SiteFilter(by=filters.by))
    return [group for group in groups if group.figures.use][:MOST_COMPARED]


def _cards(visit: Visit[User], metered: Sequence[MeteredPoint], found: Listing) -> SiteCards:
    db, who, today = visit.db, visit.who, visit.today
    held = {row.site.id for row in found.rows}
    here = [point for point in metered if point.site_id in held]
    known = found.uses  # of the commodity that the address asks for; the cards show every one
    of_all = queries.every_use(db, who, here, known, today) if known else queries.metered(db, who, here, today)
    newest = invoices.latest_by_site(db, who, held) if who.reach.covers(Theme.BILLING) else {}
    return SiteCards(
        today=today,
        is_customer=bool(who.parties),
        listing=found,
        uses={site_id: uses(of_all, site_id) for site_id in held},
        invoices=newest,
    )


def _covers(who: User, theme: Theme, site_id: UUID) -> bool:
    open_at = who.reach.sites(theme)
    return open_at is None or site_id in open_at


routes = [
    page(PAGE, index, who=user, viewed=text("Looked at the list of sites")),
    page(DOWNLOAD, save, who=user, viewed=text("Downloaded the list of sites")),
    page("/sites/{id}", show, who=user, viewed=text("Looked at a site")),
]
