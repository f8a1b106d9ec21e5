"""The contract pages: all contracts by site, and one with its prices, term and history."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.contracts import queries, shown
from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import Basis, ContractKind
from portal.contracts.labels import KINDS, STATES
from portal.contracts.queries import ContractSite, HeldContract
from portal.contracts.rules import DatedPrice, Term, When, consumer_bound_until, earliest_end, fixed_term
from portal.contracts.shown import Amount, ContractEvent, ContractRow, PriceRow
from portal.customers.models import PartyKind
from portal.kit import formats
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.labels import Label
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Visit, page
from portal.sites.labels import COMMODITIES

SITES_A_PAGE: Final = 12
COMING: Final = 6  # how much of what comes is told beside the list
AHEAD: Final = timedelta(days=366)
STATS: Final = 3
ORDER: Final = tuple(ContractKind)


@dataclass(frozen=True)
class CommodityGroup:
    """The contracts of a site about one energy."""

    heading: Text
    rows: Sequence[ContractRow]


@dataclass(frozen=True)
class SiteContracts:
    """A site and its contracts."""

    site: ContractSite
    groups: Sequence[CommodityGroup]
    count: int


@dataclass(frozen=True)
class ContractList(Page):
    """Every contract that has not ended, by site; what comes, and what is over."""

    template = "contracts/index.html"
    sites: Sequence[SiteContracts]
    coming: Sequence[ContractEvent]
    ended: Sequence[ContractRow]
    pagination: Pagination


@dataclass(frozen=True)
class Stat:
    """A price in large figures."""

    label: Text | str
    amount: Amount


@dataclass(frozen=True)
class Fact:
    """A term and what there is to say about it."""

    term: Text
    value: Text | str


@dataclass(frozen=True)
class LastDay:
    """The last day of a contract, and under what condition it is."""

    term: Text
    on: date


@dataclass(frozen=True)
class ContractPage(Page):
    """One contract."""

    template = "contracts/show.html"
    title: str
    kind: Text
    number: str
    state: Label
    site: ContractSite
    stats: Sequence[Stat]
    sentence: Text
    term: Term | None
    facts: Sequence[Fact]
    about_vat: Text
    now: Sequence[PriceRow]
    coming: Sequence[PriceRow]
    former: Sequence[PriceRow]
    happenings: Sequence[ContractEvent]
    duration: Text
    notice_days: int
    last_day: LastDay | None
    bound: Text | None


def index(visit: Visit[User]) -> ContractList:
    """All contracts, some sites at a time."""
    number = queries.number_of_sites(visit.db, visit.who, visit.today)
    at = paginate(visit.query.get("page"), number, SITES_A_PAGE, "/contracts")
    ids = queries.sites(visit.db, visit.who, visit.today, (at.number - 1) * SITES_A_PAGE, SITES_A_PAGE)
    held = queries.at_sites(visit.db, visit.who, ids, visit.today)
    ended = queries.ended(visit.db, visit.who, visit.today)
    return ContractList(
        sites=[_site([one for one in held if one.site.id == site], visit.today, visit.language) for site in ids],
        coming=_coming(held, visit.today, visit.language),
        ended=[shown.row(one, visit.today, visit.language) for one in ended],
        pagination=at,
    )


def show(visit: Visit[User]) -> ContractPage:
    """One contract with its prices, term and history."""
    held = queries.by_id(visit.db, visit.who, visit.id("id"), visit.today)
    prices = shown.prices_of(held, visit.today)
    return ContractPage(
        title=held.product.said(visit.language),
        kind=KINDS[held.kind].words,
        number=held.number,
        state=STATES[shown.state_of(held, visit.today)],
        site=held.site,
        stats=list(_stats(held, prices, visit.language))[:STATS],
        sentence=_sentence(held, prices, visit.today, visit.language),
        term=fixed_term(held.first, _fixed_until(held), visit.today),
        facts=list(_facts(held)),
        about_vat=shown.about_vat(held, prices),
        now=_rows(held, prices, When.NOW, visit.language),
        coming=_rows(held, prices, When.COMING, visit.language),
        former=_rows(held, prices, When.PAST, visit.language),
        happenings=shown.happenings(held, visit.today, visit.language),
        duration=_duration(held, visit.today, visit.language),
        notice_days=held.notice_days,
        last_day=_last_day(held, visit.today),
        bound=_bound(held, visit.today, visit.language),
    )


def _site(held: Sequence[HeldContract], today: date, language: Language) -> SiteContracts:
    rows = [shown.row(one, today, language) for one in sorted(held, key=lambda one: ORDER.index(one.kind))]
    groups = [
        CommodityGroup(COMMODITIES[commodity].words, list(rows))
        for commodity, rows in groupby(rows, key=lambda row: row.commodity)
    ]
    return SiteContracts(held[0].site, groups, len(held))


def _coming(held: Iterable[HeldContract], today: date, language: Language) -> Sequence[ContractEvent]:
    told = [one for each in held for one in shown.happenings(each, today, language)]
    ahead = [one for one in told if one.is_ahead and one.on <= today + AHEAD]
    return sorted(ahead, key=lambda one: one.on)[:COMING]


def _stats(held: HeldContract, prices: Iterable[DatedPrice], language: Language) -> Iterator[Stat]:
    for dated in prices:
        amount = shown.gross(held.kind, dated)
        if dated.when is When.NOW and amount and dated.price.code != ELECTRICITY_TAX:
            if held.kind is ContractKind.PURCHASE and dated.price.amount < 0:
                yield Stat(text("We pay you: %(name)s", name=dated.price.name.said(language)), amount)
            elif dated.price.basis is Basis.SPOT:
                yield Stat(_with_vat(text("Margin on the spot price"), dated), amount)
            else:
                yield Stat(_with_vat(dated.price.name.said(language), dated), amount)


def _with_vat(name: Text | str, dated: DatedPrice) -> Text | str:
    """A price's name, and that its VAT is in it, where there is any."""
    return text("%(name)s, incl. VAT", name=name) if dated.vat_percent else name


