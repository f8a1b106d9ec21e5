"""What a database lacks of the schema that the models describe, whatever revision it names.

A revision's name tells what was once done to a database, not what was done by hand since, or by an older text of the
same revision. What a database has beyond the models is its owner's business.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine
from sqlmodel import SQLModel

import portal.tables  # noqa: F401 - what is compared with
from portal.migrations import kept_sums

MENDED = "Somebody changed the schema by hand: put it back, or restore a backup; `portal migrate` does not mend it."


def differences(engine: Engine) -> Iterator[str]:
    """Each table, column, index, unique constraint and trigger that is missing or of another kind, a sentence each."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, SQLModel.metadata)
        untriggered = [*kept_sums.missing(connection)]
    new = {act[1].name for act in found if act[0] == "add_table"}
    for act in found:
        for one in act if isinstance(act, list) else [act]:
            yield from _sentence(one, new)
    for table, trigger in untriggered:
        if table not in new:
            yield f"{trigger} of the table {table} is missing: sums of bills no longer follow what changes."


def _sentence(act: Sequence[Any], new: set[str]) -> Iterator[str]:
    match act:
        case ["add_table", table]:
            yield f"The table {table.name} is missing."
        case ["add_column", _, table, column]:
            yield f"The column {table}.{column.name} is missing."
        case ["add_index" | "add_constraint" | "add_fk", thing] if thing.table.name not in new:
            yield f"{thing.name} of the table {thing.table.name} is missing."
        case ["modify_type", _, table, column, _, there, wanted]:
            yield f"The column {table}.{column} is {there}, not {wanted}."
        case ["modify_nullable", _, table, column, _, _, may_be_absent]:
            yield f"The column {table}.{column} must {'take' if may_be_absent else 'refuse'} NULL."
        case _:  # what is there beyond the models, and defaults and comments
            return
