"""Bills a person may see. Every query starts from who is asking."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ScalarSelect, extract, literal_column, true
from sqlmodel import Session, col, func, select

from portal.auth.people import User
from portal.contracts.kinds import ContractKind, Names
from portal.contracts.models import Contract, Product
from portal.contracts.pricing import Vat
from portal.invoices import changes
from portal.invoices.kinds import InvoiceKind, LineUnit, ReadBy
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.invoices.records import InvoiceHead, InvoiceSubject, Line, Received, Source, WholeInvoice, subject
from portal.invoices.rules import A_YEAR_APART, last_late_day, year_before
from portal.invoices.scope import INVOICES
from portal.kit.db import table_of
from portal.kit.energy import KWH_A_MEGAWATT_HOUR, Energy
from portal.kit.errors import NotThere
from portal.kit.money import Money
from portal.kit.questions import Question, any_of, given, listed
from portal.sites.kinds import Commodity
from portal.sites.models import MeteringPoint, Site

MOST_REFERRING = 20
MOST = 0.9  # of the sites: a month is billed for the list, though the last of its bills may be under way


class NoSuchInvoice(NotThere):
    """No bill of that id that this person may see."""


class InvoicesShown(StrEnum):
    """Which bills to list; credit is for credit notes and the bills that they take off as a whole."""

    ALL = "all"
    OPEN = "open"
    LATE = "late"
    PAID = "paid"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which bills somebody wants to see; the year is that of the last day billed."""

    show: InvoicesShown = InvoicesShown.ALL
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Bills of one year that are all unpaid or all settled: how many, what they come to, and what is left to pay."""

    unpaid: bool
    year: int
    count: int
    total: Money
    left: Money


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


def _head(*row: Any) -> InvoiceHead:  # noqa: ANN401 - the columns of _HEADS
    """A bill; what its first line is called is not looked up yet."""
    invoice_id, number, kind, kinds, street, issued, due, first, last, cents, paid, credited = row
    of = InvoiceSubject(frozenset(map(ContractKind, kinds.split(","))) if kinds else frozenset())
    amounts = Money(cents), Money(paid), Money(credited)
    return InvoiceHead(invoice_id, number, InvoiceKind(kind), of, street, issued, due, first, last, *amounts)


def _sum(unpaid: object, year: int, count: int, cents: int, left: int) -> Sum:
    """What some bills come to; drivers have numbers of several kinds."""
    return Sum(bool(unpaid), int(year), count, Money(int(cents)), Money(int(left) if unpaid else 0))


def _kinds() -> ScalarSelect[str]:
    """The kinds of the contracts that a bill's lines are for, with commas between, some more than once."""
    kinds = select(listed(col(Contract.kind))).join(InvoiceLine)
    return kinds.where(InvoiceLine.invoice_id == Invoice.id).correlate(Invoice).scalar_subquery()


