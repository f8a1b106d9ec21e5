"""SQLite takes a text of any length, PostgreSQL refuses one that is longer than its column: feeds refuse it before."""

import importlib
import inspect
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import portal.tables  # noqa: F401 - all of them
from portal.kit.feed import FeedRow

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in ROOT.glob("portal/**/importing.py")
    if path.parent.name != "cli"
)


def of_kind(module, kind):
    """The classes of a kind that a module names."""
    return [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, kind) and one is not kind]


def longest(field):
    """How long a field's text may be, as its JSON Schema says it; 0 where it is no text."""
    return max((one.get("maxLength", 0) for one in (field, *field.get("anyOf", ()))), default=0)


def pairs(module):
    """Fields of rows and the columns of the same name, in the tables that the rows are kept in."""
    tables = [table.__table__ for table in of_kind(module, SQLModel) if hasattr(table, "__table__")]
    columns = [column for table in tables for column in table.c]
    for row in of_kind(module, FeedRow):
        for name, field in row.model_json_schema().get("properties", {}).items():
            yield from (
                (row, field, column) for column in columns if column.name == name and getattr(column.type, "length", 0)
            )


@pytest.mark.parametrize("name", MODULES)
def test_no_text_of_a_feed_is_longer_than_its_column(name):
    for row, field, column in pairs(importlib.import_module(name)):
        assert longest(field) <= column.type.length, f"{row.__name__}: {column} holds {column.type.length} characters"


def test_there_are_such_fields():
    assert sum(1 for name in MODULES for _ in pairs(importlib.import_module(name))) > 40
