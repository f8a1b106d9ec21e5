"""Taking turns: of two who act for the same customer at once, the second sees what the first one did."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.customers.models import Party


def lock_party(db: Session, who: User) -> None:
    """Wait until nobody else acts for the person's parties, and hold them until this transaction ends."""
    lock(db, who.parties)


def lock(db: Session, parties: Collection[UUID]) -> None:
    """The same of some parties.

    What merely refers to a party, as every invoice does, is not held up. On SQLite writers have taken turns already.
    """
    own = select(Party.id).where(col(Party.id).in_(parties)).order_by(col(Party.id))
    db.exec(own.with_for_update(key_share=True)).all()