_INVOICE, _SITE, _LINE, _CONTRACT = (table_of(one) for one in (Invoice, Site, InvoiceLine, Contract))
_TOTAL, _PAID, _CREDITED = _INVOICE.c["total_cents", "paid_cents", "credited_cents"]
_NOTHING: Final[ColumnElement[int]] = literal_column(
    "0"
)  # as the index of unpaid bills has it: of a value that is given no plan knows
_IS_UNPAID: Final = (_TOTAL > _PAID) & (_TOTAL >= _NOTHING) & ((_TOTAL == _NOTHING) | (_TOTAL > _CREDITED))
"""Whether anything is left to pay, as `rules.left_to_pay` says it."""
_STANDS_CREDITED: Final = (_TOTAL > 0) & (_TOTAL <= _CREDITED) & (_TOTAL >= _PAID)
"""Whether a bill stands as credited, as `rules.status` says it: of one that was overpaid, that comes first."""
_HEADS: Final = sa.select(
    *_INVOICE.c["id", "number", "kind"],
    _kinds(),
    _SITE.c.street,
    *_INVOICE.c["issued_on", "due_on", "period_from", "period_to", "total_cents", "paid_cents", "credited_cents"],
).join_from(_INVOICE, _SITE, isouter=True)
_LATE: Final = _IS_UNPAID & (col(Invoice.due_on) <= given("late"))
_FILTERED: Final = {
    show: col(Invoice.period_to).between(given("first"), given("last")) & which
    for show, which in {
        InvoicesShown.ALL: true(),
        InvoicesShown.OPEN: _IS_UNPAID,
        InvoicesShown.LATE: _LATE,
        InvoicesShown.PAID: (col(Invoice.kind) != InvoiceKind.CREDIT) & ~_IS_UNPAID & ~_STANDS_CREDITED,
        InvoicesShown.CREDIT: (col(Invoice.kind) == InvoiceKind.CREDIT) | _STANDS_CREDITED,
    }.items()
}
_OF_ONE_PARTY: Final = _INVOICE.c.party_id == given("party")
_NEWEST_FIRST: Final = (_INVOICE.c.period_to.desc(), _INVOICE.c.number.desc())
_SOME: Final = given("limit", sa.Integer())
_YEAR: Final = extract("year", col(Invoice.period_to)).label("year")
_MONTH: Final = extract("month", col(Invoice.period_to)).label("month")
_UNPAID_FIRST: Final = (_IS_UNPAID.desc(), *_NEWEST_FIRST)


