"""Adds the decisions that the utility's own systems tell of to those made in the portal."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from portal.consents.feed import PermissionEntry
from portal.consents.models import PermissionRecord
from portal.consents.rules import MATRIX, DecisionSubject, Place, in_force
from portal.customers.models import Party
from portal.kit.feed import Outcome, Refusal, Verdict, unknown


def keep_permissions(db: Session, rows: Sequence[PermissionEntry], now: datetime) -> list[Verdict]:
    """Add decisions, in the order in which they were made; one that is known already changes nothing.

    Like every decision, one from elsewhere never comes before one that is in force.
    """
    books = _books(db, {row.customer_number for row in rows})
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].at):
        row = rows[place]
        book = books.get(row.customer_number)
        verdicts[place] = book.add(db, row, now) if book else unknown("customer", row.customer_number)
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
