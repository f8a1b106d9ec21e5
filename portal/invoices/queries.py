"""Bills a person may see. Every query starts from who is asking."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, func, select

from portal.auth.people import User
from portal.auth.scope import ScopedQuestion
from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import ContractKind, Names, TaxKind
from portal.contracts.models import Contract, Product
from portal.contracts.pricing import Vat
from portal.customers.models import Party, PartyKind
from portal.invoices.filters import InvoiceFilter, InvoicesShown
from portal.invoices.heads import CREDITS, DISPUTED, HEADS, IS_CREDITED, IS_UNPAID, head, with_subjects
from portal.invoices.kinds import InvoiceKind, LineUnit, ReadBy
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.invoices.priced_energy import PricedEnergy, counted_once
from portal.invoices.records import Buyer, InvoiceHead, Line, Received, Source, Validity, WholeInvoice, subject
from portal.invoices.rules import A_YEAR_APART, is_credited, last_late_day, year_before
from portal.invoices.scope import INVOICES
from portal.invoices.sums import DaySum, InvoiceSums, Stretch, by_day, others
from portal.kit.clock import DAY, first_of_month, next_month
from portal.kit.db import table_of
from portal.kit.energy import KWH_A_MEGAWATT_HOUR, Energy
from portal.kit.errors import NotThere
from portal.kit.i18n import Language
from portal.kit.money import Money, rounded
from portal.kit.questions import any_of, as_row, given
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from portal.sites.models import MeteringPoint, Site

MOST_REFERRING = 20
A_YEAR = timedelta(days=365)
MOST = 0.9  # of the sites: a month is billed for the list, though the last of its bills may be under way


class NoSuchInvoice(NotThere):
    """No bill of that id that this person may see."""


@dataclass(frozen=True, slots=True)
class Related:
    """The bill that one credits or reminds of, None where it is not in the register, and those that refer to it."""

    referred: InvoiceHead | None
    referring: Sequence[InvoiceHead]


@dataclass(frozen=True, slots=True)
class Billed:
    """What the bills of one month come to, site by site, without VAT."""

    month: date
    by_site: Mapping[UUID, Money]


def _day_sum(day: date, count: int, cents: int, left: int = 0) -> DaySum:
    """What some bills come to; drivers have numbers of several kinds."""
    return DaySum(day, count, Money(int(cents)), Money(int(left)))


_INVOICE, _SITE, _LINE = (table_of(one) for one in (Invoice, Site, InvoiceLine))
_TOTAL, _PAID = _INVOICE.c["total_cents", "paid_cents"]
_CONTRACT, _POINT = (table_of(one) for one in (Contract, MeteringPoint))
_LATE: Final = _INVOICE.c.due_on <= given("late")
_UNPAID: Final = {  # which of the unpaid bills a filter lets through
    InvoicesShown.ALL: true(),
    InvoicesShown.OPEN: true(),
    InvoicesShown.LATE: _LATE,
    InvoicesShown.CREDIT: _INVOICE.c.kind == InvoiceKind.CREDIT,
}
_SETTLED: Final = {  # and which of all others
    InvoicesShown.ALL: true(),
    InvoicesShown.PAID: ~CREDITS,
    InvoicesShown.CREDIT: CREDITS,
}
_OF_ONE_PARTY: Final = _INVOICE.c.party_id == given("party")
_NEWEST_FIRST: Final = (_INVOICE.c.period_to.desc(), _INVOICE.c.number.desc())
_FIRST_DUE_FIRST: Final = (_INVOICE.c.due_on, _INVOICE.c.number)
_SOME: Final = given("limit", sa.Integer())
_DAY: Final = _INVOICE.c.period_to
_ANY_DAY: Final = func.coalesce(_DAY, _DAY)  # of unpaid bills: SQLite would rather read all others of these days, too
_THESE_DAYS: Final = given("first"), given("last")
_COUNTED: Final = (func.count(), func.sum(_TOTAL))
_BILLED_SITE: Final = func.coalesce(_CONTRACT.c.site_id, _INVOICE.c.site_id)
_NETS: Final = (
    sa.select(_DAY, _BILLED_SITE, func.sum(_LINE.c.net_cents))
    .join_from(_INVOICE, _LINE)
    .join(_CONTRACT, _LINE.c.contract_id == _CONTRACT.c.id, isouter=True)
    .where(given("since") <= _DAY, _BILLED_SITE.is_not(None))
    .group_by(_DAY, _BILLED_SITE)  # by months of them it would take twice as long
)


def _by_day(asked: sa.Select[*tuple[Any, ...]], day: ColumnElement[date]) -> ScopedQuestion[DaySum]:
    """What bills come to by the last day that they bill, the latest first."""
    return INVOICES.question(_day_sum, asked.group_by(day).order_by(day.desc()))


def _some(where: ColumnElement[bool], *order: Any) -> ScopedQuestion[InvoiceHead]:  # noqa: ANN401 - columns or not
    """Some heads of many. Which ones is found first, so that what bills are for is worked out for these few alone."""
    ids = sa.select(_INVOICE.c.id).where(where, INVOICES.own).order_by(*order).correlate(None)
    these = ids.offset(given("skip", sa.Integer())).limit(_SOME)
    return INVOICES.question(head, HEADS.where(_INVOICE.c.id.in_(these)).order_by(*order))


EVERY: Final = _by_day(
    sa.select(_DAY, *_COUNTED).group_by(_INVOICE.c.party_id), _DAY
)  # of each party, as an index has it
UNPAID: Final = {
    show: _by_day(sa.select(_ANY_DAY, *_COUNTED, func.sum(_TOTAL - _PAID)).where(IS_UNPAID, which), _ANY_DAY)
    for show, which in _UNPAID.items()
}
SETTLED: Final = {
    show: _by_day(sa.select(_DAY, *_COUNTED).where(~IS_UNPAID, which), _DAY)
    for show, which in _SETTLED.items()
    if show is not InvoicesShown.ALL  # those are all but the unpaid ones: nothing more need be asked
}
LATEST_UNPAID: Final = {
    show: _some(IS_UNPAID & _ANY_DAY.between(*_THESE_DAYS) & which, *_FIRST_DUE_FIRST)
    for show, which in _UNPAID.items()
}
LATEST_SETTLED: Final = {
    show: _some(~IS_UNPAID & _DAY.between(*_THESE_DAYS) & which, *_NEWEST_FIRST) for show, which in _SETTLED.items()
}
DUE: Final = _some(IS_UNPAID, _INVOICE.c.in_collection_since.is_not(None), *_FIRST_DUE_FIRST)
NETS: Final = INVOICES.question(as_row, _NETS)
NETS_OF_A_COMMODITY: Final = INVOICES.question(
    as_row,
    _NETS.join(_POINT, _CONTRACT.c.metering_point_id == _POINT.c.id).where(_POINT.c.energy == given("commodity")),
)
NETWORK_FEES: Final = INVOICES.question(
    as_row,
    sa.select(_LINE.c.vat_percent, func.sum(_LINE.c.net_cents))
    .join_from(_INVOICE, _LINE)
    .join(_CONTRACT, _LINE.c.contract_id == _CONTRACT.c.id)
    .where(
        _CONTRACT.c.site_id == given("site"),
        _CONTRACT.c.kind == ContractKind.NETWORK,
        _LINE.c.code != TaxKind.ELECTRICITY_TAX,
        _LINE.c.period_to.between(*_THESE_DAYS),
    )
    .group_by(_LINE.c.vat_percent),
)
OF_IDS: Final = INVOICES.question(head, HEADS.where(any_of(col(Invoice.id), "invoices")))
AT_SITE: Final = INVOICES.question(
    head, HEADS.where(_INVOICE.c.site_id == given("site")).order_by(*_NEWEST_FIRST).limit(_SOME)
)
REFERRED: Final = INVOICES.question(head, HEADS.where(_OF_ONE_PARTY, _INVOICE.c.number == given("number")).limit(1))
REFERRING: Final = INVOICES.question(
    head,
    HEADS.where(_OF_ONE_PARTY, _INVOICE.c.refers_to == given("number")).order_by(_INVOICE.c.issued_on).limit(_SOME),
)
OF_DAYS: Final = INVOICES.question(
    lambda invoice_id: invoice_id,
    sa.select(_INVOICE.c.id)
    .where(_DAY.between(*_THESE_DAYS))
    .order_by(_DAY, _INVOICE.c.number)
    .offset(given("skip", sa.Integer()))
    .limit(_SOME),
)
ENERGY_OF_POINTS: Final = INVOICES.question(
    as_row,
    sa.select(_CONTRACT.c.metering_point_id, *_LINE.c["code", "period_from", "period_to", "quantity_mwh"])
    .join_from(_INVOICE, _LINE)
    .join(_CONTRACT, _LINE.c.contract_id == _CONTRACT.c.id)
    .where(
        _OF_ONE_PARTY,
        _INVOICE.c.site_id == given("site"),
        _DAY.between(*_THESE_DAYS),
        _INVOICE.c.kind == InvoiceKind.INVOICE,
        ~IS_CREDITED,
        any_of(_CONTRACT.c.metering_point_id, "points"),
        _CONTRACT.c.kind == given("kind"),
        _LINE.c.code != ELECTRICITY_TAX,
        _LINE.c.quantity_mwh.is_not(None),
    ),
)


def sums(db: Session, who: User, filters: InvoiceFilter, today: date) -> InvoiceSums:
    """What all bills come to, and those that a filter lets through."""
    show, every = filters.show, by_day(EVERY.all(db, who))
    unpaid = by_day(UNPAID[show].all(db, who, **_late(filters, today))) if show in UNPAID else []
    settled = by_day(SETTLED[show].all(db, who)) if show in SETTLED else []
    if show is InvoicesShown.ALL:
        settled = others(every, unpaid)
    return InvoiceSums(every, *([day for day in days if filters.has(day.day)] for days in (unpaid, settled)))


def unpaid(db: Session, who: User) -> Sequence[DaySum]:
    """What the bills come to of which something is left to pay."""
    return by_day(UNPAID[InvoicesShown.OPEN].all(db, who))


def latest(
    db: Session, who: User, filters: InvoiceFilter, parts: Iterable[Stretch], today: date
) -> Sequence[InvoiceHead]:
    """A page of the bills that a filter lets through: those to be paid as they fall due, then the latest period first.

    parts: where they stand, as the sums of the same filter say it
    """
    found: list[InvoiceHead] = []
    for part in parts:
        where = {"first": part.first, "last": part.last, "skip": part.skip, "limit": part.limit}
        asked = LATEST_UNPAID if part.unpaid else LATEST_SETTLED
        found += asked[filters.show].all(db, who, **where, **_late(filters, today))
    return with_subjects(db, found)


def due(db: Session, who: User, limit: int) -> Sequence[InvoiceHead]:
    """The bills that are to be paid next, overdue ones before all others, those in collection after them."""
    return with_subjects(db, DUE.all(db, who, skip=0, limit=limit))


def billed_by_site(db: Session, who: User, since: date, commodity: str | None) -> Billed | None:
    """The bills whose last day lies in the newest month for which most sites are billed; None without any since a day.

    A collective bill is shared out by the contracts of its lines; of one commodity, if told, are the lines whose
    contract has a metering point of it.
    """
    asked = {"since": since} if commodity is None else {"since": since, "commodity": commodity}
    found: defaultdict[date, defaultdict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    for last, site_id, cents in (NETS if commodity is None else NETS_OF_A_COMMODITY).all(db, who, **asked):
        found[first_of_month(last)][site_id] += int(cents)
    if not found:
        return None
    most = max(map(len, found.values()))
    chosen = max(month for month, nets in found.items() if len(nets) >= MOST * most)
    return Billed(chosen, {site_id: Money(cents) for site_id, cents in found[chosen].items()})


def network_fee(db: Session, who: User, site_id: UUID, last: date) -> Money | None:
    """What the electricity network cost a site in the year up to a day, with VAT and without electricity tax.

    None where no bill of that year has such a line.
    """
    found = NETWORK_FEES.all(db, who, site=site_id, first=last - A_YEAR, last=last)
    if not found:
        return None
    return rounded(sum((Decimal(int(cents)) * (100 + percent) / 100 for percent, cents in found), Decimal(0)))


def latest_by_site(db: Session, who: User, site_ids: Collection[UUID]) -> Mapping[UUID, InvoiceHead]:
    """The newest bill of each of some sites that has one of its own."""
    newest = func.row_number().over(partition_by=col(Invoice.site_id), order_by=_NEWEST_FIRST)
    mine = INVOICES.visible_to(who) & col(Invoice.site_id).in_(site_ids) & (col(Invoice.kind) == InvoiceKind.INVOICE)
    ranked = select(Invoice.id, newest.label("place")).where(mine).subquery()
    wanted = (
        HEADS.add_columns(col(Invoice.site_id)).join(ranked, ranked.c.id == _INVOICE.c.id).where(ranked.c.place == 1)
    )
    found = {site_id: head(*columns) for *columns, site_id in db.connection().execute(wanted)}
    return dict(zip(found, with_subjects(db, list(found.values())), strict=True))


def at_site(db: Session, who: User, site_id: UUID, limit: int) -> Sequence[InvoiceHead]:
    """The newest bills of one site."""
    return with_subjects(db, AT_SITE.all(db, who, site=site_id, limit=limit))


def of_ids(db: Session, who: User, invoice_ids: Collection[UUID]) -> Mapping[UUID, InvoiceHead]:
    """Those of some bills that this person may see."""
    if not invoice_ids:
        return {}
    found = OF_IDS.all(db, who, invoices=list(invoice_ids))
    return {head.id: head for head in with_subjects(db, found)}


def related(db: Session, who: User, invoice: WholeInvoice) -> Related:
    """The bill that one credits or reminds of, and those that credit it or remind of it, the oldest first."""
    party, number = invoice.party_id, invoice.head.number
    referred = REFERRED.all(db, who, party=party, number=invoice.refers_to) if invoice.refers_to else ()
    referring = REFERRING.all(db, who, party=party, number=number, limit=MOST_REFERRING)
    return Related(next(iter(with_subjects(db, referred)), None), with_subjects(db, referring))


def by_id(db: Session, who: User, invoice_id: UUID) -> WholeInvoice:
    """One bill with its lines, VAT and payments.

    Raises NoSuchInvoice.
    """
    found = _bills(db, INVOICES.visible_to(who) & (col(Invoice.id) == invoice_id))
    if not found:
        raise NoSuchInvoice
    return found[0]


def whole(db: Session, who: User, invoice_ids: Sequence[UUID]) -> Sequence[WholeInvoice]:
    """Those of some bills that this person may see, with their lines, VAT and payments, in the order asked for."""
    found = {one.head.id: one for one in _bills(db, INVOICES.visible_to(who) & col(Invoice.id).in_(invoice_ids))}
    return [found[invoice_id] for invoice_id in invoice_ids if invoice_id in found]


def counts_by_year(db: Session, who: User) -> Mapping[int, int]:
    """How many bills there are of each year, that of the last day billed; the latest year first."""
    found: defaultdict[int, int] = defaultdict(int)
    for day in EVERY.all(db, who):
        found[day.day.year] += day.count
    return dict(sorted(found.items(), reverse=True))


def counts_by_party(db: Session, who: User, invoice_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How many of some bills each customer number has; those without any are left out."""
    mine = INVOICES.visible_to(who) & col(Invoice.id).in_(invoice_ids)
    return dict(db.exec(select(Invoice.party_id, func.count()).where(mine).group_by(col(Invoice.party_id))).all())


