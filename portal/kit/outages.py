"""When the database cannot serve just now: it is away, full, or held by others. Nothing is wrong with what was asked.

Codes are those of the databases: SQLSTATE (PostgreSQL, appendix A) and SQLite's result codes (sqlite.org/rescode.html).
"""

import select
import sqlite3
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as NoneFree

CONNECT_S: Final = 5  # psycopg itself waits for more than two minutes
UNREACHABLE: Final = "unreachable"
NONE_FREE: Final = "no connection free"
# Connection lost; out of disk, memory or connections; shut down or starting; then serialization, deadlock, lock, time.
SQLSTATES: Final = ("08", "53", "57P", "40001", "40P01", "55P03", "57014")
SQLITE: Final = {
    sqlite3.SQLITE_BUSY: "SQLITE_BUSY",
    sqlite3.SQLITE_LOCKED: "SQLITE_LOCKED",
    sqlite3.SQLITE_FULL: "SQLITE_FULL",
    sqlite3.SQLITE_IOERR: "SQLITE_IOERR",
    sqlite3.SQLITE_READONLY: "SQLITE_READONLY",
    sqlite3.SQLITE_CANTOPEN: "SQLITE_CANTOPEN",
}


def outage(failed: BaseException) -> str | None:
    """The database's code, where a failure says that it cannot serve just now; None where something else is wrong."""
    if isinstance(failed, NoneFree):
        return NONE_FREE
    if not isinstance(failed, DBAPIError):
        return None
    if isinstance(failed.orig, sqlite3.Error):
        return SQLITE.get(getattr(failed.orig, "sqlite_errorcode", 0) & 0xFF)
    state = getattr(failed.orig, "sqlstate", None)
    if state is None:
        return UNREACHABLE if failed.connection_invalidated or _never_connected(failed) else None
    return state if state.startswith(SQLSTATES) else None


def renew_lost_connections(engine: Engine) -> None:
    """Replace connections that the server has closed, as when it restarts, before anybody asks something of them.

    An idle server says nothing: one that is silent is there, and costs no round trip (`pool_pre_ping` makes one for
    each request). Whoever has something to say is asked whether they still serve.
    """

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, _record: Any, _proxy: Any) -> None:  # noqa: ANN401
        if not _is_silent(connection):
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as gone:
                raise InvalidatePoolError from gone


def _is_silent(connection: Any) -> bool:  # noqa: ANN401
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)


def _never_connected(failed: DBAPIError) -> bool:
    """Whether it failed before there was a connection, and so before any statement."""
    return failed.statement is None
