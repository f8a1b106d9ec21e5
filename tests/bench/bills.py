"""What bills cost on their pages: a list of 3 600 beside one of 36, a bill and its check; and how long a check takes.

The many are those of a household, each a hundred times, as a company with a hundred sites has them.
"""

import shutil
import statistics
import time
from uuid import uuid4

from sqlalchemy import insert, select

from portal.bill_check import queries as checks
from portal.demo.people import LIISA
from portal.demo.register import party_id
from portal.invoices import queries
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.kit.db import table_of
from tests.bench import pages
from tests.contracts.register import somebody

FEW, TIMES = 36, 100
WHO = LIISA
LISTS = {"/invoices": 1.5, "/invoices?q=4110": 2.5, "/invoices?sort=amount": 2.5}
"""As it comes, searched, and in another order, which read every bill; and how many times as much the many may cost."""


class Books:
    """Two copies of the demo's register: in one a household has its newest bills, in the other each a hundred times."""

    def __init__(self, portal, folder):
        self.few, self.many = (_copied(portal, folder / f"{name}.db") for name in ("few", "many"))
        self.of_many = _multiplied(self.many.database)

    def list_s(self, address):
        """CPU seconds of a list of the many and of the few."""
        return self.many.least_cpu_s(address, WHO), self.few.least_cpu_s(address, WHO)


def newest(database, count=FEW):
    """Ids of the newest bills of the household."""
    mine = select(table_of(Invoice).c.id).where(table_of(Invoice).c.party_id == party_id(WHO))
    with database.reading() as db:
        return db.execute(mine.order_by(table_of(Invoice).c.period_to.desc()).limit(count)).scalars().all()


def check_s(database):
    """Seconds of a check, the median over the newest bills of the household, each read anew."""
    who, taken = somebody(party_id(WHO)), []
    for invoice_id in newest(database):
        started = time.perf_counter()
        with database.reading() as db:
            checks.check(db, who, queries.by_id(db, who, invoice_id))
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _copied(portal, file):
    """The same register in a file of its own, in which the household has no more than so many bills."""
    shutil.copy(portal.database.engine.url.database, file)
    copy = pages.Portal(f"sqlite:///{file}", portal.cookie)
    kept, invoices = newest(copy.database), table_of(Invoice)
    with copy.database.writing() as db:
        surplus = invoices.update().where(invoices.c.party_id == party_id(WHO), invoices.c.id.not_in(kept))
        db.execute(surplus.values(party_id=party_id(pages.AINO)))
    return copy


def _multiplied(database):
    """How many bills the household has, once each is there so many times, paid as often."""
    ids, invoices = newest(database), table_of(Invoice)
    parts = [(invoices, "id"), *((table_of(one), "invoice_id") for one in (InvoiceLine, InvoiceVat, Payment))]
    with database.writing() as db:
        every = [
            (table, key, db.execute(select(table).where(table.c[key].in_(ids))).mappings().all())
            for table, key in parts
        ]
        for _ in range(TIMES - 1):
            others = {one: uuid4() for one in ids}
            for table, key, rows in every:
                db.execute(insert(table), [_as_another(dict(row), key, others[row[key]]) for row in rows])
    return len(ids) * TIMES


def _as_another(row, key, invoice_id):
    """A row of another bill, under ids and a number of its own."""
    if "number" in row:
        row |= {"number": f"{row['number'][:30]}-{uuid4().hex[:8]}", "line_digest": None}
    return row | ({"id": uuid4()} if "id" in row else {}) | {key: invoice_id}
