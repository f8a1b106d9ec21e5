"""The outbox: an event stands there exactly when what it tells became true."""

import contextlib
import json
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlmodel import select

from portal.outbox.actions import Event, announce
from portal.outbox.models import OutboxEvent

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Moved(Event):
    kind: ClassVar[str] = "customer.moved"

    customer_number: str
    at: datetime


MOVED = Moved(customer_number="100001", at=NOW)


def waiting(database):
    with database.reading() as db:
        return db.exec(select(OutboxEvent)).all()


def test_an_event_waits_to_be_delivered(database):
    with database.writing() as db:
        announce(db, MOVED, NOW)
    [event] = waiting(database)
    assert (event.kind, event.created_at, event.delivered_at, event.attempts) == ("customer.moved", NOW, None, 0)
    assert json.loads(event.payload) == {"customer_number": "100001", "at": "2026-11-21T12:00:00Z"}
    assert isinstance(event.id, UUID)


def test_what_did_not_happen_is_not_told(database):
    with contextlib.suppress(ZeroDivisionError), database.writing() as db:
        announce(db, MOVED, NOW)
        raise ZeroDivisionError
    assert waiting(database) == []


def test_an_event_says_nothing_that_its_schema_does_not():
    with pytest.raises(ValidationError):
        Moved(customer_number="100001", at=NOW, name="Aino")
