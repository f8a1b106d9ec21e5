"""Deciding: a record is added and none ever overwritten; to decide what is so already adds nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Session

from portal.audit import actions as audit
from portal.auth.people import User
from portal.auth.reach import NamedParty
from portal.consents import queries, rules
from portal.consents.editions import Seen
from portal.consents.models import PermissionRecord
from portal.consents.notices import Edition
from portal.consents.records import Matrix
from portal.consents.rules import Action, Cell, Channel, DecisionKind, Purpose, Switch
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


def hold(db: Session, who: User) -> Matrix:
    """What holds for the person's party; until this transaction ends nobody else decides for it.

    Raises NotACustomer.
    """
    lock_party(db, who)
    matrix = queries.matrix(db, who)
    if matrix is None:
        raise NotACustomer
    return matrix


def decide(
    db: Session, who: User, matrix: Matrix, requests: Mapping[Cell, Switch], seen: Seen[Edition], now: datetime
) -> Sequence[PermissionRecord]:
    """Record how a person wants cells of a matrix to be that they `hold`; returns only what changes something.

    Raises LastChannel; then nothing has been recorded.
    """
    if purpose := rules.unreachable(matrix.subject, requests, matrix.in_force):
        raise LastChannel(purpose)
    number = max((record.sequence for record in matrix.in_force.values()), default=0)
    news = enumerate(rules.news(requests, matrix.in_force).items(), start=number + 1)
    records = [_record(sequence, who, matrix, request, seen, now) for sequence, request in news]
    for record in records:
        db.add(record)
        audit.record(db, _act(record), now)
        announce(db, _event(record, matrix.party), now)
    return records


def _record(
    sequence: int, who: User, matrix: Matrix, request: tuple[Cell, Switch], seen: Seen[Edition], now: datetime
) -> PermissionRecord:
    cell, switch = request
    wording = seen.edition.wording(cell, seen.language)
    replaced = rules.standing(cell, matrix.in_force)
    return PermissionRecord(
        id=uuid4(),
        sequence=sequence,
        party_id=matrix.party.id,
        account_id=who.account_id,
        assurance=who.acr,
        kind=cell.kind,
        purpose=cell.purpose,
        channel=cell.channel,
        action=rules.action(cell.kind, switch),
        at=now,
        where=HERE,
        ground=cell.ground,
        notice_id=cell.purpose,
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


def _event(record: PermissionRecord, customer: NamedParty) -> PermissionDecided:
    return PermissionDecided(
        record_id=record.id,
        customer_number=customer.customer_number,
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
