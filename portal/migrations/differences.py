"""What a database lacks of the schema that the models describe, whatever revision it names.

A revision's name tells what was once done to a database, not what was done by hand since, or by an older text of the
same revision. What a database has beyond the models is its owner's business. Each command that needs a database asks
this first, so the catalogue is asked for all tables at once, and nothing is made of it but what is compared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Constraint,
    Engine,
    ForeignKeyConstraint,
    Index,
    Table,
    UniqueConstraint,
    inspect,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

import portal.tables  # noqa: F401 - what is compared with
from portal.migrations import kept_sums

MENDED = "Somebody changed the schema by hand: put it back, or restore a backup; `portal migrate` does not mend it."

Columns = tuple[str | None, ...]
Key = tuple[Columns, str, Columns]
"""The columns of a foreign key, and the table and columns that it refers to."""


def differences(engine: Engine) -> Iterator[str]:
    """Each table, column, index, constraint of keys and trigger that is missing or of another kind, a sentence each."""
    with engine.connect() as connection:
        there = _catalogue(connection)
        untriggered = [*kept_sums.missing(connection)]
    tables = SQLModel.metadata.sorted_tables
    yield from (f"The table {table.name} is missing." for table in tables if table.name not in there)
    for table in tables:
        if found := there.get(table.name):
            yield from found.lacks(table)
    for table_name, trigger in untriggered:
        if table_name in there:
            yield f"{trigger} of the table {table_name} is missing: sums of bills no longer follow what changes."


@dataclass(frozen=True)
class _Found:
    """A table as the database has it."""

    columns: Mapping[str, Mapping[str, Any]]
    indexes: Mapping[str, Columns]
    unique: set[Columns]
    keys: set[Key]
    kind: Callable[[TypeEngine[Any]], str]

    def lacks(self, table: Table) -> Iterator[str]:
        for column in table.columns:
            yield from self._of_column(column)
        missing: list[Index | Constraint] = [
            one for one in table.indexes if self.indexes.get(str(one.name)) != _names(one.columns)
        ]
        for constraint in table.constraints:
            match constraint:
                case UniqueConstraint() if _names(constraint.columns) not in self.unique:
                    missing.append(constraint)
                case ForeignKeyConstraint() if _key(constraint) not in self.keys:
                    missing.append(constraint)
        yield from sorted(f"{one.name} of the table {table.name} is missing." for one in missing)

    def _of_column(self, column: Column[Any]) -> Iterator[str]:
        found = self.columns.get(column.name)
        if found is None:
            yield f"The column {column} is missing."
            return
        if self.kind(found["type"]) != self.kind(column.type):
            yield f"The column {column} is {found['type']}, not {column.type}."
        if found["nullable"] != column.nullable:
            yield f"The column {column} must {'take' if column.nullable else 'refuse'} NULL."


def _catalogue(connection: Connection) -> dict[str, _Found]:
    """The tables that there are, by name."""
    asked = inspect(connection)
    as_indexes: dict[str, Any] = {"include_auto_indexes": True} if connection.dialect.name == "sqlite" else {}
    indexes = asked.get_multi_indexes(**as_indexes)  # those that stand behind unique constraints are among them
    keys = asked.get_multi_foreign_keys()
    return {
        name: _Found(
            columns={one["name"]: one for one in columns},
            indexes={one["name"] or "": tuple(one["column_names"]) for one in indexes[schema, name]},
            unique={
                tuple(one["column_names"]) for one in indexes[schema, name] if one["unique"] and not _is_partial(one)
            },
            keys={
                (tuple(one["constrained_columns"]), one["referred_table"], tuple(one["referred_columns"]))
                for one in keys[schema, name]
            },
            kind=lambda kind: kind.compile(connection.dialect),
        )
        for (schema, name), columns in asked.get_multi_columns().items()
    }


def _is_partial(index: Mapping[str, Any]) -> bool:
    return any(option.endswith("_where") for option in index.get("dialect_options", ()))


def _names(columns: Iterable[Column[Any]]) -> Columns:
    return tuple(column.name for column in columns)


def _key(constraint: ForeignKeyConstraint) -> Key:
    return _names(constraint.columns), constraint.referred_table.name, _names(one.column for one in constraint.elements)
