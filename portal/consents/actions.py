"""Deciding: a record is added and none ever overwritten; to decide what is so already adds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Session

from portal.audit import actions as audit
from portal.auth.people import User
from portal.consents import queries, rules
from portal.consents.models import PermissionRecord
from portal.consents.notices import Edition
from portal.consents.queries import Decider, Matrix
from portal.consents.rules import Action, Channel, DecisionKind, DecisionRequest, Purpose
from portal.customers.locks import lock_party
from portal.kit.errors import Refused
from portal.kit.i18n import Language, text
from portal.outbox.actions import Event, announce

HERE = "portal"


class NotACustomer(Refused):
    """There is no party to decide for."""

    says = text("You have no customer number with us yet, so there is nothing to decide.")


class LastChannel(Refused):
    """The request would leave notices that cannot be refused without a way to reach the customer."""

    says = text("At least one channel must stay on. Turn on another one first.")

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose)
        self.purpose = purpose


class PermissionDecided(Event):
    """A customer decided about one thing; what holds from `at` on."""

    kind: ClassVar[str] = "permission.decided"

    record_id: UUID
    customer_number: str
    party_id: UUID
    permission: DecisionKind
    purpose: Purpose
    channel: Channel
    action: Action
    at: datetime
    ground: str
    notice_id: str
    notice_version: str
    notice_sha256: str
    language: Language


@dataclass(frozen=True, slots=True)
class Seen:
    """The words that a customer had before them when deciding."""

    edition: Edition
    language: Language


def decide(
    db: Session, who: User, requests: Sequence[DecisionRequest], seen: Seen, now: datetime
) -> Sequence[PermissionRecord]:
    """Record what a person asks for their party; returns only what changes something.

    Raises NotACustomer, LastChannel; then nothing has been recorded.
    """
    matrix = _alone(db, who)
    if purpose := rules.unreachable(matrix.decider.subject, requests, matrix.in_force):
        raise LastChannel(purpose)
    number = max((record.sequence for record in matrix.in_force.values()), default=0)
    news = enumerate(rules.news(requests, matrix.in_force), start=number + 1)
    records = [_record(sequence, who, matrix, request, seen, now) for sequence, request in news]
    for record in records:
        db.add(record)
        audit.record(db, _act(record), now)
        announce(db, _event(record, matrix.decider), now)
    return records


def _alone(db: Session, who: User) -> Matrix:
    """What holds for the person's party; until this transaction ends nobody else decides for it."""
    lock_party(db, who)
    matrix = queries.matrix(db, who)
    if matrix is None:
        raise NotACustomer
    return matrix


def _record(
    sequence: int, who: User, matrix: Matrix, request: DecisionRequest, seen: Seen, now: datetime
) -> PermissionRecord:
    cell, wording = request.cell, seen.edition.wording(request.cell, seen.language)
    replaced = rules.standing(cell, matrix.in_force)
    return PermissionRecord(
        id=uuid4(),
        sequence=sequence,
        party_id=matrix.decider.party_id,
        account_id=who.account_id,
        assurance=who.acr,
        kind=cell.kind,
        purpose=cell.purpose,
        channel=cell.channel,
        action=rules.action(cell.kind, request.switch),
        at=now,
        where=HERE,
        ground=cell.ground,
        notice_id=wording.purpose,
        notice_version=wording.edition,
        notice_sha256=wording.sha256,
        language=wording.language,
        replaces_id=replaced.id if replaced else None,
    )


def _act(record: PermissionRecord) -> audit.Act:
    return audit.Act(
        act=f"{record.kind}.{record.action}",
        object_kind="permission_record",
        object_id=record.id,
        account_id=record.account_id,
        party_id=record.party_id,
        details={"purpose": record.purpose, "channel": record.channel},
    )


def _event(record: PermissionRecord, decider: Decider) -> PermissionDecided:
    return PermissionDecided(
        record_id=record.id,
        customer_number=decider.customer_number,
        party_id=record.party_id,
        permission=DecisionKind(record.kind),
        purpose=Purpose(record.purpose),
        channel=Channel(record.channel),
        action=Action(record.action),
        at=record.at,
        ground=record.ground,
        notice_id=record.notice_id,
        notice_version=record.notice_version,
        notice_sha256=record.notice_sha256,
        language=Language(record.language),
    )
