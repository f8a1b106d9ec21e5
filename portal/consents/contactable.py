"""Which of many customers may be contacted: asked by those who would contact them."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from portal.consents.models import PermissionRecord
from portal.consents.rules import Channel, DecisionSubject, Purpose, may_contact
from portal.customers.models import Party


def contactable(db: Session, parties: Collection[UUID], purpose: Purpose, channel: Channel) -> frozenset[UUID]:
    """Of some parties those that may be contacted for a purpose by a channel, by all that they decided until now."""
    decisions = defaultdict(list)
    for record in db.exec(select(PermissionRecord).where(col(PermissionRecord.party_id).in_(parties))):
        decisions[record.party_id].append(record)
    asked = db.exec(select(Party).where(col(Party.id).in_(parties)))
    return frozenset(
        party.id for party in asked if may_contact(DecisionSubject(party.kind), decisions[party.id], purpose, channel)
    )
