"""Questions: put into SQL once, and answered as an ordinary select() would be, on both kinds of database."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import sqlmodel
from sqlalchemy import Boolean, Column, Date, LargeBinary, MetaData, Numeric, String, Table, Uuid, func, select
from sqlalchemy.exc import DBAPIError

from portal.contracts.models import Product
from portal.kit.db import Instant
from portal.kit.questions import Question, any_of, any_of_if_told, given, itself

TOLD = Table(
    "told",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", String(20)),
    Column("at", Instant),
    Column("on", Date),
    Column("price", Numeric(12, 6)),
    Column("data", LargeBinary),
    Column("is_new", Boolean),
)


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
COLUMNS = TOLD.c[*Answer.__slots__]
NAMED = Question(Answer, select(*COLUMNS).where(TOLD.c.name == given("name")))
AMONG = Question(itself, select(TOLD.c.name).where(any_of(TOLD.c.id, "ids")).order_by(TOLD.c.name))
IF_TOLD = Question(itself, select(TOLD.c.name).where(any_of_if_told(TOLD.c.id, "ids")).order_by(TOLD.c.name))
BETWEEN = Question(
    itself,
    select(TOLD.c.name)
    .where(TOLD.c.on.between(given("first"), given("last")), TOLD.c.name != "c")
    .order_by(TOLD.c.name)
    .limit(5),
)
COUNT = Question(itself, select(func.count()).select_from(TOLD).where(TOLD.c.is_new.is_(True)))


@pytest.fixture
def rows(database):
    TOLD.create(database.engine)
    rows = [
        Answer(uuid4(), name, AT, on, Decimal("7.500001"), b"\0\xff", is_new=is_new)
        for name, on, is_new in (("a", date(2026, 1, 1), True), ("b", None, False), ("c", date(2026, 2, 1), True))
    ]
    with database.writing() as db:
        db.execute(TOLD.insert(), [asdict(row) for row in rows])
    return rows


def test_an_answer_holds_the_values_that_were_kept(database, rows):
    with database.reading() as db:
        for _ in range(2):
            assert NAMED.one(db, name="a") == rows[0]
        assert NAMED.first(db, name="b").on is None
        assert NAMED.first(db, name="nobody") is None


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


def test_what_was_just_changed_is_among_the_answers(database):
    named = Question(itself, sqlmodel.select(Product.name_fi).where(sqlmodel.col(Product.code) == given("code")))
    with database.writing() as db:
        db.add(Product(code="new", kind="sales", name_fi="Uusi", name_sv="Ny", name_en="New"))
        assert named.all(db, code="new") == ["Uusi"]


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
    assert "told" in str(told.value)
    assert "somebody" not in str(told.value)
