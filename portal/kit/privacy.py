"""What the portal holds about one customer, table by table, as records for people and programs (GDPR art. 15 and 20).

Each slice with tables has a `privacy.py`, its keeper: `TABLES` that hold personal data, `NOT_PERSONAL` tables with the
reason, and `export(db, subject)`. portal/keepers.py lists them; tests/test_privacy.py sees that no table is forgotten.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel
from sqlmodel.sql.expression import SelectOfScalar

Value = str | int | bool | None
R = TypeVar("R", bound=SQLModel)
NOTHING: frozenset[str] = frozenset()
AT_ONCE = 200


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


class Keeper(Protocol):
    """A slice's `privacy` module."""

    TABLES: Sequence[type[SQLModel]]
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
