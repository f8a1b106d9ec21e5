"""Questions: put into SQL once, and answered as an ordinary select() would be, on both kinds of database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Numeric
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field, SQLModel, col, func, select

from portal.kit.db import Instant
from portal.kit.questions import Question, any_of, any_of_if_told, given, itself


class Told(SQLModel, table=True):
    """A row with a column of each type that the portal keeps."""

    __tablename__ = "asked_told"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    at: datetime = Field(sa_type=Instant)
    on: date | None
    price: Decimal = Field(sa_type=Numeric(12, 6))
    data: bytes
    is_new: bool


@dataclass(frozen=True, slots=True)
class Answer:
    id: UUID
    name: str
    at: datetime
    on: date | None
    price: Decimal
    data: bytes
    is_new: bool


AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
COLUMNS = [getattr(Told, name) for name in Answer.__slots__]
NAMED = Question(Answer, select(*COLUMNS).where(col(Told.name) == given("name")))
AMONG = Question(itself, select(Told.name).where(any_of(col(Told.id), "ids")).order_by(Told.name))
IF_TOLD = Question(itself, select(Told.name).where(any_of_if_told(col(Told.id), "ids")).order_by(Told.name))
BETWEEN = Question(
    itself,
    select(Told.name)
    .where(col(Told.on).between(given("first"), given("last")), col(Told.name) != "c")
    .order_by(Told.name)
    .limit(5),
)
COUNT = Question(itself, select(func.count()).select_from(Told).where(col(Told.is_new).is_(True)))


@pytest.fixture
def rows(database):
    SQLModel.metadata.tables["asked_told"].create(database.engine)
    rows = [
        Told(name=name, at=AT, on=on, price=Decimal("7.500001"), data=b"\0\xff", is_new=is_new)
        for name, on, is_new in (("a", date(2026, 1, 1), True), ("b", None, False), ("c", date(2026, 2, 1), True))
    ]
    with database.writing() as db:
        db.add_all(rows)
    return rows


@pytest.fixture(scope="module", autouse=True)
def _only_here():
    yield
    SQLModel.metadata.remove(SQLModel.metadata.tables["asked_told"])


def test_an_answer_holds_the_values_that_were_kept(database, rows):
    with database.reading() as db:
        for _ in range(2):
            assert NAMED.one(db, name="a") == Answer(rows[0].id, "a", AT, date(2026, 1, 1), *rows_rest(rows[0]))
        assert NAMED.first(db, name="b").on is None
        assert NAMED.first(db, name="nobody") is None


def rows_rest(row):
    return row.price, row.data, row.is_new


def test_as_many_values_are_given_as_there_are(database, rows):
    with database.reading() as db:
        assert AMONG.all(db, ids=[]) == []
        assert AMONG.all(db, ids=frozenset({rows[2].id, rows[0].id})) == ["a", "c"]
        assert AMONG.all(db, ids=[uuid4() for _ in range(3000)]) == []
        assert IF_TOLD.all(db, ids=[rows[1].id]) == ["b"]
        assert IF_TOLD.all(db, ids=[]) == []
        assert IF_TOLD.all(db, ids=None) == ["a", "b", "c"]


def test_what_the_statement_holds_itself_is_asked_as_well(database, rows):
    with database.reading() as db:
        assert BETWEEN.all(db, first=date(2026, 1, 1), last=date(2026, 12, 31)) == ["a"]
        assert COUNT.one(db) == 2


def test_what_was_just_changed_is_among_the_answers(database, rows):
    with database.writing() as db:
        db.add(Told(name="d", at=AT, on=None, price=Decimal(1), data=b"", is_new=False))
        assert NAMED.first(db, name="d") is not None


def test_a_quote_in_a_value_is_only_a_value(database, rows):
    with database.reading() as db:
        assert NAMED.all(db, name="' OR 1=1 --") == []


@pytest.mark.parametrize(("asked", "given_now"), [(NAMED, {}), (AMONG, {"id": []})])
def test_what_is_asked_for_must_be_given(database, rows, asked, given_now):
    with database.reading() as db, pytest.raises(KeyError):
        asked.all(db, **given_now)


def test_only_one_answer_is_one(database, rows):
    with database.reading() as db, pytest.raises(ValueError, match="too many"):
        IF_TOLD.one(db, ids=None)


def test_a_fault_of_the_database_is_told_as_by_any_statement_and_without_what_was_given(database):
    with database.reading() as db, pytest.raises(DBAPIError) as told:
        NAMED.all(db, name="somebody's name")
    assert "asked_told" in str(told.value)
    assert "somebody" not in str(told.value)
