"""How the utility's own systems tell of decisions that customers made elsewhere, and how they join those made here."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlmodel import Session, col, select

from portal.consents.models import PermissionRecord
from portal.consents.rules import MATRIX, Action, Channel, DecisionKind, DecisionSubject, Place, Purpose, in_force
from portal.customers.importing import CustomerNumber
from portal.customers.models import Party
from portal.kit.feed import FeedRow, ImportContext, Moment, Outcome, Refusal, Verdict, Written, unknown, words
from portal.kit.i18n import Language


class Notice(FeedRow):
    """The privacy notice that the customer was shown or read."""

    id: Annotated[str, words(40)] = Field(description="Its name.", examples=["privacy"])
    version: Annotated[str, words(20)] = Field(description="Its version.", examples=["2026-1"])
    sha256: Annotated[str, Written(r"[0-9a-f]{64}", "must be 64 hexadecimal digits in small letters", longest=64)] = (
        Field(description="SHA-256 of its text, hexadecimal.", examples=["0" * 64])
    )
    language: Language = Field(description="The language it was in.", examples=["fi"])


class PermissionEntry(FeedRow):
    """One decision of a customer. Decisions are only ever added; the latest one is in force."""

    customer_number: CustomerNumber
    kind: DecisionKind = Field(
        description="consent (given permits), objection (given prohibits) or preference (given chooses).",
        examples=["consent"],
    )
    purpose: Purpose = Field(description="What for.", examples=["direct-marketing"])
    channel: Channel = Field(description="By which way; any where the purpose has none.", examples=["email"])
    action: Action = Field(description="Given or withdrawn.", examples=["given"])
    at: Moment = Field(description="When, in UTC.", examples=["2026-11-21T18:30:00Z"])
    where: Literal["phone", "letter", "feed"] = Field(
        description="Where: by phone, by letter, or in another of the utility's systems.", examples=["phone"]
    )
    ground: Annotated[str, words(80)] = Field(
        description="The legal ground.", examples=["GDPR 6(1)(a); Act 917/2014 s. 200(1)"]
    )
    notice: Notice = Field(description="What the customer was told.")


def keep_permissions(db: Session, rows: Sequence[PermissionEntry], context: ImportContext) -> list[Verdict]:
    """Add decisions, in the order in which they were made; one that is known already changes nothing.

    Like every decision, one from elsewhere never comes before one that is in force.
    """
    books = _books(db, {row.customer_number for row in rows})
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].at):
        row = rows[place]
        book = books.get(row.customer_number)
        verdicts[place] = book.add(db, row, context.now) if book else unknown("customer", row.customer_number)
    db.flush()
    return [verdicts[place] for place in range(len(rows))]


def _books(db: Session, customer_numbers: Collection[str]) -> dict[str, "_Decisions"]:
    """The books of customers, who decide nothing elsewhere until this transaction ends."""
    asked = select(Party).where(col(Party.customer_number).in_(customer_numbers)).order_by(col(Party.id))
    parties = db.exec(asked.with_for_update(key_share=True)).all()
    records = defaultdict(list)
    for record in db.exec(
        select(PermissionRecord).where(col(PermissionRecord.party_id).in_([party.id for party in parties]))
    ):
        records[record.party_id].append(record)
    return {party.customer_number: _Decisions(party, records[party.id]) for party in parties}


class _Decisions:
    """The decisions of one customer, and the latest of each kind, purpose and channel."""

    def __init__(self, party: Party, records: Sequence[PermissionRecord]) -> None:
        self._party_id = party.id
        self._cells = {(cell.kind, cell.purpose, cell.channel) for cell in MATRIX[DecisionSubject(party.kind)]}
        self._sequence = max((record.sequence for record in records), default=0)
        self._latest = in_force(records)
        self._known = {(*_cell(record), record.at): record for record in records}

    def add(self, db: Session, row: PermissionEntry, now: datetime) -> Verdict:
        known = self._known.get((*_cell(row), row.at))
        if known is not None:
            same = known.action == row.action
            return Outcome.UNCHANGED if same else Refusal("another decision of that instant is known already")
        latest = self._latest.get(_cell(row))
        if _cell(row) not in self._cells:
            return Refusal(f"a customer of this kind has no {row.kind} on {row.purpose} by {row.channel}")
        if row.at > now:
            return Refusal("at lies in the future")
        if latest is not None and row.at < latest.at:
            return Refusal("a later decision is in force")
        self._sequence += 1
        record = _record(self._party_id, self._sequence, row, latest)
        self._latest[_cell(row)] = self._known[*_cell(row), row.at] = record
        db.add(record)
        return Outcome.ACCEPTED


def _cell(decision: PermissionEntry | PermissionRecord) -> Place:
    return decision.kind, decision.purpose, decision.channel


def _record(party_id: UUID, sequence: int, row: PermissionEntry, replaces: PermissionRecord | None) -> PermissionRecord:
    return PermissionRecord(
        sequence=sequence,
        party_id=party_id,
        kind=row.kind,
        purpose=row.purpose,
        channel=row.channel,
        action=row.action,
        at=row.at,
        where=row.where,
        ground=row.ground,
        notice_id=row.notice.id,
        notice_version=row.notice.version,
        notice_sha256=row.notice.sha256,
        language=row.notice.language,
        replaces_id=replaces.id if replaces else None,
    )
