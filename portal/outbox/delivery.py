"""Handing on what stands in the outbox: claimed by one process at a time, tried again after growing pauses.

A claim moves `due_at` on, so that nobody else takes the row meanwhile, and comes back by itself where a process dies.
So everything is delivered at least once, and twice only with the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from portal.outbox import rules
from portal.outbox.mail import ERASED, MAIL
from portal.outbox.models import OutboxEvent


@dataclass(frozen=True)
class Backlog:
    """What waits of one kind, since when the oldest does, and how many were given up."""

    waiting: int
    oldest: datetime | None
    given_up: int


def claim_events(db: Session, most: int, now: datetime) -> Sequence[OutboxEvent]:
    """The next events, at most one of each customer: theirs go out in the order in which they became true."""
    earlier = aliased(OutboxEvent)
    blocked = (
        select(earlier.number)
        .where(earlier.party_id == OutboxEvent.party_id, earlier.kind != MAIL, _waits(earlier))
        .where(col(earlier.number) < col(OutboxEvent.number))
        .exists()
    )
    return _claim(db, (col(OutboxEvent.kind) != MAIL) & ~blocked, most, now)


def claim_letter(db: Session, now: datetime) -> OutboxEvent | None:
    """The next letter."""
    return next(iter(_claim(db, col(OutboxEvent.kind) == MAIL, 1, now)), None)


def settle(db: Session, rows: Sequence[OutboxEvent], now: datetime) -> None:
    """Say that these are delivered. Letters lose their content, which is the receiver's business only."""
    _change(db, rows, delivered_at=now)
    _erase(db, rows)


def put_off(db: Session, rows: Sequence[OutboxEvent], now: datetime) -> None:
    """Have these tried again, after a pause that grows with the attempts."""
    for attempts in {row.attempts for row in rows}:
        alike = [row for row in rows if row.attempts == attempts]
        _change(db, alike, due_at=now + rules.pause(attempts))


def give_up(db: Session, row: OutboxEvent, now: datetime) -> None:
    """Say that a letter will not be tried again."""
    _change(db, [row], given_up_at=now)
    _erase(db, [row])


def purge(db: Session, now: datetime) -> int:
    """Remove what was delivered or given up a month ago; how many rows."""
    past = now - rules.KEPT_AFTERWARDS
    ended = (col(OutboxEvent.delivered_at) < past) | (col(OutboxEvent.given_up_at) < past)
    return db.connection().execute(delete(OutboxEvent).where(ended)).rowcount


def events(db: Session) -> Backlog:
    """How the events stand."""
    return _backlog(db, col(OutboxEvent.kind) != MAIL)


def letters(db: Session) -> Backlog:
    """How the letters stand."""
    return _backlog(db, col(OutboxEvent.kind) == MAIL)


def _waits(row: type[OutboxEvent]) -> ColumnElement[bool]:
    return col(row.delivered_at).is_(None) & col(row.given_up_at).is_(None)


def _claim(db: Session, which: ColumnElement[bool], most: int, now: datetime) -> Sequence[OutboxEvent]:
    due = which & _waits(OutboxEvent) & (col(OutboxEvent.due_at) <= now)
    first = select(OutboxEvent).where(due).order_by(col(OutboxEvent.number)).limit(most)
    rows = db.exec(first.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.due_at = now + rules.CLAIM
        row.attempts += 1
    return rows


def _change(db: Session, rows: Sequence[OutboxEvent], **values: Any) -> None:  # noqa: ANN401 - columns of the table
    db.connection().execute(_these(rows).where(_waits(OutboxEvent)).values(**values))


def _erase(db: Session, rows: Sequence[OutboxEvent]) -> None:
    db.connection().execute(_these(rows).where(col(OutboxEvent.kind) == MAIL).values(payload=ERASED))


def _these(rows: Sequence[OutboxEvent]) -> Update:
    return update(OutboxEvent).where(col(OutboxEvent.number).in_([row.number for row in rows]))


def _backlog(db: Session, which: ColumnElement[bool]) -> Backlog:
    waits = _waits(OutboxEvent)
    asked = select(
        func.count().filter(waits),
        func.min(OutboxEvent.created_at).filter(waits),
        func.count().filter(col(OutboxEvent.given_up_at).is_not(None)),
    ).where(which)
    return Backlog(*db.exec(asked).one())
