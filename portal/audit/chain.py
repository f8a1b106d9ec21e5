"""Whether the audit is whole: every entry in its place, unchanged, hanging on the one before it, to the very end."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlmodel import Session

from portal.audit.models import AuditEntry
from portal.audit.rules import BEGINNING, ChainEntry, ChainHead, hash_of

AT_ONCE = 5_000
NEVER = datetime.min.replace(tzinfo=UTC)

COLUMNS = AuditEntry.__table__.c  # type: ignore[attr-defined] # SQLModel does not type its tables


@dataclass(frozen=True, slots=True)
class Wrong:
    """The first entry that is not as it should be, by its number, and in what way."""

    number: int
    how: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How the audit was found: the end that it has, how many entries were looked at, the first that is wrong.

    `end` is None for an audit without entries; where something is wrong, it is the last entry that is right.
    """

    end: ChainHead | None
    entries: int
    wrong: Wrong | None


class NoSuchEntry(Exception):
    """No entry has the hash from which the audit was to be looked through: it was cut there, or written anew."""


def end(db: Session) -> ChainHead | None:
    """The newest entry: how many there are, its hash, and when it was written; None where there is none."""
    newest = select(COLUMNS.number, COLUMNS.hash, COLUMNS.at).order_by(COLUMNS.number.desc()).limit(1)
    found = db.execute(newest).first()
    return ChainHead(*found) if found else None


def last_number(db: Session) -> int:
    """The number of the newest entry, 0 where there is none: all that reports may read of where the audit ends."""
    return db.execute(select(func.max(COLUMNS.number))).scalar() or 0


def hash_at(db: Session, number: int) -> bytes | None:
    """The hash of an entry, None where there is none of that number."""
    return db.execute(select(COLUMNS.hash).where(COLUMNS.number == number)).scalar()


def verify(db: Session, heads: Iterable[ChainHead] = (), since: bytes | None = None) -> Verified:
    """Look through the audit, or what follows the entry with a hash, and compare it with heads that are kept elsewhere.

    Entries stream through; the audit may be longer than memory. Without heads nobody can tell whether entries were cut
    off at the very end, or the chain was written anew from some entry on. Raises NoSuchEntry.
    """
    first, previous_hash = (1, BEGINNING) if since is None else _link(db, since)
    vouched: defaultdict[int, set[bytes]] = defaultdict(set)
    for head in heads:
        vouched[head.number].add(head.hash)
    last = ChainHead(first - 1, previous_hash, NEVER)
    wanted = select(*(COLUMNS[name] for name in ChainEntry.__slots__), COLUMNS.hash).order_by(COLUMNS.number)
    with db.execute(wanted.where(COLUMNS.number >= first), execution_options={"yield_per": AT_ONCE}) as rows:
        for *values, kept in rows:
            entry = ChainEntry(**dict(zip(ChainEntry.__slots__, values, strict=True)))
            wrong = _wrong(entry, kept, last, vouched.get(entry.number, set()))
            if wrong:
                return _verified(last, first, wrong)
            last = ChainHead(entry.number, kept, entry.at)
    missing = max(vouched, default=0) > last.number
    return _verified(last, first, Wrong(last.number + 1, "is missing, as are all after it") if missing else None)


def _link(db: Session, entry_hash: bytes) -> tuple[int, bytes]:
    """The number of the entry with a hash, and the hash on which it hangs."""
    wanted = select(COLUMNS.number, COLUMNS.previous_hash).where(COLUMNS.hash == entry_hash)
    found = db.execute(wanted).first()
    if found is None:
        raise NoSuchEntry
    return found[0], found[1]


def _wrong(entry: ChainEntry, kept: bytes, before: ChainHead, vouched: set[bytes]) -> Wrong | None:
    expected = before.number + 1
    if entry.number != expected:
        return Wrong(expected, "is missing")
    if entry.previous_hash != before.hash:
        return Wrong(expected, "does not hang on the one before it")
    if hash_of(entry) != kept:
        return Wrong(expected, "is not as it was written")
    if vouched - {kept}:
        return Wrong(expected, "is not the one that was there when its head was kept: it, or one before it, is new")
    return None


def _verified(last: ChainHead, first: int, wrong: Wrong | None) -> Verified:
    entries = last.number - first + 1
    return Verified(last if entries else None, entries, wrong)
