"""Occupancies of parties, whoever asks: for deciding in whose matters somebody is."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from portal.sites.models import Occupancy


def any_held(db: Session, parties: Collection[UUID]) -> bool:
    """Whether any of these parties holds, held or will hold a site."""
    theirs = select(Occupancy.id).where(col(Occupancy.party_id).in_(parties)).limit(1)
    return db.exec(theirs).first() is not None
