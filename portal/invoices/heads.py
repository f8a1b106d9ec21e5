"""What a list tells of bills, and how they are told apart in a database: unpaid, credited, of which energy."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ScalarSelect, literal_column
from sqlmodel import Session, col, func, select

from portal.contracts.kinds import ContractKind, Names
from portal.contracts.models import Contract
from portal.invoices.kinds import InvoiceKind
from portal.invoices.models import Invoice, InvoiceDispute, InvoiceLine
from portal.invoices.records import InvoiceHead, InvoiceSubject
from portal.kit.db import table_of
from portal.kit.money import Money
from portal.kit.questions import Question, any_of, listed
from portal.sites.models import Site


def head(*row: Any) -> InvoiceHead:  # noqa: ANN401 - the columns of HEADS
    """A bill; what its first line is called is not looked up yet."""
    invoice_id, number, kind, kinds, street, issued, due, first, last, *more = row
    cents, paid, credited, disputed, collected = more
    of = InvoiceSubject(frozenset(map(ContractKind, kinds.split(","))) if kinds else frozenset())
    amounts = Money(cents), Money(paid), Money(credited)
    told = {"disputed": Money(int(disputed)), "in_collection_since": collected}
    return InvoiceHead(invoice_id, number, InvoiceKind(kind), of, street, issued, due, first, last, *amounts, **told)


def _kinds() -> ScalarSelect[str]:
    """The kinds of the contracts that a bill's lines are for, with commas between, some more than once."""
    kinds = select(listed(col(Contract.kind))).join(InvoiceLine)
    return kinds.where(InvoiceLine.invoice_id == Invoice.id).correlate(Invoice).scalar_subquery()


def _disputed() -> ColumnElement[int]:
    """What the open disputes of a bill come to, in cents."""
    of_bill = select(func.sum(InvoiceDispute.cents)).where(
        InvoiceDispute.invoice_id == Invoice.id, col(InvoiceDispute.is_open)
    )
    return func.coalesce(of_bill.correlate(Invoice).scalar_subquery(), 0)


_INVOICE, _SITE, _LINE = (table_of(one) for one in (Invoice, Site, InvoiceLine))
_TOTAL, _PAID, _CREDITED = _INVOICE.c["total_cents", "paid_cents", "credited_cents"]
_NOTHING: Final[ColumnElement[int]] = literal_column("0")  # as the index of unpaid bills has it: plans know no values
IS_UNPAID: Final = (_TOTAL > _PAID) & (_TOTAL >= _NOTHING) & ((_TOTAL == _NOTHING) | (_TOTAL > _CREDITED))
"""Whether anything is left to pay, as `rules.left_to_pay` says it."""
IS_CREDITED: Final = (_TOTAL > 0) & (_TOTAL <= _CREDITED)
"""Whether credit notes take off all that a bill asked for, as `rules.is_credited` says it."""
STANDS_CREDITED: Final = IS_CREDITED & (_TOTAL >= _PAID)
"""Whether a bill stands as credited, as `rules.status` says it: of one that was overpaid, that comes first."""
DISPUTED: Final = _disputed()
"""What is disputed of a bill, in cents, and not answered yet."""
HEADS: Final = sa.select(
    *_INVOICE.c["id", "number", "kind"],
    _kinds(),
    _SITE.c.street,
    *_INVOICE.c["issued_on", "due_on", "period_from", "period_to", "total_cents", "paid_cents", "credited_cents"],
    DISPUTED,
    _INVOICE.c.in_collection_since,
).join_from(_INVOICE, _SITE, isouter=True)
CREDITS: Final = (_INVOICE.c.kind == InvoiceKind.CREDIT) | STANDS_CREDITED
_NAMES: Final = Question(
    lambda invoice_id, *names: (invoice_id, Names(*names)),
    sa.select(*_LINE.c["invoice_id", "name_fi", "name_sv", "name_en"])
    .where(any_of(col(InvoiceLine.invoice_id), "invoices"))
    .order_by(_LINE.c.position.desc()),
)


def with_subjects(db: Session, heads: Sequence[InvoiceHead]) -> Sequence[InvoiceHead]:
    """The same bills; of those that are for no contract, with what their first line is called."""
    others = [one.id for one in heads if not one.subject.kinds]
    names = dict(_NAMES.all(db, invoices=others)) if others else {}
    return [replace(one, subject=replace(one.subject, line=names.get(one.id))) for one in heads]