def of_year(db: Session, who: User, year: int, skip: int, limit: int) -> Sequence[WholeInvoice]:
    """Whole bills of a year, the oldest first: so many after the first so many."""
    days = {"first": date(year, 1, 1), "last": date(year, 12, 31)}
    ids = OF_DAYS.all(db, who, **days, skip=skip, limit=limit)
    return _bills(db, INVOICES.visible_to(who) & col(Invoice.id).in_(ids)) if ids else []


def of_days(db: Session, who: User, first: date, last: date, limit: int) -> Sequence[InvoiceHead]:
    """The ordinary bills of contracts whose last day billed is one of some days; none that was credited as a whole."""
    ids = OF_DAYS.all(db, who, first=first, last=last, skip=0, limit=limit)
    heads = [head for head in of_ids(db, who, ids).values() if not is_credited(head.total, head.credited)]
    return [head for head in heads if head.kind is InvoiceKind.INVOICE and head.subject.kinds]


def buyer(db: Session, who: User, invoice: WholeInvoice) -> Buyer:
    """The customer of a bill that this person may see."""
    party = db.exec(select(Party).where(col(Party.id).in_(who.parties), Party.id == invoice.party_id)).one()
    return Buyer(
        customer_number=party.customer_number,
        name=party.name,
        business_id=party.business_id,
        language=Language(party.language),
        street=party.street,
        postcode=party.postcode,
        town=party.town,
        country=party.country,
    )


