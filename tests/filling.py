"""Rows for every table of a schema, made from what the database says of itself: for upgrades of a database with data.

Whatever the schema refuses (a check, a key) is tried again in another way; the same schema gets the same rows.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CHAR, Connection, Engine, MetaData, Table, insert, inspect, select
from sqlalchemy.exc import IntegrityError

from tests.days import UNTIL

ROWS = 4  # of each table: with and without what may be left out
TRIES = 5_000
LITERAL = re.compile(r"'([^']*)'")
NOT_OURS = {"alembic_version"}

Row = tuple[object, ...]


class NoRow(AssertionError):
    """A table takes no row that was thought of; its checks need a hand here."""


def fill(engine: Engine) -> None:
    """Put rows into every table of a database. Raises NoRow."""
    dice = random.Random(20261128)
    with engine.begin() as connection:
        for table in tables(connection):
            checks = _checks(connection, table)
            for number in range(ROWS):
                _add(connection, table, checks, number, dice, {})


def add(engine: Engine, rows: Iterable[tuple[str, Mapping[str, object]]]) -> None:
    """Add a row to each table of a name, of which some columns are given. Raises NoRow."""
    dice = random.Random(20261128)
    with engine.begin() as connection:
        found = {table.name: table for table in tables(connection)}
        for number, (name, given) in enumerate(rows):
            _add(connection, found[name], _checks(connection, found[name]), number, dice, given)


def contents(engine: Engine, columns: dict[str, list[str]]) -> dict[str, list[Row]]:
    """The rows of these columns of these tables, in an order of their own."""
    with engine.connect() as connection:
        found = {table.name: table for table in tables(connection)}
        return {
            name: sorted(map(tuple, connection.execute(select(*(found[name].c[one] for one in wanted)))), key=repr)
            for name, wanted in columns.items()
        }


def columns(engine: Engine) -> dict[str, list[str]]:
    """The tables of a database, and their columns."""
    with engine.connect() as connection:
        return {table.name: [column.name for column in table.columns] for table in tables(connection)}


def tables(connection: Connection) -> Iterator[Table]:
    """The tables as the database has them, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    yield from (table for table in found.sorted_tables if table.name not in NOT_OURS)


def _checks(connection: Connection, table: Table) -> str:
    return " ".join(check["sqltext"] for check in inspect(connection).get_check_constraints(table.name))


def _add(
    connection: Connection, table: Table, checks: str, number: int, dice: random.Random, given: Mapping[str, object]
) -> None:
    """Add a row; every one but the first may leave out what may be absent."""
    for _ in range(TRIES):
        row = {column.name: _value(connection, column, checks, number, dice) for column in table.columns} | given
        try:
            with connection.begin_nested():
                connection.execute(insert(table).values(row))
        except IntegrityError:
            continue
        return
    raise NoRow(table.name)


def _value(connection, column, checks, number, dice):
    if column.nullable and dice.random() < (0.2 if number == 0 else 0.5):
        return None
    if column.foreign_keys:
        [key] = column.foreign_keys
        taken = connection.execute(select(key.column)).scalars().all()
        return dice.choice(taken) if taken else None  # the first row of a table that refers to itself
    kind = column.type.python_type
    if kind is str:
        return _text(column, checks, number, dice)
    if kind is int and (listed := re.search(rf"\b{column.name}\b[^)]*?(?:IN \(|ARRAY\[)([\d, ]+)", checks)):
        return int(dice.choice(listed[1].split(",")))
    return {
        int: lambda: dice.randrange(10) if not column.primary_key else number + 1,
        bool: lambda: dice.random() < 0.5,
        bytes: lambda: dice.randbytes(32),
        float: dice.random,
        Decimal: lambda: Decimal(dice.randrange(1000)) / 100,
        date: lambda: (UNTIL - timedelta(days=31 * dice.randrange(30))).replace(day=1),
        datetime: lambda: _instant(column, dice),
        UUID: lambda: UUID(int=dice.getrandbits(128)),
        dict: lambda: {"number": number},
        object: lambda: [f"{number}"],  # JSON
    }[kind]()


def _text(column, checks, number, dice):
    """A word that a check asks for, an id as SQLite keeps it, or text with what is hard to carry over."""
    length = column.type.length
    if length == 32 and isinstance(column.type, CHAR):
        return UUID(int=dice.getrandbits(128)).hex
    allowed = [word for word in LITERAL.findall(checks) if length is None or len(word) <= length]
    if allowed and re.search(rf"\b{column.name}\b", checks) and dice.random() < 0.9:
        return dice.choice(allowed)
    return f"Å'\" {number} {dice.randrange(1_000)}"[:length]


def _instant(column, dice):
    at = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC) + timedelta(minutes=dice.randrange(100_000))
    return at if column.type.timezone else at.replace(tzinfo=None)
