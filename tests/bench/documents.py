"""What a bill costs as a PDF: each one new to the compiler, which is warm; and how many bytes it has."""

import statistics
import time

from sqlmodel import col, select

from portal import app
from portal.brand import DEMO_BRAND
from portal.customers.models import Party, PartyKind
from portal.invoices import printed, queries
from portal.invoices.models import Invoice
from portal.invoices.origins import origins
from portal.invoices.printed import Printing
from tests.contracts.register import somebody

BILLS = 120


class Bills:
    """The newest bills of the demo's households, as documents."""

    def __init__(self, database, today):
        wanted = select(Invoice).join(Party).where(Party.kind == PartyKind.PERSON)
        with database.reading() as db:
            bills = db.exec(wanted.order_by(col(Invoice.issued_on).desc(), Invoice.number).limit(BILLS)).all()
            self.documents = [self._document(db, bill, today) for bill in bills]
        self.typesetter = app.typesetter(DEMO_BRAND)

    def _document(self, db, bill, today):
        who = somebody(bill.party_id)
        invoice = queries.by_id(db, who, bill.id)
        buyer = queries.buyer(db, who, invoice)
        return printed.document(Printing(invoice, buyer, origins(db, invoice)), DEMO_BRAND, today, buyer.language)

    def measured(self):
        """Seconds of each, and its bytes."""
        first, *rest = self.documents
        self.typesetter.pdf(first)  # the process begins
        taken = [_timed(lambda one=one: self.typesetter.pdf(one)) for one in rest]
        self.typesetter.close()
        return statistics.median(seconds for seconds, _ in taken), max(len(body) for _, body in taken)


def _timed(work):
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made
