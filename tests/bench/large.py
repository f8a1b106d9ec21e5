"""A company of a thousand sites among a hundred thousand customers: what its pages cost, beside those of a household.

The demo's company is copied site by site, with its metering points, readings, contracts and bills. Households have
bills, and no more: what a page of bills might walk by mistake.
"""

import hashlib
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy import Connection, Table, func, insert, or_, select, text
from sqlmodel import SQLModel

from portal.demo.company import Scale
from portal.demo.naming import NAMESPACE
from portal.demo.people import LANDLORD
from portal.demo.register import party_id
from portal.invoices.models import Invoice
from portal.sites.models import Occupancy
from tests.bench import pages

SITES, HOUSEHOLDS, MONTHS, BILLS = 1_000, 100_000, 24, 24_000
SLICES = ("sites", "contracts", "consumption", "invoices")
RENUMBERED = {
    "number": lambda number, copy: f"{number}-{copy}",
    "gsrn": lambda gsrn, copy: str(uuid5(NAMESPACE, f"{gsrn}/{copy}").int)[:18],
}
PARTIES = """INSERT INTO party (id, customer_number, kind, name, language)
    SELECT {id}, 'H' || n, 'person', 'Somebody', 'fi' FROM {counted}"""
BILLS_OF = """INSERT INTO invoice (id, number, party_id, kind, issued_on, due_on, period_from, period_to, net_cents,
        vat_cents, total_cents, paid_cents, credited_cents, reference, iban, bic, payee, estimated)
    SELECT {id}, '{what}' || n, {party}, 'invoice', '{last}', '{due}', '{first}', '{last}', 1000, 255, 1255,
        {paid}, 0, '13', 'FI2112345600000785', 'NDEAFIHH', 'Payee', false FROM {counted}"""


class LargeRegister:
    """The portal on such a register; `bills` are those of the company."""

    def __init__(self, url, households=HOUSEHOLDS):
        self.portal = pages.Portal(url, scale=Scale.WHOLE)
        self.company = party_id(LANDLORD)
        with self.portal.database.engine.begin() as connection, _without_triggers(connection):
            for copy in range(1, -(-SITES // Scale.WHOLE)):
                _copy(connection, self.company, copy, min(Scale.WHOLE, SITES - copy * Scale.WHOLE))
            self.bills = self._fill(connection, households)
        if connection.dialect.name == "postgresql":
            with self.portal.database.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))

    def _fill(self, connection: Connection, households):
        """Let there be households with a bill a month, and as many earlier bills of the company as it lacks."""
        _run(connection, PARTIES, id=_id(connection, "house"), counted=_counted(households))
        newest = pages.UNTIL.replace(day=1)
        for month in range(MONTHS):
            what, house = f"h{month}-", _id(connection, "house")
            _bills(connection, what, house, households, newest, is_paid=month > 0)
            newest = (newest - timedelta(days=1)).replace(day=1)
        mine = select(func.count()).where(Invoice.party_id == self.company)
        lacking = BILLS - connection.execute(mine).scalar_one()
        while lacking > 0:
            company = f"'{self.company if connection.dialect.name == 'postgresql' else self.company.hex}'"
            _bills(connection, f"c{lacking}-", company, min(SITES, lacking), newest, is_paid=True)
            newest, lacking = (newest - timedelta(days=1)).replace(day=1), lacking - SITES
        return connection.execute(mine).scalar_one()


def _bills(connection, what, party, count, month_after: date, *, is_paid):
    last = month_after - timedelta(days=1)
    told = {"id": _id(connection, what), "what": what, "counted": _counted(count), "due": last + timedelta(days=26)}
    paid = 1255 if is_paid else 0
    _run(connection, BILLS_OF, party=party, first=last.replace(day=1), last=last, paid=paid, **told)


def _copy(connection: Connection, company: UUID, copy: int, count: int):
    """Put so many of the company's sites there once more with all that belongs to them, under other ids and numbers."""
    held = select(Occupancy.site_id).where(Occupancy.party_id == company).order_by(Occupancy.site_id).limit(count)
    ids = {"site": {one: _other(one, copy) for one in connection.execute(held).scalars()}}
    for table in SQLModel.metadata.sorted_tables:
        if _slice_of(table) not in SLICES:
            continue
        references = {column.name: key.column.table.name for column in table.c for key in column.foreign_keys}
        mine = [table.c[name].in_(list(ids[of])) for name, of in references.items() if of in ids]
        if table.name == "site":
            mine = [table.c.id.in_(list(ids["site"]))]
        if not mine:
            continue
        rows = [dict(row) for row in connection.execute(select(table).where(or_(*mine))).mappings()]
        known = ids.setdefault(table.name, {})
        for row in rows:
            if "id" in row:
                row["id"] = known.setdefault(row["id"], _other(row["id"], copy))
            row.update({name: ids.get(of, {}).get(row[name], row[name]) for name, of in references.items()})
            row.update({name: how(row[name], copy) for name, how in RENUMBERED.items() if name in row})
        if rows:
            connection.execute(insert(table), rows)


def _slice_of(table: Table) -> str:
    [model] = [one.class_ for one in SQLModel._sa_registry.mappers if one.local_table is table]
    return model.__module__.split(".")[1]


def _other(one: UUID, copy: int) -> UUID:
    return uuid5(NAMESPACE, f"{one}/{copy}")


def _run(connection, statement, **told):
    connection.exec_driver_sql(statement.format(**told))


def _id(connection, what):
    """The id of one of those that are counted."""
    md5 = f"md5('{what}' || n)"
    return f"{md5}::uuid" if connection.dialect.name == "postgresql" else md5


def _counted(count):
    """Numbers from 1 on, as a table of one column."""
    return (
        f"(WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})"
        " SELECT n FROM counted) AS counted"
    )


@contextmanager
def _without_triggers(connection: Connection):
    """Rows come in as they are, sums and all: a trigger for each of millions takes its time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        return
    connection.exec_driver_sql("PRAGMA cache_size=-1000000")  # KiB: random ids land anywhere in the indexes
    connection.connection.driver_connection.create_function("md5", 1, _md5, deterministic=True)
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made in triggers:
        connection.exec_driver_sql(made)


def _md5(value):
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()