def earlier(db: Session, who: User, invoice: WholeInvoice) -> Sequence[WholeInvoice]:
    """The bills of the same site of about the same days a year before, and those that end where this one begins.

    None that was credited as a whole: another has taken its place.
    """
    head = invoice.head
    about, begins = year_before(head.last), head.first
    near = _between(about - A_YEAR_APART, about + A_YEAR_APART) | _between(begins - A_YEAR_APART, begins - DAY)
    site = select(Invoice.site_id).where(Invoice.id == head.id).scalar_subquery()
    at_same = col(Invoice.site_id).is_not_distinct_from(site)
    same = (col(Invoice.party_id) == invoice.party_id) & (col(Invoice.kind) == InvoiceKind.INVOICE) & at_same
    return _bills(db, INVOICES.visible_to(who) & same & near & ~IS_CREDITED)


def energy_by_month(
    db: Session, who: User, invoice: WholeInvoice, sources: Collection[Source], since: date
) -> Mapping[date, Energy]:
    """What bills charge of energy at metering points of one site, month by month, from a day to the last of a bill.

    sources: of one kind of contract; of whole months alone; what several lines bill counts once, what was credited as a
        whole not at all
    """
    of = next(iter(sources))
    points = {source.point_id for source in sources}
    days = {"first": since, "last": invoice.head.last}
    found = ENERGY_OF_POINTS.all(db, who, party=invoice.party_id, site=of.site_id, points=points, kind=of.kind, **days)
    whole: defaultdict[tuple[UUID, date], set[PricedEnergy]] = defaultdict(set)
    for point, code, first, last, used in found:
        if first == first_of_month(first) and last + DAY == next_month(first):
            whole[point, first].add(PricedEnergy(code, first, last, Energy(used)))
    by_month: defaultdict[date, Energy] = defaultdict(lambda: Energy(0))
    for (_, month), priced in whole.items():
        by_month[month] += counted_once(priced)
    return by_month


