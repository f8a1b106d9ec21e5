"""What was paid of a bill and what was credited is right whoever writes, in whichever order, on both databases."""

from collections import Counter
from datetime import date
from threading import Thread

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from portal import migrations
from portal.customers.models import Party
from portal.invoices.models import Invoice, Payment
from portal.kit.db import Database, table_of
from portal.migrations.differences import differences
from tests.contracts.register import BIC, IBAN, PAYEE
from tests.running import PATIENCE_S

DAY = date(2026, 10, 31)
BILLS, PAYMENTS = table_of(Invoice), table_of(Payment)
NUMBERS = st.sampled_from("AB")
CENTS = st.sampled_from([-500, 0, 200, 2_000_000_000, -2_000_000_000])
GONE = st.sampled_from([False, False, False, True])
BILL = st.fixed_dictionaries(
    {
        "number": NUMBERS,
        "party": st.sampled_from([0, 0, 1]),
        "kind": st.sampled_from(["invoice", "credit", "credit", "reminder"]),
        "total_cents": CENTS,
        "refers_to": NUMBERS | NUMBERS | st.none(),
    }
)
PAYMENT = st.fixed_dictionaries({"number": st.sampled_from("xy"), "bill": NUMBERS, "cents": CENTS})
ACTS = st.lists(
    st.tuples(st.just("bill"), BILL, GONE)
    | st.tuples(st.just("payment"), PAYMENT, GONE)
    | st.tuples(st.just("renumber"), NUMBERS, NUMBERS)
    | st.tuples(st.just("spoil"), CENTS, CENTS),
    min_size=10,
    max_size=30,
)


class Books:
    """Bills and payments that are written, changed and removed by the statements of a session."""

    def __init__(self, db: Session, parties):
        self.db, self.parties = db, parties

    def bill(self, told, is_gone):
        """Write a bill, or change the one of its number; or remove it with its payments."""
        row = bill(
            **{name: value for name, value in told.items() if name != "party"}, party_id=self.parties[told["party"]]
        )
        found = self._id(row["number"])
        if is_gone:
            self.db.execute(delete(PAYMENTS).where(PAYMENTS.c.invoice_id == found))
            self.db.execute(delete(BILLS).where(BILLS.c.id == found))
        elif found:
            self.db.execute(update(BILLS).where(BILLS.c.id == found).values(row))
        else:
            self.db.execute(insert(BILLS).values(row))

    def payment(self, told, is_gone):
        """Write a payment, or change the one of its number, for another bill perhaps; or remove it."""
        mine, invoice_id = PAYMENTS.c.number == told["number"], self._id(told["bill"])
        row = {"number": told["number"], "invoice_id": invoice_id, "paid_on": DAY, "cents": told["cents"]}
        if is_gone:
            self.db.execute(delete(PAYMENTS).where(mine))
        elif invoice_id and not self.db.execute(update(PAYMENTS).where(mine).values(row)).rowcount:
            self.db.execute(insert(PAYMENTS).values(row))

    def renumber(self, number, other):
        """Give a bill another number, if that is free."""
        if not self._id(other):
            self.db.execute(update(BILLS).where(BILLS.c.number == number).values(number=other))

    def spoil(self, paid, credited):
        """Write sums that nobody should write."""
        self.db.execute(update(BILLS).values(paid_cents=paid, credited_cents=credited))

    def _id(self, number):
        return self.db.execute(select(BILLS.c.id).where(BILLS.c.number == number)).scalar()


def bill(**facts):
    when = dict.fromkeys(("issued_on", "due_on", "period_from", "period_to"), DAY)
    cents = facts["total_cents"]
    whom = {"reference": "13", "iban": IBAN, "bic": BIC, "payee": PAYEE, "estimated": False}
    return when | whom | {"net_cents": cents, "vat_cents": 0} | facts


