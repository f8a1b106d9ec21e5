"""What went wrong that none of our own complaints says: in the database, in the system, or where nobody foresaw it."""

import sqlite3
import traceback
from pathlib import Path

from sqlalchemy.exc import DatabaseError, DataError, IntegrityError


def sentence(wrong: Exception) -> str:
    """What went wrong. What nobody foresaw is told by kind and place only, for its message may hold a person."""
    if said := _of_database(wrong):
        first = said.splitlines()[0].rstrip(".")
        return f"The database cannot be used: {first}; PORTAL_DATABASE_URL, or that of its role, says where it is."
    if isinstance(wrong, OSError):
        return f"{wrong.filename or 'The system'}: {wrong.strerror or type(wrong).__name__}."
    last = traceback.extract_tb(wrong.__traceback__)[-1]
    place = f"{Path(last.filename).name} line {last.lineno}"
    return f"Something that nobody foresaw went wrong ({type(wrong).__name__} in {place}); please report it."


def _of_database(wrong: Exception) -> str | None:
    """What a database driver says that was out of reach, locked or full; not what it says about rows."""
    if isinstance(wrong, DatabaseError) and not isinstance(wrong, DataError | IntegrityError):
        return str(wrong.orig)
    return str(wrong) if isinstance(wrong, sqlite3.DatabaseError) else None
