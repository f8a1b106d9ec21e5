"""Letters to customers: put into the outbox in the transaction that gives reason to write; `portal jobs` sends them.

A letter holds a person's address and perhaps a link, so its content is erased as soon as it is sent or given up.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session

from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent, add

MAIL = "mail"
ERASED = "{}"


@dataclass(frozen=True)
class Letter:
    """A letter in plain text, in the person's language; it says no amounts and no identity codes.

    language: in which it is signed when it goes out (letters.py); None where it holds its signature already
    Raises ValueError where the address or the subject is more than one line.
    """

    to: str
    subject: str
    body: str
    party_id: UUID | None  # the customer whose matter it is
    language: Language | None = None

    def __post_init__(self) -> None:
        """Refuse what could become a header of its own."""
        if any(not line or not line.isprintable() for line in (self.to, self.subject)):
            raise ValueError("an address and a subject are one line each")


def post(db: Session, letter: Letter, now: datetime, about: UUID | None = None) -> None:
    """Put a letter into the outbox, in the caller's transaction: it is sent exactly when that is committed.

    `about` is what the letter asks for, by which one learns whether it was given up.
    """
    payload = LETTER.dump_json(letter).decode()
    add(db, OutboxEvent(kind=MAIL, party_id=letter.party_id, about=about, payload=payload, created_at=now, due_at=now))


def letter_in(row: OutboxEvent) -> Letter:
    """The letter that a row of the outbox holds."""
    return LETTER.validate_json(row.payload)


LETTER = TypeAdapter(Letter)
