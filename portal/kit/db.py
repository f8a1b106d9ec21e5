"""The database: one engine, and one transaction per request or job.

Everything that differs between SQLite and PostgreSQL stands here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    SQLColumnExpression,
    Table,
    Uuid,
    event,
    func,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session, SQLModel, create_engine

from portal.kit import private
from portal.kit.outages import CONNECT_S, renew_lost_connections
from portal.kit.sight import ASK_BOUND, BOUND, NOTHING, Sight, run

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SIGHT: Final = "portal.sight"  # among the options of a connection
PATIENCE = "busy_timeout=5000"
PRAGMAS = (
    "page_size=16384",  # before the file has pages: 1.1 bytes a reading instead of 1.4
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    PATIENCE,
    "trusted_schema=OFF",
    "secure_delete=ON",
    "recursive_triggers=ON",  # else a row that INSERT OR REPLACE removes passes by the trigger that refuses it
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, also on SQLite, which keeps no time zone.

    Raises ValueError when a naive datetime is written.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Hands out sessions that commit once, at the end, or not at all."""

    def __init__(self, url: str, **options: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own keywords
        # A failed statement is logged; what it carried may be somebody's personal data.
        self.engine = create_engine(url, hide_parameters=True, **options)
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine)
        else:
            _prepare_postgresql(self.engine)
        self._reader = self.engine.execution_options(reads=True)
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        self._hasty = self._writer.execution_options(waits=False)
        self.sight = NOTHING

    def seen_by(self, sight: Sight) -> "Database":
        """The same database, of which transactions see so far, where it keeps to that; the connections are shared."""
        seen = copy(self)
        seen.sight = sight
        return seen

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads: PostgreSQL refuses what changes something, SQLite throws it away."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield _seeing(session, self.sight)
            _let_go(session)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed when the block returns and rolled back when it raises."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield _seeing(session, self.sight)

    @contextmanager
    def writing_at_once(self) -> Iterator[Session]:
        """The same for what may as well be written later: on SQLite it is busy at once where another one writes.

        PostgreSQL's writers wait for each other only where they change one row.
        """
        with Session(self._hasty, expire_on_commit=False) as session, session.begin():
            yield _seeing(session, self.sight)


def _seeing(session: Session, sight: Sight) -> Session:
    """The session, which says what it sees in the breath in which it begins; where nobody is known it begins later."""
    if sight is not NOTHING and session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={SIGHT: sight})
    return session


def _let_go(session: Session) -> None:
    """End a transaction that has only read by COMMIT: at ROLLBACK psycopg forgets which statements are prepared.

    PostgreSQL plans what policies belong to for longer than it runs it.
    """
    if session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.expunge_all()  # nothing is to be written
        session.commit()


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model, for statements that read columns rather than objects."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def holds_one_of(column: str, values: Iterable[str]) -> str:
    """The constraint that a column holds one of some words, in their order."""
    return "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))


def within(column: SQLColumnExpression[Any], ids: Collection[UUID] | None) -> ColumnElement[bool]:
    """Whether a column holds one of some ids; always, where None says that all are meant."""
    return true() if ids is None else column.in_(ids)


