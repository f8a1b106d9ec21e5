"""The pages of sites: a table of many or cards of a few, the same as a file, and one site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from portal.auth.people import Customer, customer
from portal.auth.reach import Theme
from portal.consumption.by_site import SiteUse, Uses
from portal.consumption.pairs import Comparison
from portal.consumption.view import Change
from portal.contracts.shown import Row as ContractRow
from portal.home.sites import download, drawings, one, portfolio, rows
from portal.home.sites.drawings import Bar, Line
from portal.home.sites.listing import Listing, listing
from portal.home.sites.one import Holding, Person, Point, Use
from portal.home.sites.portfolio import MANY
from portal.home.sites.rows import Figures, Group, Row
from portal.home.sites.wish import DOWNLOAD, PAGE, Wish
from portal.invoices import queries as invoices
from portal.invoices import shown as invoices_shown
from portal.invoices.shown import Row as InvoiceRow
from portal.kit import formats
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.money import Money
from portal.kit.pages import Pages, pages
from portal.kit.web import Download, Visit, page
from portal.sites import queries as sites
from portal.sites import words
from portal.sites.queries import Place

SITES_A_PAGE: Final = 25
MOST_COMPARED: Final = 12  # groups that are drawn side by side


@dataclass(frozen=True)
class Choice:
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
    bars: Sequence[Bar]


@dataclass(frozen=True)
class DrawnRow:
    """A site in the table, with its twelve months as a drawing and in words; None where they are unknown."""

    row: Row
    line: Line | None
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
    wish: Wish
    count: int
    towns: int
    gaps: int
    use: Use | None
    cost: Money | None
    billed: date | None
    costs_of: Text | None
    sees_use: bool
    sees_cost: bool
    choices: Sequence[Choice]
    compared: Sequence[Compared]
    groups: Sequence[DrawnGroup]
    total: Figures
    pages: Pages
    others: Sequence[Place]


@dataclass(frozen=True)
class Card:
    """One of a few sites."""

    row: Row
    uses: Sequence[Use]
    bill: InvoiceRow | None


@dataclass(frozen=True)
class SiteCards(Page):
    """A few sites with what matters of each; none for somebody who holds none."""

    template = "sites/cards.html"
    is_customer: bool
    cards: Sequence[Card]
    others: Sequence[Place]


@dataclass(frozen=True)
class SitePage(Page):
    """One site; `points` are None where what measures there is not for the person."""

    template = "sites/show.html"
    place: Place
    title: str
    holdings: Sequence[Holding]
    housing: Sequence[tuple[Text, str]]
    points: Sequence[Point] | None
    uses: Sequence[Use]
    sees_contracts: bool
    contracts: Sequence[ContractRow]
    sees_bills: bool
    may_correct: bool
    bills: Sequence[InvoiceRow]
    people: Sequence[Person]


def index(visit: Visit[Customer]) -> Page:
    """A table of many sites, cards of a few."""
    wish = Wish.read(visit.query)
    found = listing(visit.db, visit.who, wish.energy, visit.today, visit.language)
    return _table(visit, wish, found) if len(found.rows) > MANY else _cards(visit, found)


def save(visit: Visit[Customer]) -> Download:
    """Every site that the table has for the same wish, as a file."""
    wish = Wish.read(visit.query)
    found = listing(visit.db, visit.who, wish.energy, visit.today, visit.language)
    ordered = [row for group in rows.groups(rows.found(found.rows, wish), wish) for row in group.rows]
    body = download.written(found, ordered, visit.language)
    return Download(f"sites-{visit.today}.csv", "text/csv; charset=utf-8; header=present", body)


def show(visit: Visit[Customer]) -> SitePage:
    """One site."""
    db, who, today, language = visit.db, visit.who, visit.today, visit.language
    place = sites.by_id(db, who, visit.id("id"), today)
    return SitePage(
        place=place,
        title=place.name or place.street,
        holdings=one.holdings(db, who, place),
        housing=one.housing(db, who, place, today, language),
        points=one.points(db, who, place, today, language),
        uses=one.uses(one.metered(db, who, [place.id], today), place.id, language),
        sees_contracts=_covers(who, Theme.CONTRACTS, place.id),
        contracts=one.running(db, who, place, today, language),
        sees_bills=_covers(who, Theme.BILLING, place.id),
        may_correct=who.reach.is_full,
        bills=one.bills(db, who, place, today, language),
        people=one.people(db, who) if place.is_held else [],
    )


def _table(visit: Visit[Customer], wish: Wish, found: Listing) -> SiteTable:
    wanted = rows.found(found.rows, wish)
    at = pages(visit.query.get("page"), len(wanted), SITES_A_PAGE, PAGE, wish.query)
    groups = rows.on_page(rows.groups(wanted, wish), (at.number - 1) * SITES_A_PAGE, SITES_A_PAGE)
    every = rows.summed(found.rows)
    return SiteTable(
        wish=wish,
        count=len(found.rows),
        towns=found.towns,
        gaps=portfolio.gaps(found),
        use=portfolio.used(found, visit.language),
        cost=every.cost,
        billed=found.billed,
        costs_of=words.ENERGIES[found.costs_of] if found.costs_of else None,
        sees_use=visit.who.reach.covers(Theme.CONSUMPTION),
        sees_cost=visit.who.reach.covers(Theme.BILLING),
        choices=_choices(found.uses, wish),
        compared=_compared(found, wish),
        groups=[_drawn_group(group, found.uses, visit.language) for group in groups],
        total=rows.summed(wanted),
        pages=at,
        others=found.others,
    )


def _choices(uses: Uses | None, wish: Wish) -> Sequence[Choice]:
    if uses is None or len(uses.energies) == 1:
        return []
    return [Choice(words.ENERGIES[energy], wish.of(energy).href, energy is uses.energy) for energy in uses.energies]


def _compared(found: Listing, wish: Wish) -> Sequence[Compared]:
    """The groups of all sites, the largest first; without groups all sites as one."""
    if found.uses is None:
        return []
    largest = Wish(by=wish.by)
    every = [
        _pair(group, group.figures.use, found.uses) for group in rows.groups(found.rows, largest) if group.figures.use
    ]
    return every[:MOST_COMPARED]


def _pair(group: Group, use: SiteUse, uses: Uses) -> Compared:
    figure, unit = formats.kwh_parts(use.newest.energy)
    bars = drawings.pairs(uses.months, use.months)
    return Compared(group.name, group.figures.count, figure, unit, group.figures.change, group.figures.compared, bars)


def _drawn_group(group: Group, uses: Uses | None, language: Language) -> DrawnGroup:
    return DrawnGroup(group.name, group.figures, [_drawn(row, uses, language) for row in group.rows])


def _drawn(row: Row, uses: Uses | None, language: Language) -> DrawnRow:
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


def _cards(visit: Visit[Customer], found: Listing) -> SiteCards:
    db, who, today, language = visit.db, visit.who, visit.today, visit.language
    held = [row.place.id for row in found.rows]
    metered = one.metered(db, who, held, today)
    bills = invoices.latest_by_site(db, who, held) if who.reach.covers(Theme.BILLING) else {}
    return SiteCards(
        is_customer=bool(who.parties),
        cards=[
            Card(
                row,
                one.uses(metered, row.place.id, language),
                invoices_shown.row(bills[row.place.id], today, language) if row.place.id in bills else None,
            )
            for row in found.rows
        ],
        others=found.others,
    )


def _covers(who: Customer, theme: Theme, site_id: UUID) -> bool:
    open_at = who.reach.sites(theme)
    return open_at is None or site_id in open_at


routes = [
    page(PAGE, index, who=customer),
    page(DOWNLOAD, save, who=customer),
    page("/sites/{id}", show, who=customer),
]
