"""Questions that are put into SQL once, and answered as small records.

An ordinary `select()` is built, compiled and turned into objects anew each time it is asked; on a page that asks twenty
times this is nearly all of its cost. A Question is built once, from columns and the names of what is given when it is
asked. Use it where a page waits for it; elsewhere a plain `select()` reads better.
"""

import json
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from itertools import starmap
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Dialect,
    Label,
    SelectBase,
    SQLColumnExpression,
    Text,
    Uuid,
    bindparam,
    or_,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session

R = TypeVar("R")
Converter = Callable[[Any], Any]


class Question(Generic[R]):
    """A `select()` with names for what is given, and what a row becomes: a record of its columns in their order."""

    def __init__(self, into: Callable[..., R], statement: SelectBase) -> None:
        """Take what makes an answer of a row's columns, and the statement; nothing is compiled yet."""
        self._into, self._statement = into, statement
        self._worded: dict[str, _Wording] = {}

    def all(self, db: Session, **given: Any) -> list[R]:  # noqa: ANN401 - as many kinds as columns have
        """Every answer. Raises KeyError where something is not given, and what SQLAlchemy raises."""
        if db.autoflush:
            db.flush()
        connection = db.connection()
        wording = self._worded.get(connection.dialect.name) or self._put_in_words(connection.dialect)
        return list(starmap(self._into, wording.rows(connection, given)))

    def first(self, db: Session, **given: Any) -> R | None:  # noqa: ANN401
        """The first answer, None without any; the statement says `limit(1)` where there may be many."""
        return next(iter(self.all(db, **given)), None)

    def one(self, db: Session, **given: Any) -> R:  # noqa: ANN401
        """The only answer. Raises ValueError where there is not exactly one."""
        (answer,) = self.all(db, **given)
        return answer

    def __str__(self) -> str:
        """The statement, with names for what is given."""
        return str(self._statement)

    def _put_in_words(self, dialect: Dialect) -> "_Wording":
        worded = self._worded[dialect.name] = _Wording(self._statement, dialect)
        return worded


def itself(value: R) -> R:
    """What a row of one column becomes."""
    return value


def as_row(*row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - as many kinds as columns have
    """What a row of several columns becomes where it makes no record."""
    return row


def given(name: str, type_: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """A value that is given when the question is asked; its type is that of the column it is compared with."""
    return bindparam(name, type_=type_, required=True)


def any_of(column: SQLColumnExpression[Any], name: str) -> ColumnElement[bool]:
    """Whether a column holds one of the values that are given under a name, however many they are."""
    return _AnyOf(column, name)


def any_of_if_told(column: SQLColumnExpression[Any], name: str) -> ColumnElement[bool]:
    """The same; always, where None is given: that says that all are meant."""
    one_of_them = _AnyOf(column, name)
    return or_(one_of_them.given.is_(None), one_of_them)


def listed(column: SQLColumnExpression[str]) -> ColumnElement[str]:
    """All values of a column in one, with commas between, in no order; None where there are none."""
    return _Listed(column)


class _Wording:
    """A statement in the words of one kind of database."""

    def __init__(self, statement: SelectBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        binds = compiled.binds
        self._sql, self._dialect = str(compiled), dialect
        self._errors = dialect.loaded_dbapi.Error
        self._encode = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
        self._fixed = {
            name: _changed(self._encode.pop(name), bind.value) for name, bind in binds.items() if not bind.required
        }
        self._places = compiled.positiontup  # None where the driver takes values by name
        self._columns = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._decode: list[tuple[int, Converter]] | None = None  # the first answer's description tells

    def rows(self, connection: Connection, given: dict[str, Any]) -> Iterable[Any]:
        """The rows, with each value as the columns' types have it."""
        values = self._fixed | {name: _changed(convert, given[name]) for name, convert in self._encode.items()}
        cursor = self._asked(connection, [values[name] for name in self._places] if self._places else values)
        if self._decode is None:
            self._decode = self._decoders(cursor.description)
        rows: list[Any] = cursor.fetchall()
        return _decoded(rows, self._decode) if rows and self._decode else rows

    def _asked(self, connection: Connection, values: Any) -> Any:  # noqa: ANN401 - the driver's own
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(self._sql, values)
        except self._errors as failed:
            raise DBAPIError.instance(self._sql, None, failed, self._errors, hide_parameters=True) from failed

    def _decoders(self, description: Any) -> list[tuple[int, Converter]]:  # noqa: ANN401 - as PEP 249 has it
        columns = zip(self._columns, description, strict=True)
        processors = ((kind, kind.result_processor(self._dialect, told[1])) for kind, told in columns)
        converters = (_remembering(self._dialect.name, kind, convert) for kind, convert in processors)
        return [(at, convert) for at, convert in enumerate(converters) if convert]


_REMEMBERED: dict[tuple[str, str], Converter] = {}  # of each kind of database, for all questions


def _remembering(dialect: str, kind: TypeEngine[Any], convert: Converter | None) -> Converter | None:
    """The same; ids and days that came last are remembered: many rows hold them, and making one of text costs more."""
    if convert is None or not isinstance(kind, Uuid | Date):
        return convert
    return _REMEMBERED.setdefault((dialect, kind.__visit_name__), lru_cache(maxsize=20_000)(convert))


def _decoded(rows: list[Any], decode: list[tuple[int, Converter]]) -> Iterable[Any]:
    """Rows of a driver, column by column: nothing is done row by row that is not a record in the end."""
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for at, convert in decode:
        columns[at] = map(convert, columns[at])
    return zip(*columns, strict=True)


def _changed(convert: Converter | None, value: Any) -> Any:  # noqa: ANN401
    return convert(value) if convert else value


class _Several(TypeDecorator[Collection[Any]]):
    """Values of one type as one parameter: an array, or JSON for SQLite, which has none."""

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there is one."""
        return Text() if dialect.name == "sqlite" else ARRAY(self.of).dialect_impl(dialect)

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """A list for the driver, or its JSON."""
        if value is None:
            return None
        if dialect.name != "sqlite":
            return list(value)
        encode = self.of.dialect_impl(dialect).bind_processor(dialect)
        return json.dumps([_changed(encode, one) for one in value])


class _AnyOf(ColumnElement[bool]):
    inherit_cache = False

    def __init__(self, column: SQLColumnExpression[Any], name: str) -> None:
        self.column: Label[Any] = column.label(None)
        self.given = given(name, _Several(self.column.type))


@compiles(_AnyOf)
def _in_an_array(element: _AnyOf, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"{compiler.process(element.column, **kw)} = ANY ({compiler.process(element.given, **kw)})"


@compiles(_AnyOf, "sqlite")
def _in_json(element: _AnyOf, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    column, given = compiler.process(element.column, **kw), compiler.process(element.given, **kw)
    return f"{column} IN (SELECT value FROM json_each({given}))"  # noqa: S608 - of names and places alone


class _Listed(FunctionElement[str]):
    type = Text()
    inherit_cache = True


@compiles(_Listed)
def _string_agg(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"string_agg({compiler.process(element.clauses, **kw)}, ',')"


@compiles(_Listed, "sqlite")
def _group_concat(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    return f"group_concat({compiler.process(element.clauses, **kw)})"
