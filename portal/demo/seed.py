"""Fills an empty database with the demo: the same rows, readings and bills for the same day, on either database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, select

import portal.tables  # noqa: F401 - rows are inserted in the order in which all tables refer to each other
from portal.consumption.store import record
from portal.contracts.models import SpotMonth
from portal.customers.keeping import sealed
from portal.customers.models import Party
from portal.demo import bills, households, permissions, products, spot, wall_clock
from portal.demo.households import Household
from portal.kit.clock import first_of_month, next_month, start_of
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.packing import pack

YEARS = 3
DAY = timedelta(days=1)


def is_empty(database: Database) -> bool:
    """Whether nobody is in the register yet."""
    with database.reading() as db:
        return db.exec(select(Party.id).limit(1)).first() is None


def seed(database: Database, vault: Vault, until: date) -> None:
    """Make up the demo as it stands in the morning of `until`, the first day without readings, all or nothing."""
    since = first_of_month(until).replace(year=until.year - YEARS)
    with database.writing() as db:
        insert(db, products.rows())
        insert(db, _spot_months(since, until))
        for household in households.households(until):
            _settle(db, household, vault)
            _measure(db, household, since, until)
            for account in household.accounts:
                insert(db, bills.of_account(db, account, since, until))
        insert(db, permissions.records(start_of(until)))


def insert(db: Session, rows: Iterable[SQLModel]) -> None:
    """Insert rows of any tables, each table at once, and first those that others refer to."""
    of_table = defaultdict(list)
    for row in rows:
        table = inspect(type(row)).local_table
        of_table[table].append({column.name: getattr(row, column.name) for column in table.columns})
    for table in SQLModel.metadata.sorted_tables:
        if of_table[table]:
            db.connection().execute(table.insert(), of_table[table])


def _settle(db: Session, household: Household, vault: Vault) -> None:
    """Put a household into the register."""
    stay = household.stay
    insert(db, household.rows)
    insert(db, [sealed(stay.party_id, stay.member.persona.identity_code, vault)])


def _measure(db: Session, household: Household, since: date, until: date) -> None:
    """Store what its meters sent, and then what they corrected."""
    for point, metering in household.meterings.items():
        for delivery in metering.deliveries(since, until - DAY):
            record(db, point, delivery, start_of(until))


def _spot_months(since: date, until: date) -> Iterator[SpotMonth]:
    """Prices until the end of `until`: the exchange tells them a day ahead."""
    month = since
    while month <= until:
        last = min(next_month(month) - DAY, until)
        yield SpotMonth(month=month, prices=pack(spot.prices(wall_clock.quarters(month, last))))
        month = next_month(month)