def _between(first: date, last: date) -> ColumnElement[bool]:
    return col(Invoice.period_to).between(first, last)


def _late(filters: InvoiceFilter, today: date) -> Mapping[str, date]:
    """What `_LATE` is given, where it is asked."""
    return {"late": last_late_day(today)} if filters.show is InvoicesShown.LATE else {}


def _bills(db: Session, which: ColumnElement[bool]) -> Sequence[WholeInvoice]:
    """Whole bills: a question each for heads, lines, VAT and payments."""
    heads = select(Invoice, Site, Party.kind, DISPUTED).join(Party)
    with_sites = heads.join(Site, col(Invoice.site_id) == Site.id, isouter=True)
    found = db.exec(with_sites.where(which).order_by(Invoice.number)).all()
    ids = [invoice.id for invoice, *_ in found]
    lines, vats, received = _lines(db, ids), _vats(db, ids), _received(db, ids)
    return [
        replace(
            _bill(invoice, site, Money(int(disputed)), lines[invoice.id], vats[invoice.id], received[invoice.id]),
            is_a_companys=kind == PartyKind.COMPANY,
        )
        for invoice, site, kind, disputed in found
    ]


def _bill(
    invoice: Invoice,
    site: Site | None,
    disputed: Money,
    lines: Sequence[Line],
    vats: Sequence[Vat],
    received: Sequence[Received],
) -> WholeInvoice:
    return WholeInvoice(
        head=InvoiceHead(
            id=invoice.id,
            number=invoice.number,
            kind=InvoiceKind(invoice.kind),
            subject=subject(lines),
            street=site.street if site else None,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            first=invoice.period_from,
            last=invoice.period_to,
            total=Money(invoice.total_cents),
            paid=Money(invoice.paid_cents),
            credited=Money(invoice.credited_cents),
            disputed=disputed,
            in_collection_since=invoice.in_collection_since,
        ),
        party_id=invoice.party_id,
        net=Money(invoice.net_cents),
        vat=Money(invoice.vat_cents),
        reference=invoice.reference,
        iban=invoice.iban,
        bic=invoice.bic,
        payee=invoice.payee,
        estimated=invoice.estimated,
        read_by=ReadBy(invoice.read_by) if invoice.read_by else None,
        refers_to=invoice.refers_to,
        lines=tuple(lines),
        vats=tuple(vats),
        received=tuple(received),
        site_number=site.number if site else None,
        collector=invoice.collector,
    )