def _sentence(held: HeldContract, prices: Iterable[DatedPrice], today: date, language: Language) -> Text:
    """What there is to know about the contract, in a sentence."""
    if today < held.first:
        return text("The contract begins on %(date)s.", date=formats.full_date(held.first, language))
    if held.last and held.last < today:
        return text("The contract ended on %(date)s.", date=formats.full_date(held.last, language))
    if held.last:
        return text("The contract ends on %(date)s.", date=formats.full_date(held.last, language))
    return _about_price(held, prices, today, language)


def _about_price(held: HeldContract, prices: Iterable[DatedPrice], today: date, language: Language) -> Text:
    if any(one.when is When.NOW and one.price.basis is Basis.SPOT for one in prices):
        return _spot_sentence(held)
    if held.fixed_until and held.fixed_until >= today:
        return text(
            "The contract is fixed until %(date)s, and continues until further notice after that.",
            date=formats.full_date(held.fixed_until, language),
        )
    if held.kind is ContractKind.CONNECTION:
        return text("The connection belongs to the site and is valid until further notice.")
    return text("The contract is valid until further notice. We announce a change of price at least 30 days ahead.")


def _spot_sentence(held: HeldContract) -> Text:
    if held.terms.billing_minutes == 60:
        return text("You pay the exchange's price of each hour, and a margin. The price changes every hour.")
    return text("You pay the exchange's price of each quarter hour, and a margin. The price changes every 15 minutes.")


def _facts(held: HeldContract) -> Iterator[Fact]:
    if held.gsrn:
        yield Fact(text("Metering point"), formats.grouped(held.gsrn))
    yield Fact(text("Site number"), held.site.number)
    if held.main_fuse:
        yield Fact(text("Main fuse"), held.main_fuse)
    if held.contracted_kw is not None:
        yield Fact(text("Contracted power"), f"{formats.exact(held.contracted_kw, 0)}{formats.NBSP}kW")
    if held.site.estimated_kwh_a_year and held.kind is ContractKind.SALES:
        yield Fact(text("Estimated annual consumption"), _kwh(held.site.estimated_kwh_a_year))
    if origin := shown.origin(held.origin):
        yield Fact(text("Origin of the energy"), origin)


def _kwh(amount: int) -> str:
    return f"{formats.number(amount)}{formats.NBSP}kWh"


def _rows(held: HeldContract, prices: Iterable[DatedPrice], when: When, language: Language) -> Sequence[PriceRow]:
    return [shown.price_row(held, one, language) for one in prices if one.when is when]


def _fixed_until(held: HeldContract) -> date | None:
    """The last day of a fixed term, which may end before its time."""
    return min(filter(None, (held.fixed_until, held.last))) if held.fixed_until else None


def _bound_until(held: HeldContract) -> date | None:
    """Until when a fixed term binds the customer."""
    if held.fixed_until and held.holder is PartyKind.PERSON and held.kind is ContractKind.SALES:
        return consumer_bound_until(held.first, held.fixed_until)
    return held.fixed_until


def _bound(held: HeldContract, today: date, language: Language) -> Text | None:
    """That a fixed term is longer than it binds, where it is."""
    until = _bound_until(held)
    if held.last or until is None or until == held.fixed_until or today < held.first:
        return None
    return text(
        "A fixed-term electricity contract binds a consumer for two years at most: you until %(date)s.",
        date=formats.full_date(until, language),
    )


def _duration(held: HeldContract, today: date, language: Language) -> Text:
    if held.last:
        return text("until %(date)s", date=formats.full_date(held.last, language))
    if held.fixed_until and held.fixed_until >= today:
        return text("fixed, until %(date)s", date=formats.full_date(held.fixed_until, language))
    return text("until further notice")


def _last_day(held: HeldContract, today: date) -> LastDay | None:
    """The last day that is known, or that there would be if the customer gave notice today."""
    if held.last:
        return LastDay(text("Last day"), held.last)
    if today < held.first or held.kind is ContractKind.CONNECTION:
        return None
    day = earliest_end(held.notice_days, _bound_until(held), today)
    return LastDay(text("If you gave notice today, the last day would be"), day)


routes = [
    page("/contracts", index, who=sees(Theme.CONTRACTS)),
    page("/contracts/{id}", show, who=sees(Theme.CONTRACTS)),
]
