"""How far a transaction sees, as it tells PostgreSQL: of the same person of whom every query asks.

SQLite knows no rows of anybody, nor does a PostgreSQL that one role alone uses: there all of this does nothing. Whether
policies bind a connection its role says, not a setting: they are made for the app's role (migrations/rights.py).
"""

from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

T = TypeVar("T")
BOUND: Final = "portal.is_bound"  # in the info of a connection
ASK_BOUND: Final = """SELECT EXISTS (SELECT FROM pg_policy WHERE polrelid = to_regclass('party') AND polname = 'app'
  AND to_regrole(quote_ident(current_user))::oid = ANY (polroles) AND row_security_active(polrelid))"""


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose things are seen: of which account, under which own customer numbers, of which parties, at which sites.

    sites: None for all of the parties' sites
    """

    account: UUID | None = None
    own: frozenset[UUID] = frozenset()
    parties: frozenset[UUID] = frozenset()
    sites: frozenset[UUID] | None = None

    @property
    def statement(self) -> str:
        """The statement that says so, made of nothing but ids."""
        accounts = () if self.account is None else (self.account,)
        sites = "NULL" if self.sites is None else _array(self.sites)
        return f"SELECT portal_see({_array(accounts)}, {_array(self.own)}, {_array(self.parties)}, {sites})"


NOTHING: Final = Sight()


def see(db: Session, sight: Sight) -> None:
    """See so far from now on, until the transaction ends; what keys opened before is out of sight again."""
    connection = db.connection()
    if connection.info.get(BOUND):
        run(connection, sight.statement)


def show(db: Session, column: Any, value: bytes | UUID) -> None:  # noqa: ANN401 - a model's column, as `col` has it
    """Show the value of a key, before it is known who asks: what it opens is seen from now on (`kit/belonging.py`).

    Pending changes are written first: a row that has just been made is opened, too.
    """
    connection = db.connection()
    if connection.info.get(BOUND):
        db.flush()
        run(connection, shown(column, value))


def shown(column: Any, value: bytes | UUID) -> str:  # noqa: ANN401
    """The statement that shows a key."""
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return f"SELECT portal_show('{column.class_.__tablename__}.{column.key}', '{text}')"


def run(connection: Connection, statement: str) -> None:
    """Run what is written as it stands, several statements at once if need be; nothing of it is prepared or logged."""
    driver: Any = connection.connection.driver_connection
    errors = connection.dialect.loaded_dbapi.Error
    try:
        driver.execute(statement, prepare=False)
    except errors as failed:
        raise DBAPIError.instance(None, None, failed, errors, hide_parameters=True) from failed


def _array(ids: Any) -> str:  # noqa: ANN401 - any collection of ids
    return f"'{{{','.join(str(one) for one in sorted(ids))}}}'"
