"""The list of invoices as a file for spreadsheets, of either kind."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from portal.invoices.records import InvoiceHead
from portal.kit import spreadsheets, workbooks
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
    text("Being booked, €"),
    text("Disputed, €"),
    text("In collection, €"),
)


class Format(StrEnum):
    """What the file is, as its address and the end of its name say it."""

    CSV = "csv"
    XLSX = "xlsx"


CONTENT_TYPES: Final = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.XLSX: workbooks.CONTENT_TYPE,
}


def written(heads: Iterable[InvoiceHead], format_: Format, today: date, language: Language) -> bytes:
    """A row for each invoice, with days, in CSV as 2026-11-30, and euros with two decimals."""
    headings = [heading.said(language) for heading in HEADINGS]
    rows = (_row(head, today, language) for head in heads)
    if format_ is Format.XLSX:
        return workbooks.workbook(text("Invoices").said(language), headings, rows)
    return spreadsheets.written([headings, *rows])


def _row(head: InvoiceHead, today: date, language: Language) -> list[Cell]:
    return [
        head.number,
        head.title.said(language),
        head.street,
        head.first,
        head.last,
        head.issued_on,
        None if head.is_credit_note else head.due_on,
        head.label(today).words.said(language),
        _euros(head.total),
        _euros(head.paid),
        _euros(head.to_pay),
        _euros(head.shares.on_the_way),
        _euros(head.shares.disputed),
        _euros(head.shares.collected),
    ]


def _euros(amount: Money) -> Decimal:
    return spreadsheets.figure(amount.euros, 2)
