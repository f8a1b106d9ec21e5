"""The list of invoices as a file for spreadsheets."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from portal.invoices.records import InvoiceHead
from portal.kit import spreadsheets
from portal.kit.i18n import Language, text
from portal.kit.money import Money
from portal.kit.spreadsheets import Cell

HEADINGS: Final = (
    text("Invoice number"),
    text("Invoice"),
    text("Site"),
    text("First day"),
    text("Last day"),
    text("Date of the invoice"),
    text("Due date"),
    text("Status"),
    text("Amount, €"),
    text("Paid, €"),
    text("To be paid, €"),
)


def written(heads: Iterable[InvoiceHead], today: date, language: Language) -> bytes:
    """A row for each invoice, with days as 2026-11-30 and euros with two decimals."""
    headings = [heading.said(language) for heading in HEADINGS]
    return spreadsheets.written([headings, *(_row(head, today, language) for head in heads)])


def _row(head: InvoiceHead, today: date, language: Language) -> list[Cell]:
    return [
        head.number,
        head.title.said(language),
        head.street,
        head.first.isoformat(),
        head.last.isoformat(),
        head.issued_on.isoformat(),
        None if head.is_credit_note else head.due_on.isoformat(),
        head.label(today).words.said(language),
        _euros(head.total),
        _euros(head.paid),
        _euros(head.open_amount),
    ]


def _euros(amount: Money) -> Decimal:
    return spreadsheets.figure(amount.euros, 2)
