"""The whole company of the demo, made in two processes, is the same as the part of it that other tests see."""

from datetime import date

from sqlmodel import SQLModel, func, select

from portal.demo import seed
from portal.demo.company import Scale
from portal.invoices.models import Invoice
from portal.kit.db import Database
from portal.sites.models import Occupancy
from tests.people import vault

UNTIL = date(2026, 11, 21)


def rows(database, table):
    with database.reading() as db:
        return set(map(tuple, db.connection().execute(table.select())))


def test_all_240_sites_are_there_and_the_tenth_of_them_is_the_same(sqlite_url, seeded_sqlite):
    whole, sample = Database(sqlite_url), Database(f"sqlite:///{seeded_sqlite}")
    seen = []
    seed.seed(whole, vault(), UNTIL, Scale.WHOLE, lambda done, of: seen.append((done, of)))
    assert seen == [(done, 240) for done in range(1, 241)]
    for name in ("site", "occupancy", "contract", "month_total", "reading_month", "invoice", "invoice_line", "payment"):
        assert rows(sample, SQLModel.metadata.tables[name]) <= rows(whole, SQLModel.metadata.tables[name])
    with whole.reading() as db:
        assert db.exec(select(func.count()).select_from(Occupancy)).one() == 240 + 5
        assert db.exec(select(func.count()).select_from(Invoice)).one() > 240 * 15
    for database in (whole, sample):
        database.engine.dispose()
