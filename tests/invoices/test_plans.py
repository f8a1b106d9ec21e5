"""In a register of many customers a page reads the bills of its own customer, and hardly any of others."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text

from portal.invoices import queries
from portal.invoices.filters import InvoiceFilter
from portal.invoices.sums import Stretch
from portal.kit.db import Database
from tests.contracts.register import somebody

TODAY = date(2026, 11, 21)
CUSTOMERS, BILLS, OF_THE_COMPANY = 1_000, 40, 20_000
COMPANY, HOUSEHOLD = 1, 500
FILL = (
    "ALTER TABLE invoice SET (autovacuum_enabled = false)",  # else it counts anew while the test asks
    f"""INSERT INTO party (id, customer_number, kind, name, language)
        SELECT md5('party' || n)::uuid, n::text, 'person', 'Somebody', 'fi'
        FROM generate_series(1, {CUSTOMERS}) AS n""",
    f"""INSERT INTO invoice (id, number, party_id, kind, issued_on, due_on, period_from, period_to, net_cents,
            vat_cents, total_cents, reference, iban, bic, payee, estimated)
        SELECT md5('bill' || n || '-' || m)::uuid, n || '-' || m, md5('party' || n)::uuid, 'invoice', day, day + 14,
            day - 30, day - 1, 1000, 255, 1255, '13', 'FI2112345600000785', 'NDEAFIHH', 'Payee', false
        FROM generate_series(1, {CUSTOMERS}) AS n,
            LATERAL generate_series(1, CASE n WHEN {COMPANY} THEN {OF_THE_COMPANY} ELSE {BILLS} END) AS m,
            LATERAL (SELECT date '2023-07-01' + m % {BILLS} * 30 AS day) AS days""",
    """INSERT INTO payment (id, number, invoice_id, cents, paid_on)
        SELECT md5('paid' || number)::uuid, number, id, 1255, due_on FROM invoice WHERE due_on < '2026-09-25'""",
    "SET LOCAL default_statistics_target = 10000",  # every row is looked at: a plan by a sample differs by chance
    "ANALYZE",
)
READ = text(
    "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
    " WHERE relname = 'invoice'"
)
BY_DUE_DATE = {
    "next due": lambda db, who: queries.due(db, who, 1),
    "due": lambda db, who: queries.due(db, who, 20),
    "unpaid": queries.unpaid,
}
ALL = BY_DUE_DATE | {
    "page": lambda db, who: queries.latest(db, who, InvoiceFilter(), _sums(db, who).stretches(0, 20), TODAY),
    "sums": lambda db, who: _sums(db, who).by_year,
}


@pytest.fixture
def register(postgresql_url):
    """A large register of bills, paid but for the newest ones of each customer, as its database knows it."""
    database = Database(postgresql_url)
    with database.engine.begin() as connection:
        for statement in FILL:
            connection.execute(text(statement))
    yield database
    database.engine.dispose()


def test_no_question_walks_the_bills_of_others(register):
    """Of what falls due of a company all its bills may be read, a third of all, but not those that fall due before."""
    for what, ask in ALL.items():
        assert rows_read(register, HOUSEHOLD, ask) <= 4 * BILLS, what
    for what, ask in BY_DUE_DATE.items():
        assert rows_read(register, COMPANY, ask) <= 1.5 * OF_THE_COMPANY, what


def _sums(db, who):
    return queries.sums(db, who, InvoiceFilter(), TODAY)


def rows_read(register, number, ask):
    """How many rows of bills a question reads, of whomever."""
    with register.reading() as db:
        connection = db.connection()
        party = connection.execute(text("SELECT id FROM party WHERE customer_number = :n"), {"n": str(number)}).scalar()
        before = connection.execute(READ).scalar() or 0
        assert ask(db, somebody(party))
        return connection.execute(READ).scalar() - before


BY_DAY, UNPAID = "ix_invoice_party_id_period_to_site_id_total_cents", "ix_invoice_unpaid"


@pytest.mark.parametrize(
    ("ask", "indexes"),
    [
        (
            lambda db, who: queries.sums(db, who, InvoiceFilter(), TODAY),
            [f"COVERING INDEX {BY_DAY}", f"INDEX {UNPAID}"],
        ),
        (lambda db, who: _page(db, who, unpaid=True), [f"INDEX {UNPAID}"]),
        (lambda db, who: _page(db, who, unpaid=False), [f"INDEX {BY_DAY}"]),
        (lambda db, who: queries.due(db, who, 1), [f"INDEX {UNPAID}"]),
    ],
)
def test_sqlite_finds_the_bills_of_a_party_by_the_index_that_is_meant(sqlite_url, ask, indexes):
    database, asked = Database(sqlite_url), []
    with database.reading() as db:
        driver = db.connection().connection.driver_connection
        driver.set_trace_callback(asked.append)
        ask(db, somebody(uuid4()))
        driver.set_trace_callback(None)
        steps = [step for one in asked for *_, step in driver.execute(f"EXPLAIN QUERY PLAN {one}")]
    database.engine.dispose()
    found = [step.partition(" USING ")[2].partition(" (")[0] for step in steps if "(party_id=?" in step]
    assert found == indexes


def _page(db, who, *, unpaid):
    return queries.latest(db, who, InvoiceFilter(), [Stretch(unpaid, TODAY, TODAY, 0, 20)], TODAY)
