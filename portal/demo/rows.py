"""How the demo fills tables: many rows at a time, each table at once, first those that others refer to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import Session, SQLModel

import portal.tables  # noqa: F401 - all tables, so that the order in which they refer to each other is known
from portal.kit.db import table_of


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be. A model costs ten times as much, and the company's bills have 50 000 lines."""

    model: type[SQLModel]
    columns: Mapping[str, object]

    @classmethod
    def of(cls, model: type[SQLModel], **columns: object) -> Self:
        """A row of a model's table; columns that are not named hold what a new row has there, or nothing."""
        return cls(model, {**_blank(model), **columns})


@cache
def _blank(model: type[SQLModel]) -> Mapping[str, object]:
    defaults = {column.name: column.default for column in table_of(model).columns}
    return {
        name: default.arg if isinstance(default, ScalarElementColumnDefault) else None
        for name, default in defaults.items()
    }


def insert(db: Session, rows: Iterable[SQLModel | Row]) -> None:
    """Insert rows of any tables."""
    of_table = defaultdict(list)
    for row in rows:
        known = row if isinstance(row, Row) else _row(row)
        of_table[known.model.__tablename__].append(known.columns)
    for table in SQLModel.metadata.sorted_tables:
        if of_table[table.name]:
            db.connection().execute(table.insert(), of_table[table.name])


def stored(db: Session, model: type[SQLModel]) -> Iterator[Row]:
    """Every row of a table."""
    for found in db.connection().execute(table_of(model).select()).mappings():
        yield Row(model, dict(found))


def _row(model: SQLModel) -> Row:
    """Without a key that the database gives: SQLite takes NULL for that, PostgreSQL refuses it."""
    told = {column: getattr(model, column.name) for column in table_of(type(model)).columns}
    return Row(
        type(model),
        {column.name: value for column, value in told.items() if not (column.primary_key and value is None)},
    )
