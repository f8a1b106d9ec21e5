"""Whether the audit is whole: every entry in its place, unchanged, hanging on the one before it."""

from sqlalchemy import select
from sqlmodel import Session

from portal.audit.models import AuditEntry
from portal.audit.rules import BEGINNING, Entry, hash_of

AT_ONCE = 5_000

COLUMNS = AuditEntry.__table__.c  # type: ignore[attr-defined] # SQLModel does not type its tables


def verify(db: Session) -> int | None:
    """The number of the first entry that is missing or not as it was written; None where all are whole.

    Entries stream through; the audit may be longer than memory. Entries cut off at the very end, or a chain
    that was written anew from some entry on, show only against a copy of the newest hash kept elsewhere.
    """
    previous_hash = BEGINNING
    wanted = select(*(COLUMNS[name] for name in Entry.__slots__), COLUMNS.hash).order_by(COLUMNS.number)
    with db.execute(wanted, execution_options={"yield_per": AT_ONCE}) as rows:
        for expected, (*values, kept) in enumerate(rows, start=1):
            entry = Entry(**dict(zip(Entry.__slots__, values, strict=True)))
            if entry.number != expected or entry.previous_hash != previous_hash or hash_of(entry) != kept:
                return expected
            previous_hash = kept
    return None
