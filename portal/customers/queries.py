"""Whom a person may choose to act for."""

from datetime import date
from uuid import UUID

from sqlmodel import Session, select

from portal.auth.people import User
from portal.customers.models import Mandate
from portal.customers.scope import held_by, in_force
from portal.kit.errors import NotThere


class NoSuchParty(NotThere):
    """No party of that id that this person is or may act for."""


def choice(db: Session, who: User, party_id: UUID, today: date) -> UUID | None:
    """Whom a person will act for who chooses a party: None for themselves.

    Raises NoSuchParty for one that they neither are nor may act for today.
    """
    if party_id in who.reach.own:
        return None
    given = select(Mandate.id).where(Mandate.grantor_id == party_id, held_by(who), in_force(today))
    if db.exec(given.limit(1)).first() is None:
        raise NoSuchParty
    return party_id