def _page_of(filtered: ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """A page of heads. Which ones is found first, so that what bills are for is worked out for these few alone."""
    ids = sa.select(_INVOICE.c.id).where(filtered, INVOICES.own).order_by(*_UNPAID_FIRST).correlate(None)
    these = ids.offset(given("skip", sa.Integer())).limit(_SOME)
    return _HEADS.where(_INVOICE.c.id.in_(these)).order_by(*_UNPAID_FIRST)


LATEST: Final = {show: INVOICES.question(_head, _page_of(filtered)) for show, filtered in _FILTERED.items()}
SUMS: Final = {
    show: INVOICES.question(
        _sum,
        sa.select(
            _IS_UNPAID.label("unpaid"),
            _YEAR,
            func.count(),
            func.sum(_TOTAL),
            func.sum(_TOTAL - _PAID),
        )
        .where(filtered)
        .group_by("unpaid", "year"),
    )
    for show, filtered in _FILTERED.items()
}
YEARS: Final = INVOICES.question(int, sa.select(_YEAR).distinct())
NEXT_DUE: Final = INVOICES.question(
    _head, _HEADS.where(_IS_UNPAID).order_by(_INVOICE.c.due_on, _INVOICE.c.number).limit(1)
)
OVERDUE: Final = INVOICES.question(_head, _HEADS.where(_LATE).order_by(_INVOICE.c.due_on).limit(_SOME))
BY_MONTH: Final = INVOICES.question(
    lambda year, month, cents: (date(int(year), int(month), 1), Money(int(cents))),
    sa.select(_YEAR, _MONTH, func.sum(Invoice.total_cents))
    .where(col(Invoice.period_to) >= given("since"))
    .group_by("year", "month"),
)
OF_IDS: Final = INVOICES.question(_head, _HEADS.where(any_of(col(Invoice.id), "invoices")))
AT_SITE: Final = INVOICES.question(
    _head, _HEADS.where(_INVOICE.c.site_id == given("site")).order_by(*_NEWEST_FIRST).limit(_SOME)
)
REFERRED: Final = INVOICES.question(_head, _HEADS.where(_OF_ONE_PARTY, _INVOICE.c.number == given("number")).limit(1))
REFERRING: Final = INVOICES.question(
    _head,
    _HEADS.where(_OF_ONE_PARTY, _INVOICE.c.refers_to == given("number")).order_by(_INVOICE.c.issued_on).limit(_SOME),
)
NAMES: Final = Question(
    lambda invoice_id, *names: (invoice_id, Names(*names)),
    sa.select(*_LINE.c["invoice_id", "name_fi", "name_sv", "name_en"])
    .where(any_of(col(InvoiceLine.invoice_id), "invoices"))
    .order_by(_LINE.c.position.desc()),
)


def latest(db: Session, who: User, filters: InvoiceFilter, today: date, skip: int, limit: int) -> Sequence[InvoiceHead]:
    """A page of bills: those to be paid first, then the latest period first."""
    return _with_subjects(db, LATEST[filters.show].all(db, who, **_filtered(filters, today), skip=skip, limit=limit))


def sums(db: Session, who: User, filters: InvoiceFilter, today: date) -> Sequence[Sum]:
    """All the bills that a filter lets through, summed by year, unpaid ones apart; the latest year first."""
    found = SUMS[filters.show].all(db, who, **_filtered(filters, today))
    return sorted(found, key=lambda one: (one.unpaid, one.year), reverse=True)


def years(db: Session, who: User) -> Sequence[int]:
    """The years of which there are bills, the latest first."""
    return sorted(YEARS.all(db, who), reverse=True)


def next_due(db: Session, who: User) -> InvoiceHead | None:
    """The bill that is to be paid next, an overdue one before all others."""
    head = NEXT_DUE.first(db, who)
    return _with_subjects(db, [head])[0] if head else None


def overdue(db: Session, who: User, today: date, limit: int = 20) -> Sequence[InvoiceHead]:
    """The bills whose due date is over, the oldest first."""
    return _with_subjects(db, OVERDUE.all(db, who, late=last_late_day(today), limit=limit))


def by_month(db: Session, who: User, since: date) -> Mapping[date, Money]:
    """What the bills come to whose last day lies in each month, from a month on; months without a bill are left out."""
    return dict(BY_MONTH.all(db, who, since=since))


def billed_by_site(db: Session, who: User, since: date, commodity: str | None) -> Billed | None:
    """The bills whose last day lies in the newest month for which most sites are billed; None without any since a day.

    A collective bill is shared out by the contracts of its lines; of one commodity, if told, are the lines whose
    contract has a metering point of it.
    """
    site = func.coalesce(Contract.site_id, Invoice.site_id)
    lines = (
        select(_YEAR, _MONTH, site.label("site"), func.sum(InvoiceLine.net_cents))
        .join_from(Invoice, InvoiceLine)
        .join(Contract, col(InvoiceLine.contract_id) == Contract.id, isouter=True)
        .where(INVOICES.visible_to(who), col(Invoice.period_to) >= since, site.is_not(None))
    )
    if commodity is not None:
        lines = lines.join(MeteringPoint, col(Contract.metering_point_id) == MeteringPoint.id)
        lines = lines.where(col(MeteringPoint.energy) == commodity)
    nets = lines.group_by("year", "month", "site")
    found: defaultdict[date, dict[UUID, Money]] = defaultdict(dict)
    for y, m, site_id, cents in db.exec(nets):
        found[date(int(y), int(m), 1)][site_id] = Money(int(cents))
    if not found:
        return None
    most = max(map(len, found.values()))
    chosen = max(month for month, nets in found.items() if len(nets) >= MOST * most)
    return Billed(chosen, found[chosen])


def latest_by_site(db: Session, who: User, site_ids: Collection[UUID]) -> Mapping[UUID, InvoiceHead]:
    """The newest bill of each of some sites that has one of its own."""
    newest = func.row_number().over(partition_by=col(Invoice.site_id), order_by=_NEWEST_FIRST)
    mine = INVOICES.visible_to(who) & col(Invoice.site_id).in_(site_ids) & (col(Invoice.kind) == InvoiceKind.INVOICE)
    ranked = select(Invoice.id, newest.label("place")).where(mine).subquery()
    wanted = (
        _HEADS.add_columns(col(Invoice.site_id)).join(ranked, ranked.c.id == _INVOICE.c.id).where(ranked.c.place == 1)
    )
    found = {site_id: _head(*head) for *head, site_id in db.connection().execute(wanted)}
    return dict(zip(found, _with_subjects(db, list(found.values())), strict=True))


def at_site(db: Session, who: User, site_id: UUID, limit: int) -> Sequence[InvoiceHead]:
    """The newest bills of one site."""
    return _with_subjects(db, AT_SITE.all(db, who, site=site_id, limit=limit))


def of_ids(db: Session, who: User, invoice_ids: Collection[UUID]) -> Mapping[UUID, InvoiceHead]:
    """Those of some bills that this person may see."""
    if not invoice_ids:
        return {}
    found = OF_IDS.all(db, who, invoices=list(invoice_ids))
    return {head.id: head for head in _with_subjects(db, found)}


def related(db: Session, who: User, invoice: WholeInvoice) -> Related:
    """The bill that one credits or reminds of, and those that credit it or remind of it, the oldest first."""
    party, number = invoice.party_id, invoice.head.number
    referred = REFERRED.all(db, who, party=party, number=invoice.refers_to) if invoice.refers_to else ()
    referring = REFERRING.all(db, who, party=party, number=number, limit=MOST_REFERRING)
    return Related(next(iter(_with_subjects(db, referred)), None), _with_subjects(db, referring))


def by_id(db: Session, who: User, invoice_id: UUID) -> WholeInvoice:
    """One bill with its lines, VAT and payments.

    Raises NoSuchInvoice.
    """
    found = _bills(db, INVOICES.visible_to(who) & (col(Invoice.id) == invoice_id))
    if not found:
        raise NoSuchInvoice
    return found[0]


def year_earlier(db: Session, who: User, invoice: WholeInvoice) -> WholeInvoice | None:
    """The invoice of the same days a year before, for the same metering points, if there is one."""
    if invoice.head.kind is not InvoiceKind.INVOICE:
        return None
    about = year_before(invoice.head.last)
    near = col(Invoice.period_to).between(about - A_YEAR_APART, about + A_YEAR_APART)
    same = (col(Invoice.party_id) == invoice.party_id) & (col(Invoice.kind) == InvoiceKind.INVOICE)
    candidates = _bills(db, INVOICES.visible_to(who) & same & near)
    return next((one for one in candidates if changes.is_comparable(invoice, one)), None)


def _filtered(filters: InvoiceFilter, today: date) -> Mapping[str, date]:
    """What `_FILTERED` is given."""
    first, last = filters.year or date.min.year, filters.year or date.max.year
    return {"first": date(first, 1, 1), "last": date(last, 12, 31), "late": last_late_day(today)}


def _with_subjects(db: Session, heads: Sequence[InvoiceHead]) -> Sequence[InvoiceHead]:
    """The same bills; of those that are for no contract, with what their first line is called."""
    others = [head.id for head in heads if not head.subject.kinds]
    names = dict(NAMES.all(db, invoices=others)) if others else {}
    return [replace(head, subject=replace(head.subject, line=names.get(head.id))) for head in heads]


def _bills(db: Session, which: ColumnElement[bool]) -> Sequence[WholeInvoice]:
    """Whole bills: a question each for heads, lines, VAT and payments."""
    heads = select(Invoice, Site.street).join(Site, col(Invoice.site_id) == Site.id, isouter=True)
    found = db.exec(heads.where(which).order_by(Invoice.number)).all()
    ids = [invoice.id for invoice, _ in found]
    lines, vats, received = _lines(db, ids), _vats(db, ids), _received(db, ids)
    return [
        _bill(invoice, street, lines[invoice.id], vats[invoice.id], received[invoice.id]) for invoice, street in found
    ]


def _bill(
    invoice: Invoice,
    street: str | None,
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
            street=street,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            first=invoice.period_from,
            last=invoice.period_to,
            total=Money(invoice.total_cents),
            paid=Money(invoice.paid_cents),
            credited=Money(invoice.credited_cents),
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
        kind=ContractKind(contract.kind),
        product=Names(product.name_fi, product.name_sv, product.name_en),
        commodity=Commodity(point.energy) if point else None,
        gsrn=point.gsrn if point else None,
        point_id=point.id if point else None,
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
