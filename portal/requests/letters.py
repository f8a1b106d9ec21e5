"""Letters about requests, to the customer: that one was received, and that it was answered.

They tell nothing of it, but where the law asks for that.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.contracts.models import Contract
from portal.customers.lookups import addressee
from portal.kit import formats
from portal.kit.i18n import Spoken, Text, text
from portal.outbox.letters import letter
from portal.outbox.mail import post
from portal.requests.fields import said_day
from portal.requests.kind import Kind
from portal.requests.models import ServiceRequest
from portal.requests.rules import State

HOW: Text = text("To read more, sign in to the customer portal and open Service requests.")


def received(db: Session, row: ServiceRequest, kind: Kind[Any], now: datetime) -> None:
    """That a request came, and by when it is answered; nothing without an address to write to.

    Where the law asks for a receipt that says what was sent and when, it says so.
    """
    assert row.answer_by is not None  # noqa: S101 - a constraint of the table
    subject = text("We have received your request %(number)s", number=row.number)
    by = said_day(row.answer_by)
    body = text("Your request %(number)s is with us. We answer on %(day)s at the latest.", number=row.number, day=by)
    _post(db, row, subject, now, body, *(_sent(db, row, kind, now) if kind.tells else ()))


def answered(db: Session, row: ServiceRequest, now: datetime) -> None:
    """That a request was accepted, refused or done."""
    subject = text("Your request %(number)s has been answered", number=row.number)
    if row.state == State.DONE:
        subject = text("Your request %(number)s is done", number=row.number)
    _post(db, row, subject, now, text("We have written to you about your request %(number)s.", number=row.number))


def _sent(db: Session, row: ServiceRequest, kind: Kind[Any], now: datetime) -> Iterator[Text | str]:
    """What was sent: of which contract, and what was asked and answered about it, as it was read."""
    contract = db.get(Contract, row.contract_id) if row.contract_id else None
    about = f"{row.about} ({contract.number})" if contract else row.about
    yield text("Sent on %(at)s: %(what)s, %(about)s.", at=_at(now), what=kind.title, about=about)
    if row.said:
        yield row.said


def _post(db: Session, row: ServiceRequest, subject: Text, now: datetime, *body: Text | str) -> None:
    if to := addressee(db, row.party_id):
        post(db, letter(to, subject, *body, HOW), now)


def _at(instant: datetime) -> Spoken:
    return Spoken(lambda language: formats.instant(instant, language))
