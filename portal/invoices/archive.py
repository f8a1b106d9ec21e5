"""Many invoices as PDFs in one ZIP archive, each read and typeset when it is its turn: other documents go between.

Of large files one is on its way to a person at a time (portal/auth/leases.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Final
from uuid import UUID

from sqlmodel import Session

from portal.audit import actions as audit
from portal.auth import leases
from portal.auth.leases import Lease
from portal.auth.people import User
from portal.brand import Brand
from portal.invoices import printed, queries
from portal.invoices.origins import origins
from portal.invoices.paid_here import PaymentsMade
from portal.invoices.printed import Printing
from portal.invoices.records import InvoiceHead, WholeInvoice
from portal.invoices.scope import as_told
from portal.kit.archives import PackageFile
from portal.kit.db import Database
from portal.kit.documents import Document
from portal.kit.errors import Refused, TooMany
from portal.kit.i18n import Language, text
from portal.kit.typesetting import CompilerGone, NotTypeset, Typesetter

MOST: Final = 1_000  # invoices of a file
READ_AT_ONCE: Final = 25
TRIES: Final = 2  # a compiler that died is replaced
DOWNLOADED: Final = "invoices.downloaded"

FILENAMES: Final = {Language.FI: "laskut", Language.SV: "fakturor", Language.EN: "invoices"}
NOTES: Final = {Language.FI: "lue-minut.txt", Language.SV: "laes-mig.txt", Language.EN: "read-me.txt"}


class NoInvoices(Refused):
    """The selection holds no invoices, or not so many that there is a file of that number."""

    says = text("No invoices match your choice")


class AnotherIsComing(TooMany):
    """A large file is on its way to the person already."""

    says = text("Another large file is being made for you. Wait until it has been saved, then try again.")


@dataclass(frozen=True, slots=True)
class Printer:
    """How the bills of an archive are printed: for whom, of whom, in which language, as they stand on a day.

    payments: those that are made here
    """

    who: User
    payments: PaymentsMade
    seller: Brand
    typesetter: Typesetter
    language: Language
    today: date


def begin(db: Session, who: User, heads: Sequence[InvoiceHead], now: datetime) -> Lease:
    """Let an archive be on its way to a person, and write down that they take it: the customer reads it in the log.

    Under each customer number stands how many invoices of its own the archive holds.

    Raises NoInvoices and AnotherIsComing; the transaction is then to be rolled back.
    """
    if not heads:
        raise NoInvoices
    lease = Lease(who.account_id, now)
    if not leases.hold(db, lease, now):
        raise AnotherIsComing
    counts = queries.counts_by_party(db, who, [head.id for head in heads])
    for party_id, held in sorted(counts.items()):
        act = audit.Act(
            act=DOWNLOADED,
            object_kind="party",
            object_id=party_id,
            account_id=who.account_id,
            party_id=party_id,
            details={"count": str(held)},
        )
        audit.record(db, act, now)
    return lease


def filename(language: Language, today: date, part: int) -> str:
    """What the archive is called: `laskut-2026-11-30.zip`, and with its number where there are several."""
    return f"{FILENAMES[language]}-{today}{f'-{part}' if part > 1 else ''}.zip"


def files(database: Database, invoice_ids: Sequence[UUID], printer: Printer) -> Iterator[PackageFile]:
    """The PDF of each bill that the person may see, then a note of those that could not be typeset, if there are any.

    They are called `2026-11-16-lasku-261148213.pdf`: the day of the bill, and its number.
    """
    taken: set[str] = set()
    missing: list[str] = []
    for printing in _printings(database, invoice_ids, printer):
        head = printing.invoice.head
        body = _typeset(printed.document(printing, printer.seller, printer.today, printer.language), printer.typesetter)
        if body is None:
            missing.append(head.number)
        else:
            yield PackageFile(_free(f"{head.issued_on}-{printed.filename(head, printer.language)}", taken), [body])
    if missing:
        yield PackageFile(NOTES[printer.language], [_note(missing, printer.language).encode()])


def _printings(database: Database, invoice_ids: Sequence[UUID], printer: Printer) -> Iterator[Printing]:
    """Some bills at a time, read in a transaction of their own: none is open while they are typeset."""
    for at in range(0, len(invoice_ids), READ_AT_ONCE):
        with database.reading() as db:
            invoices = queries.whole(db, printer.who, invoice_ids[at : at + READ_AT_ONCE])
            found = printings(db, printer.who, invoices, printer.payments)
        yield from found


def printings(db: Session, who: User, invoices: Sequence[WholeInvoice], payments: PaymentsMade) -> Sequence[Printing]:
    """All that is needed to print some bills for a person, as they may read them, in the same order."""
    heads = payments.told(db, who, [one.head for one in invoices])
    buyers = {one.party_id: queries.buyer(db, who, one) for one in {one.party_id: one for one in invoices}.values()}
    return [
        Printing(as_told(who, replace(one, head=head)), buyers[one.party_id], origins(db, one))
        for one, head in zip(invoices, heads, strict=True)
    ]


def _typeset(document: Document, typesetter: Typesetter) -> bytes | None:
    """The PDF; None where there is none to be had."""
    for _ in range(TRIES):
        try:
            return typesetter.pdf(document)
        except CompilerGone:
            continue
        except NotTypeset:
            return None
    return None


def _free(name: str, taken: set[str]) -> str:
    """A name that no file before has: numbers that differ in their signs alone are called alike."""
    stem = name.removesuffix(".pdf")
    free = next(one for one in _names(stem) if one not in taken)
    taken.add(free)
    return free


def _names(stem: str) -> Iterator[str]:
    yield f"{stem}.pdf"
    yield from (f"{stem}-{number}.pdf" for number in count(2))


def _note(numbers: Sequence[str], language: Language) -> str:
    said = text("These invoices could not be made into PDFs. Each has its page in the service, or call us:")
    return "\r\n".join([said.said(language), *numbers, ""])
