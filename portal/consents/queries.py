"""What a customer has decided: what holds now, how it came about, and the receipt of each decision."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from portal.auth.people import User
from portal.consents import rules
from portal.consents.lookups import event, events
from portal.consents.models import PermissionRecord
from portal.consents.records import DecisionEvent, Matrix, PermissionSummary
from portal.consents.rules import Action, DecisionKind
from portal.customers.models import Party
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.questions import Question, given


class NoSuchReceipt(NotThere):
    """No decision of that id that this person may see."""


RECORD: Final = table_of(PermissionRecord)
NEWEST: Final = (
    sa.select(func.max(RECORD.c.sequence))
    .where(RECORD.c.party_id == given("party_id"))
    .group_by(*RECORD.c["kind", "purpose", "channel"])
)
_STANDS: Final = (RECORD.c.party_id == given("party_id")) & RECORD.c.sequence.in_(NEWEST)
STANDING: Final = Question(
    lambda kind, action, at: PermissionSummary(DecisionKind(kind), Action(action), at),
    sa.select(*RECORD.c["kind", "action", "at"]).where(_STANDS),
)


def permissions(db: Session, who: User) -> Sequence[PermissionSummary] | None:
    """What holds for the party that a person decides for, in no order; None where they are no customer."""
    party = who.reach.party
    return STANDING.all(db, party_id=party.id) if party else None


def matrix(db: Session, who: User) -> Matrix | None:
    """What holds for the party that a person decides for, None where they are no customer."""
    party = who.reach.party
    if party is None:
        return None
    held = select(PermissionRecord).where(_STANDS)
    return Matrix(party, rules.in_force(db.exec(held, params={"party_id": party.id}).all()))


def count(db: Session, who: User) -> int:
    """How many decisions the party's history holds."""
    party = who.reach.party
    if party is None:
        return 0
    return db.exec(select(func.count()).where(PermissionRecord.party_id == party.id)).one()


def history(db: Session, who: User, first: int, limit: int) -> Sequence[DecisionEvent]:
    """So many decisions of the party, the newest first, from the `first` on, which is counted from 0."""
    party = who.reach.party
    if party is None:
        return []
    own = events().where(PermissionRecord.party_id == party.id)
    newest_first = own.order_by(col(PermissionRecord.sequence).desc()).offset(first).limit(limit)
    return [event(*row) for row in db.exec(newest_first)]


def receipt(db: Session, who: User, record_id: UUID) -> tuple[DecisionEvent, Party]:
    """A decision of any party that a person acts for, and that party.

    Raises NoSuchReceipt.
    """
    seen = events().where(PermissionRecord.id == record_id, col(PermissionRecord.party_id).in_(who.parties))
    found = db.exec(seen).first()
    if found is None:
        raise NoSuchReceipt
    return event(*found), db.get_one(Party, found[0].party_id)
