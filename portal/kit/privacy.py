"""What the portal holds about one customer, table by table, as records for people and programs (GDPR art. 15 and 20).

Each slice with tables has a `privacy.py`, its keeper: `TABLES` that hold personal data and whose their rows are
(`kit/belonging.py`), `NOT_PERSONAL` tables with the reason, and `export(db, subject)`. portal/keepers.py lists them;
tests/test_privacy.py sees that no table is forgotten. What a column of a personal table is called stands where it is
declared: `Field(sa_column_kwargs=told("Name"))`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Table
from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

from portal.kit.belonging import Belonging
from portal.kit.i18n import Text, text

Value = str | int | bool | None
R = TypeVar("R", bound=SQLModel)
NOTHING: frozenset[str] = frozenset()
AT_ONCE = 200
COLUMN = "portal.privacy"  # in the info of a column


@dataclass(frozen=True)
class DataSubject:
    """Whose data it is: a customer, and the accounts of that very person."""

    party_id: UUID
    accounts: frozenset[UUID]


@dataclass(frozen=True)
class Record:
    """One row about a customer: the name of its table, and its columns as JSON values."""

    table: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column in words, whether a customer may know better what stands in it, and whether it is told of, not shown."""

    label: Text
    is_correctable: bool = False
    is_sealed: bool = False


ColumnInfo = dict[str, Any]
"""What `Field` takes as `sa_column_kwargs`: SQLAlchemy keeps it with the column, and the database never sees it."""


def told(label: str) -> ColumnInfo:
    """What nobody corrects by its name: a number or kind that the register gives, what happened, what follows."""
    return _kept(PersonalColumn(text(label)))


def correctable(label: str) -> ColumnInfo:
    """What a customer may know better than we do: a wrong value is corrected by a request that names it."""
    return _kept(PersonalColumn(text(label), is_correctable=True))


def sealed(label: str) -> ColumnInfo:
    """What is kept encrypted: people read that it is held, and do not see it."""
    return _kept(PersonalColumn(text(label), is_sealed=True))


def internal() -> ColumnInfo:
    """What holds the register together and says nothing about anybody; a key or a reference needs not say so."""
    return _kept(None)


def _kept(column: PersonalColumn | None) -> ColumnInfo:
    return {"info": {COLUMN: column}}


@cache
def columns_of(table: Table) -> Mapping[str, PersonalColumn]:
    """The columns of a table that people are told of, by name and in the table's order."""
    return {column.name: column.info[COLUMN] for column in table.columns if column.info.get(COLUMN)}


def undecided(table: Table) -> Sequence[str]:
    """The columns that neither have words nor are internal: whoever added them has yet to say what they are."""
    return [
        column.name
        for column in table.columns
        if COLUMN not in column.info and not column.primary_key and not column.foreign_keys
    ]


class Keeper(Protocol):
    """A slice's `privacy` module."""

    TABLES: Belonging
    NOT_PERSONAL: Mapping[type[SQLModel], str]

    def export(self, db: Session, subject: DataSubject) -> Iterable[Record]:
        """Every row about the subject, in a fixed order."""


def records(db: Session, rows: SelectOfScalar[R], without: frozenset[str] = NOTHING) -> Iterator[Record]:
    """The records of the rows of a query, without columns that are secrets or about somebody else.

    They stream through: a company's invoice lines are many.
    """
    for row in db.exec(rows, execution_options={"yield_per": AT_ONCE}):
        yield _record(row, without)


def _record(row: SQLModel, without: frozenset[str]) -> Record:
    columns = row.__table__.columns.keys()  # type: ignore[attr-defined] # SQLModel adds it to its tables
    return Record(str(row.__tablename__), {name: _value(getattr(row, name)) for name in columns if name not in without})


def _value(value: Any) -> Value:  # noqa: ANN401 - whatever a column holds
    """Instants and days as ISO 8601, decimal numbers as digits, ids as text; packed bytes are nobody's to read."""
    match value:
        case None | bool() | int():
            return value
        case date():  # an instant is one too
            return value.isoformat()
        case Decimal() | UUID() | str():
            return str(value)
        case _:
            raise TypeError(f"a {type(value).__name__} is no JSON value; leave its column out")
