"""The pages of sites: a table of many or cards of a few, the same as a file, and one site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from portal.auth.people import User, user
from portal.auth.reach import Theme
from portal.consumption import queries as consumption
from portal.consumption.by_site import SiteUse, Uses
from portal.consumption.pairs import Comparison
from portal.consumption.selection import Point as MeteredPoint
from portal.consumption.view import Change
from portal.contracts.records import HeldContract
from portal.home.sites import download, drawings, one, portfolio, rows
from portal.home.sites.drawings import MonthBar, MonthBars
from portal.home.sites.filters import DOWNLOAD, PAGE, SiteFilter
from portal.home.sites.listing import Listing, listing
from portal.home.sites.one import ContactLine, Point, SiteHolding, Use
from portal.home.sites.portfolio import MANY
from portal.home.sites.rows import Figures, SiteGroup, SiteRow
from portal.invoices import queries as invoices
from portal.invoices.records import InvoiceHead
from portal.kit import formats
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.money import Money
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Download, Visit, page
from portal.sites import queries as sites
from portal.sites.labels import COMMODITIES
from portal.sites.queries import HeldSite

SITES_A_PAGE: Final = 25
MOST_COMPARED: Final = 12  # groups that are drawn side by side


@dataclass(frozen=True)
class CommodityChoice:
    """Another energy that the table could be of."""

    words: Text
    href: str
    is_current: bool


@dataclass(frozen=True)
class Compared:
    """A group of sites month by month, beside the year before."""

    name: str
    count: int
    figure: str
    unit: str
    change: Change | None
    compared: Comparison | None
    bars: Sequence[MonthBar]


@dataclass(frozen=True)
class DrawnRow:
    """A site in the table, with its twelve months as a drawing and in words; None where they are unknown."""

    row: SiteRow
    line: MonthBars | None
    label: Text | None


@dataclass(frozen=True)
class DrawnGroup:
    """A group of the table: all its figures, and the rows that stand on this page."""

    name: str
    figures: Figures
    rows: Sequence[DrawnRow]


@dataclass(frozen=True)
class SiteTable(Page):
    """Many sites: what they come to, group by group, and a table that is searched, grouped, ordered and summed.

    costs_of: the one energy whose costs are shown; None where they are all that is billed
    sees_use, sees_cost: whether readings and bills are open to the person
    """

    template = "sites/table.html"
    filters: SiteFilter
    count: int
    towns: int
    gaps: int
    use: Use | None
    cost: Money | None
    billed: date | None
    costs_of: Text | None
    sees_use: bool
    sees_cost: bool
    choices: Sequence[CommodityChoice]
    compared: Sequence[Compared]
    groups: Sequence[DrawnGroup]
    total: Figures
    pagination: Pagination
    others: Sequence[HeldSite]


@dataclass(frozen=True)
class Card:
    """One of a few sites."""

    row: SiteRow
    uses: Sequence[Use]
    invoice: InvoiceHead | None


@dataclass(frozen=True)
class SiteCards(Page):
    """A few sites with what matters of each; none for somebody who holds none."""

    template = "sites/cards.html"
    today: date
    is_customer: bool
    cards: Sequence[Card]
    others: Sequence[HeldSite]


@dataclass(frozen=True)
class SitePage(Page):
    """One site; `points` are None where what measures there is not for the person."""

    template = "sites/show.html"
    site: HeldSite
    title: str
    holdings: Sequence[SiteHolding]
    housing: Sequence[tuple[Text, str]]
    points: Sequence[Point] | None
    uses: Sequence[Use]
    sees_contracts: bool
    contracts: Sequence[HeldContract]
    sees_bills: bool
    may_correct: bool
    today: date
    invoices: Sequence[InvoiceHead]
    people: Sequence[ContactLine]


def index(visit: Visit[User]) -> Page:
    """A table of many sites, cards of a few."""
    filters = SiteFilter.read(visit.query)
    metered = consumption.points(visit.db, visit.who, visit.today)
    found = listing(visit.db, visit.who, metered, filters.energy, visit.today, visit.language)
    return _table(visit, filters, found) if len(found.rows) > MANY else _cards(visit, metered, found)


def save(visit: Visit[User]) -> Download:
    """Every site that the table has of the same filter, as a file."""
    filters = SiteFilter.read(visit.query)
    metered = consumption.points(visit.db, visit.who, visit.today)
    found = listing(visit.db, visit.who, metered, filters.energy, visit.today, visit.language)
    ordered = [row for group in rows.groups(rows.found(found.rows, filters), filters) for row in group.rows]
    body = download.written(found, ordered, visit.language)
    return Download(f"sites-{visit.today}.csv", "text/csv; charset=utf-8; header=present", body)


def show(visit: Visit[User]) -> SitePage:
    """One site."""
    db, who, today, language = visit.db, visit.who, visit.today, visit.language
    site = sites.by_id(db, who, visit.id("id"), today)
    metered = [point for point in consumption.points(db, who, today) if point.site_id == site.id]
    return SitePage(
        site=site,
        title=site.name or site.street,
        holdings=one.holdings(db, who, site),
        housing=one.housing(db, who, site, today, language),
        points=one.points(db, who, site, today, language),
        uses=one.uses(one.metered(db, who, metered, today), site.id, language),
        sees_contracts=_covers(who, Theme.CONTRACTS, site.id),
        contracts=one.running(db, who, site, today),
        sees_bills=_covers(who, Theme.BILLING, site.id),
        may_correct=who.reach.is_full,
        today=today,
        invoices=one.newest_invoices(db, who, site),
        people=one.people(db, who) if site.is_held else [],
    )


def _table(visit: Visit[User], filters: SiteFilter, found: Listing) -> SiteTable:
    wanted = rows.found(found.rows, filters)
    at = paginate(visit.query.get("page"), len(wanted), SITES_A_PAGE, PAGE, filters.query)
    groups = rows.on_page(rows.groups(wanted, filters), (at.number - 1) * SITES_A_PAGE, SITES_A_PAGE)
    every = rows.summed(found.rows)
    return SiteTable(
        filters=filters,
        count=len(found.rows),
        towns=found.towns,
        gaps=portfolio.gaps(found),
        use=portfolio.used(found, visit.language),
        cost=every.cost,
        billed=found.billed,
        costs_of=COMMODITIES[found.costs_of].words if found.costs_of else None,
        sees_use=visit.who.reach.covers(Theme.CONSUMPTION),
        sees_cost=visit.who.reach.covers(Theme.BILLING),
        choices=_choices(found.uses, filters),
        compared=_compared(found, filters),
        groups=[_drawn_group(group, found.uses, visit.language) for group in groups],
        total=rows.summed(wanted),
        pagination=at,
        others=found.others,
    )


def _choices(uses: Uses | None, filters: SiteFilter) -> Sequence[CommodityChoice]:
    if uses is None or len(uses.energies) == 1:
        return []
    return [
        CommodityChoice(COMMODITIES[energy].words, filters.of(energy).href, energy is uses.energy)
        for energy in uses.energies
    ]


def _compared(found: Listing, filters: SiteFilter) -> Sequence[Compared]:
    """The groups of all sites, the largest first; without groups all sites as one."""
    if found.uses is None:
        return []
    largest = SiteFilter(by=filters.by)
    every = [
        _pair(group, group.figures.use, found.uses) for group in rows.groups(found.rows, largest) if group.figures.use
    ]
    return every[:MOST_COMPARED]


def _pair(group: SiteGroup, use: SiteUse, uses: Uses) -> Compared:
    figure, unit = formats.kwh_parts(use.newest.energy)
    bars = drawings.pairs(uses.months, use.months)
    return Compared(group.name, group.figures.count, figure, unit, group.figures.change, group.figures.compared, bars)


def _drawn_group(group: SiteGroup, uses: Uses | None, language: Language) -> DrawnGroup:
    return DrawnGroup(group.name, group.figures, [_drawn(row, uses, language) for row in group.rows])


def _drawn(row: SiteRow, uses: Uses | None, language: Language) -> DrawnRow:
    use = row.figures.use
    if use is None or uses is None:
        return DrawnRow(row, None, None)
    last = list(zip(use.months, uses.months, strict=True))[-drawings.MONTHS :]
    (most, highest), (least, lowest) = max(last), min(last)
    label = text(
        "12 months: at most %(most)s in %(highest)s, at least %(least)s in %(lowest)s",
        most=formats.kwh(most),
        highest=formats.month_year(highest, language),
        least=formats.kwh(least),
        lowest=formats.month_year(lowest, language),
    )
    return DrawnRow(row, drawings.line(use.months), label)


def _cards(visit: Visit[User], metered: Sequence[MeteredPoint], found: Listing) -> SiteCards:
    db, who, today, language = visit.db, visit.who, visit.today, visit.language
    held = {row.site.id for row in found.rows}
    uses = one.metered(db, who, [point for point in metered if point.site_id in held], today)
    newest = invoices.latest_by_site(db, who, held) if who.reach.covers(Theme.BILLING) else {}
    return SiteCards(
        today=today,
        is_customer=bool(who.parties),
        cards=[
            Card(
                row,
                one.uses(uses, row.site.id, language),
                newest.get(row.site.id),
            )
            for row in found.rows
        ],
        others=found.others,
    )


def _covers(who: User, theme: Theme, site_id: UUID) -> bool:
    open_at = who.reach.sites(theme)
    return open_at is None or site_id in open_at


routes = [
    page(PAGE, index, who=user),
    page(DOWNLOAD, save, who=user),
    page("/sites/{id}", show, who=user),
]