def _lines(db: Session, invoices: Collection[UUID]) -> Mapping[UUID, Sequence[Line]]:
    wanted = (
        select(InvoiceLine, Contract, Product, MeteringPoint)
        .join(Contract, col(InvoiceLine.contract_id) == Contract.id, isouter=True)
        .join(Product, col(Contract.product_id) == Product.id, isouter=True)
        .join(MeteringPoint, col(Contract.metering_point_id) == MeteringPoint.id, isouter=True)
        .where(col(InvoiceLine.invoice_id).in_(invoices))
        .order_by(col(InvoiceLine.position))
    )
    lines: dict[UUID, list[Line]] = defaultdict(list)
    for line, contract, product, point in db.exec(wanted):
        lines[line.invoice_id].append(_line(line, _source(contract, product, point)))
    return lines


def _source(contract: Contract | None, product: Product | None, point: MeteringPoint | None) -> Source | None:
    if contract is None or product is None:
        return None
    return Source(
        contract_id=contract.id,
        site_id=contract.site_id,
        kind=ContractKind(contract.kind),
        product=Names(product.name_fi, product.name_sv, product.name_en),
        commodity=Commodity(point.energy) if point else None,
        gsrn=point.gsrn if point else None,
        point_id=point.id if point else None,
        reading_type=ReadingType(contract.reading_type) if contract.reading_type else None,
        number=contract.number,
        validity=Validity(contract.valid_from, contract.valid_to, contract.fixed_until, contract.notice_days),
    )


