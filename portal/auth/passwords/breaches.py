"""A list of stolen passwords, taken in from files of hashes."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from sqlmodel import Session, col, func, select

from portal.auth.passwords.models import BreachedPassword
from portal.kit.complaints import Complaint
from portal.kit.db import Database, insert_or_skip, table_of

LINE: Final = re.compile(r"([0-9A-Fa-f]{40})(?::(\d+))?")
PORTION: Final = 50_000


class NotHashes(Complaint):
    """A file is not what such lists are; the message names the line."""


def load(database: Database, path: Path, seen: int) -> int:
    """Take in a file: a SHA-1 in hexadecimal digits a line, with `:` and how often it was seen where that is told.

    Those seen less often than `seen` are left out; what is there stays. How many lines were taken.
    Raises NotHashes and OSError; the portions before the line that is wrong are kept.
    """
    taken = 0
    with path.open(encoding="ascii", errors="replace") as lines:
        hashes = _hashes(lines, seen)
        while portion := list(islice(hashes, PORTION)):
            with database.writing() as db:
                insert_or_skip(db, table_of(BreachedPassword), [{"hash": one} for one in portion])
            taken += len(portion)
    return taken


def is_loaded(db: Session) -> bool:
    """Whether there is any list."""
    return db.exec(select(func.count()).select_from(select(col(BreachedPassword.hash)).limit(1).subquery())).one() > 0


def _hashes(lines: Iterable[str], seen: int) -> Iterator[bytes]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = LINE.fullmatch(line.strip())
        if found is None:
            raise NotHashes(f"Line {number} is not a SHA-1 in 40 hexadecimal digits, with or without :COUNT behind it.")
        if found[2] is None or int(found[2]) >= seen:
            yield bytes.fromhex(found[1])[:10]