def wrong_sums(db):
    """The bills whose kept sums are not those of the payments and credit notes that there are now."""
    bills = db.execute(select(BILLS)).mappings().all()
    paid, credited = Counter(), Counter()
    for one in db.execute(select(PAYMENTS)).mappings():
        paid[one["invoice_id"]] += one["cents"]
    for one in bills:
        if one["kind"] == "credit":
            credited[one["refers_to"], one["party_id"]] -= one["total_cents"]
    return [
        (one["number"], one["paid_cents"], one["credited_cents"])
        for one in bills
        if (one["paid_cents"], one["credited_cents"]) != (paid[one["id"]], credited[one["number"], one["party_id"]])
    ]


@pytest.fixture
def parties(database):
    with database.writing() as db:
        two = [Party(customer_number=f"90000{number}", kind="person", name="Somebody") for number in (1, 2)]
        db.add_all(two)
    return [party.id for party in two]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_sums_follow_every_change(database, parties, acts):
    with Session(database.engine) as db:  # thrown away at the end
        books = Books(db, parties)
        for name, *told in acts:
            getattr(books, name)(*told)
            assert not wrong_sums(db), name


def test_a_row_that_takes_the_place_of_another_is_summed(sqlite_url):
    database = Database(sqlite_url)
    with database.writing() as db:
        party = Party(customer_number="900001", kind="person", name="Somebody")
        db.add(party)
        db.flush()
        books = Books(db, [party.id])
        books.bill({"number": "A", "party": 0, "kind": "invoice", "total_cents": 500, "refers_to": None}, False)
        books.payment({"number": "x", "bill": "A", "cents": 200}, False)
        db.connection().exec_driver_sql("INSERT OR REPLACE INTO payment SELECT * FROM payment")
        db.connection().exec_driver_sql("INSERT OR REPLACE INTO invoice SELECT * FROM invoice")
        assert not wrong_sums(db)
        assert db.execute(select(BILLS.c.paid_cents)).scalar() == 200
    database.engine.dispose()


def test_a_bill_and_its_credit_note_that_come_at_once_wait_for_each_other(postgresql_url):
    database = Database(postgresql_url)
    with database.writing() as db:
        party = Party(customer_number="900001", kind="person", name="Somebody")
        db.add(party)
    note = bill(number="N", party_id=party.id, kind="credit", total_cents=-500, refers_to="A")

    def write_note():
        with database.writing() as db:
            db.execute(insert(BILLS).values(note))

    other = Thread(target=write_note)
    with database.writing() as db:
        db.execute(insert(BILLS).values(bill(number="A", party_id=party.id, kind="invoice", total_cents=500)))
        other.start()
        other.join(0.2)  # whether it waits already or has not begun, the sums are the same
    other.join(PATIENCE_S)
    with database.reading() as db:
        assert not wrong_sums(db)
        assert db.execute(select(BILLS.c.credited_cents).where(BILLS.c.number == "A")).scalar() == 500
    database.engine.dispose()


def test_an_upgrade_sums_what_is_there(database, parties):
    with database.writing() as db:
        books = Books(db, parties)
        for number, kind, cents in (("A", "invoice", 500), ("B", "credit", -300), ("C", "invoice", 500)):
            books.bill({"number": number, "party": 0, "kind": kind, "total_cents": cents, "refers_to": "A"}, False)
        for number in "xy":
            books.payment({"number": number, "bill": "A", "cents": 100}, False)
    before = kept(database)
    assert before == {"A": (200, 300), "B": (0, 0), "C": (0, 0)}
    with database.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        ScriptDirectory(str(migrations.FOLDER)).get_revision("0022").module.upgrade()  # which makes the columns anew
    assert kept(database) == before
    assert not [*differences(database.engine)]


@pytest.mark.parametrize("table", ["invoice", "payment"])
def test_a_trigger_that_somebody_took_away_is_named(database, table):
    trigger = f"{table}_sums_insert"
    on_its_table = f" ON {table}" if database.engine.dialect.name == "postgresql" else ""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}{on_its_table}")
    [said] = differences(database.engine)
    assert said == f"{trigger} of the table {table} is missing: sums of bills no longer follow what changes."


def kept(database):
    with database.reading() as db:
        columns = BILLS.c["number", "paid_cents", "credited_cents"]
        return {number: (paid, credited) for number, paid, credited in db.execute(select(*columns))}