def _line(line: InvoiceLine, source: Source | None) -> Line:
    energy = Energy(line.quantity_mwh) if line.quantity_mwh is not None else None
    unit = LineUnit(line.unit) if line.unit else None
    return Line(
        source=source,
        code=line.code,
        name=_names(line),
        first=line.period_from,
        last=line.period_to,
        quantity=_counted(energy, unit) if energy is not None else line.quantity,
        energy=energy,
        unit=unit,
        unit_price=line.unit_price,
        vat_percent=line.vat_percent,
        net=Money(line.net_cents),
        estimated=line.estimated,
    )


def _names(line: InvoiceLine) -> Names:
    return Names(line.name_fi, line.name_sv, line.name_en)


def _counted(energy: Energy, unit: LineUnit | None) -> Decimal:
    return energy.kwh / KWH_A_MEGAWATT_HOUR if unit is LineUnit.MWH else energy.kwh


def _vats(db: Session, invoices: Collection[UUID]) -> Mapping[UUID, Sequence[Vat]]:
    wanted = select(InvoiceVat).where(col(InvoiceVat.invoice_id).in_(invoices)).order_by(col(InvoiceVat.percent))
    vats: dict[UUID, list[Vat]] = defaultdict(list)
    for one in db.exec(wanted):
        vats[one.invoice_id].append(Vat(one.percent, Money(one.net_cents), Money(one.vat_cents)))
    return vats


def _received(db: Session, invoices: Collection[UUID]) -> Mapping[UUID, Sequence[Received]]:
    wanted = select(Payment).where(col(Payment.invoice_id).in_(invoices)).order_by(col(Payment.paid_on), Payment.number)
    received: dict[UUID, list[Received]] = defaultdict(list)
    for one in db.exec(wanted):
        received[one.invoice_id].append(Received(one.paid_on, Money(one.cents)))
    return received