def insert_or_skip(db: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; those whose primary key or unique column is taken are left as they are."""
    if rows:
        _insert_all(db, table, rows, "ON CONFLICT DO NOTHING")


def upsert(db: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where the primary key is taken, the other given columns are overwritten."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    fresh = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name not in keys)
    _insert_all(db, table, rows, f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {fresh}")


def _insert_all(db: Session, table: Table, rows: Sequence[dict[str, Any]], otherwise: str) -> None:
    """Insert rows that have the same columns, in one statement for all of them, put in words by hand.

    What SQLAlchemy does for each row costs several times what a database does.
    """
    connection, names = db.connection(), list(rows[0])
    dialect = connection.dialect
    kinds = [table.c[name].type.dialect_impl(dialect) for name in names]
    columns: list[Sequence[Any]] = []
    for name, kind in zip(names, kinds, strict=True):
        values, encode = [row[name] for row in rows], kind.bind_processor(dialect)
        columns.append(_encoded(values, kind, encode) if encode else values)
    into = f"INSERT INTO {table.name} ({', '.join(names)})"
    if dialect.name == "postgresql":
        arrays = ", ".join(f"{_place(kind)}::{kind.compile(dialect)}[]" for kind in kinds)
        every = f"{into} SELECT * FROM unnest({arrays}) {otherwise}"  # noqa: S608 - names of tables and types
        connection.exec_driver_sql(every, tuple(columns))
    else:
        places = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"{into} VALUES ({places}) {otherwise}", list(zip(*columns, strict=True)))


def _encoded(values: Sequence[Any], kind: TypeEngine[Any], encode: Callable[[Any], Any]) -> Sequence[Any]:
    """Values as a driver takes them; of days and times each is put so once, for many rows have the same."""
    if not isinstance(kind, Date | Instant):
        return list(map(encode, values))
    once = {value: encode(value) for value in set(values)}
    return [once[value] for value in values]


def _place(kind: TypeEngine[Any]) -> str:
    """The place of an array in a statement: bytes go as they are; as text they cost twenty times as much."""
    return "%b" if isinstance(kind, LargeBinary | Uuid) else "%s"


def take_over(db: Session, table: Table, row: dict[str, Any], where: ColumnElement[bool]) -> bool:
    """Insert a row; where its primary key is taken, overwrite the row that stands, if this is true of it.

    Whether the row stands now. Of two at once the second waits for the first, and is asked about what that one wrote.
    """
    keys = [column.name for column in table.primary_key]
    insert = _insert(db, table).values(row)
    fresh = {name: insert.excluded[name] for name in row if name not in keys}
    done = insert.on_conflict_do_update(index_elements=keys, set_=fresh, where=where).returning(*table.primary_key)
    return db.connection().execute(done).first() is not None


def one_at_a_time(db: Session, what: str) -> None:
    """Wait until no other transaction holds the same word, and hold it until this one ends.

    On SQLite there is nothing to wait for: whoever writes has been alone since BEGIN IMMEDIATE.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.connection().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def _insert(db: Session, table: Table) -> Any:  # noqa: ANN401 - the two dialects share no base with ON CONFLICT
    return postgresql.insert(table) if db.get_bind().dialect.name == "postgresql" else sqlite.insert(table)


def _prepare_postgresql(engine: Engine) -> None:
    renew_lost_connections(engine)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Dialect, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:  # noqa: ANN401
        options.setdefault("connect_timeout", CONNECT_S)

    @event.listens_for(engine, "connect")
    def connected(dbapi_connection: Any, record: Any) -> None:  # noqa: ANN401
        dbapi_connection.autocommit = True  # what it begins, it begins itself (below)
        record.info[BOUND] = dbapi_connection.execute(ASK_BOUND).fetchone()[0]

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        begins, sight = "BEGIN READ ONLY" if options.get("reads") else "BEGIN", options.get(SIGHT, NOTHING)
        says = sight is not NOTHING and connection.info.get(BOUND)
        run(connection, f"{begins}; {sight.statement}" if says else begins)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def make(_dialect: Dialect, _record: Any, arguments: Sequence[str], _options: Any) -> None:  # noqa: ANN401
        if not arguments[0].startswith((":memory:", "file:")):
            private.made(Path(arguments[0]))  # what SQLite puts beside it has the same mode

    @event.listens_for(engine, "connect")
    def connect(dbapi_connection: Any, _record: Any) -> None:  # noqa: ANN401
        dbapi_connection.isolation_level = None
        for pragma in PRAGMAS:
            dbapi_connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        begins = options.get("begin", "BEGIN")
        if options.get("waits", True):
            connection.exec_driver_sql(begins)
            return
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql(begins)
        finally:
            connection.exec_driver_sql(f"PRAGMA {PATIENCE}")
