"""Bills that are searched for: by what stands on them, by site, energy and state, in an order that is asked for.

The list of all bills has questions of its own, which an index answers day by day (`queries`). These read every bill of
whoever asks, and what its lines are for only where an energy is asked for.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, false
from sqlmodel import Session, col, func

from portal.auth.people import User
from portal.contracts.kinds import ContractKind
from portal.contracts.models import Contract
from portal.invoices.filters import InvoiceFilter, InvoicesShown, SortBy
from portal.invoices.heads import CREDITS, HEADS, IS_UNPAID, head, with_subjects
from portal.invoices.kinds import InvoiceKind
from portal.invoices.models import Invoice, InvoiceLine
from portal.invoices.records import InvoiceHead
from portal.invoices.rules import last_late_day
from portal.invoices.scope import INVOICES
from portal.kit import searching
from portal.kit.db import table_of
from portal.kit.money import Money
from portal.sites.commodities import Commodity
from portal.sites.models import MeteringPoint, Site

_INVOICE, _SITE, _POINT = (table_of(one) for one in (Invoice, Site, MeteringPoint))
_PLACES: Final = (
    sa.select(*_SITE.c["id", "street", "postcode", "town", "number"], _POINT.c.gsrn)
    .join_from(_SITE, _POINT, isouter=True)
    .order_by(_SITE.c.id)
)
_TOTAL, _PAID, _DUE = _INVOICE.c["total_cents", "paid_cents", "due_on"]
_ORDERS: Final[Mapping[SortBy, tuple[ColumnElement[Any], ...]]] = {
    SortBy.PERIOD: (
        IS_UNPAID.desc(),
        sa.case((IS_UNPAID, _DUE)),
        _INVOICE.c.period_to.desc(),
        _INVOICE.c.number.desc(),
    ),
    SortBy.DUE: (_DUE, _INVOICE.c.number),
    SortBy.AMOUNT: (_TOTAL.desc(), _INVOICE.c.number),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Which bills are found, as a condition; how many they are, what they come to, and what is left to pay of them."""

    which: ColumnElement[bool]
    count: int
    total: Money
    left: Money


def found(db: Session, who: User, filters: InvoiceFilter, today: date) -> Found:
    """The bills that a filter lets through."""
    which = sa.and_(INVOICES.visible_to(who), *_conditions(db, who, filters, today))
    left = sa.case((IS_UNPAID, _TOTAL - _PAID), else_=0)
    sums = sa.select(func.count(), func.sum(_TOTAL), func.sum(left)).select_from(_INVOICE).where(which)
    count, cents, left_cents = db.connection().execute(sums).one()
    return Found(which, count, Money(int(cents or 0)), Money(int(left_cents or 0)))


def among(db: Session, who: User, filters: InvoiceFilter, today: date, invoice_ids: Collection[UUID]) -> set[UUID]:
    """Those of some bills of the person's that a filter lets through."""
    if not invoice_ids or filters == InvoiceFilter():
        return set(invoice_ids)
    conditions = _conditions(db, who, filters, today)
    mine = sa.and_(INVOICES.visible_to(who), _INVOICE.c.id.in_(invoice_ids), *conditions)
    return set(db.connection().execute(sa.select(_INVOICE.c.id).where(mine)).scalars())


def some(db: Session, which: Found, sort: SortBy, skip: int, limit: int) -> Sequence[InvoiceHead]:
    """Some of them, in an order; what they are for is worked out for these alone."""
    order = _ORDERS[sort]
    these = sa.select(_INVOICE.c.id).where(which.which).order_by(*order).offset(skip).limit(limit)
    rows = db.connection().execute(HEADS.where(_INVOICE.c.id.in_(these.correlate(None))).order_by(*order))
    return with_subjects(db, [head(*row) for row in rows])


def energies(db: Session, who: User) -> Sequence[Commodity]:
    """The energies of the contracts at the sites whose bills somebody may see."""
    of = _of_contracts(who)
    kinds = {
        ContractKind(kind) for (kind,) in db.connection().execute(sa.select(col(Contract.kind)).distinct().where(of))
    }
    held = {kind.commodity for kind in kinds}
    return [one for one in Commodity if one in held]


def _of_contracts(who: User) -> ColumnElement[bool]:
    sites = who.reach.sites_of_any(INVOICES.themes)
    own = col(Contract.party_id).in_(who.parties)
    return own if sites is None else own & col(Contract.site_id).in_(sites)


def _conditions(db: Session, who: User, filters: InvoiceFilter, today: date) -> Iterator[ColumnElement[bool]]:
    if filters.show in _STATES:
        yield _STATES[filters.show](today)
    if filters.year:
        yield _INVOICE.c.period_to.between(date(filters.year, 1, 1), date(filters.year, 12, 31))
    if filters.energy:
        yield _is_for(filters.energy)
    if filters.q:
        bare = "".join(filters.q.split()).upper()
        named = (_INVOICE.c.number == filters.q) | (func.upper(_INVOICE.c.number) == bare)
        yield named | (_INVOICE.c.reference == bare) | _at_any(_sites(db, who, filters.q))


def _is_for(energy: Commodity) -> ColumnElement[bool]:
    """Whether any line of a bill is for a contract of an energy."""
    kinds = [kind for kind in ContractKind if kind.commodity is energy]
    lines = sa.select(col(InvoiceLine.id)).join(Contract, col(InvoiceLine.contract_id) == Contract.id)
    of_it = lines.where(col(InvoiceLine.invoice_id) == _INVOICE.c.id, col(Contract.kind).in_(kinds))
    return sa.exists(of_it.correlate(_INVOICE))


def _sites(db: Session, who: User, q: str) -> Collection[UUID]:
    """The sites of one's bills of which every word is said: in the address, the site's number, a metering point's."""
    words = searching.words(q)
    billed = sa.select(_INVOICE.c.site_id).where(INVOICES.visible_to(who), _INVOICE.c.site_id.is_not(None))
    places = db.connection().execute(_PLACES.where(_SITE.c.id.in_(billed))).all()
    said = ((site_id, " ".join(filter(None, said)).casefold()) for site_id, *said in places)
    return {site_id for site_id, every in said if all(word in every for word in words)}


def _at_any(sites: Collection[UUID]) -> ColumnElement[bool]:
    return _INVOICE.c.site_id.in_(sites) if sites else false()


_STATES: Final[Mapping[InvoicesShown, Callable[[date], ColumnElement[bool]]]] = {
    InvoicesShown.OPEN: lambda _: IS_UNPAID,
    InvoicesShown.DUE: lambda today: IS_UNPAID & (last_late_day(today) < _DUE),
    InvoicesShown.LATE: lambda today: IS_UNPAID & (last_late_day(today) >= _DUE),
    InvoicesShown.PARTLY: lambda _: IS_UNPAID & (_PAID > 0),
    InvoicesShown.PAID: lambda _: ~IS_UNPAID & ~CREDITS,
    InvoicesShown.OVERPAID: lambda _: (_TOTAL >= 0) & (_PAID > _TOTAL),
    InvoicesShown.CREDIT: lambda _: CREDITS,
    InvoicesShown.COLLECTION: lambda _: IS_UNPAID & _INVOICE.c.in_collection_since.is_not(None),
    InvoicesShown.REMINDER: lambda _: _INVOICE.c.kind == InvoiceKind.REMINDER,
}
