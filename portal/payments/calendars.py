"""The secret addresses of calendars: made, ended, and what one of them shows to whoever knows it.

One calendar holds due dates and planned outages: it follows an outage that is put off or called off, as a file that was
fetched once does not, and there is one secret to keep, not two. It tells neither names, amounts nor addresses.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from portal.audit import actions as audit
from portal.auth.models import Account
from portal.auth.people import User
from portal.auth.reach import Theme
from portal.auth.rules import Way
from portal.customers.lookups import reach
from portal.invoices import banking_days, labels
from portal.invoices import queries as invoices
from portal.invoices.records import InvoiceHead
from portal.kit.clock import day_of
from portal.kit.db import one_at_a_time
from portal.kit.errors import NotThere
from portal.kit.i18n import Language, Spoken, text
from portal.kit.sight import see, show
from portal.outages import queries as outages
from portal.outages.records import OutageHead
from portal.payments import queries
from portal.payments.ics import DueDay, PlannedOutage, calendar
from portal.payments.models import CalendarLink

MOST: Final = 200
SECRET_BYTES: Final = 32


class NoSuchCalendar(NotThere):
    """Nobody's calendar has this address, or no longer."""


def made_at(db: Session, who: User) -> datetime | None:
    """When the address of a person's calendar was made, None where there is none."""
    return db.exec(select(CalendarLink.made_at).where(_of(who))).first()


def make(db: Session, who: User, now: datetime) -> str:
    """A new secret; the address before it is dead from now on."""
    one_at_a_time(db, f"calendar of {who.account_id}")
    _remove(db, who)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = CalendarLink(
        secret_hash=_hash(secret), account_id=who.account_id, party_id=who.reach.acting_for, made_at=now
    )
    db.add(link)
    _audit(db, who, "made", link.id, now)
    return secret


def end(db: Session, who: User, now: datetime) -> None:
    """End the calendar: its address is nobody's from now on."""
    for link_id in _remove(db, who):
        _audit(db, who, "ended", link_id, now)


def shown(db: Session, secret: str, base_url: str, today: date) -> bytes:
    """The calendar of a secret, as far as its maker may see things today: what they have to pay, outages to come.

    Raises NoSuchCalendar.
    """
    show(db, CalendarLink.secret_hash, _hash(secret))
    wanted = select(CalendarLink, Account).join(Account).where(CalendarLink.secret_hash == _hash(secret))
    found = db.exec(wanted).first()
    if found is None:
        raise NoSuchCalendar
    link, account = found
    now = reach(db, account.identity_index, link.party_id, today)
    if now.acting_for != link.party_id or not now.covers(Theme.BILLING):
        raise NoSuchCalendar
    who = User(
        account_id=account.id,
        session_id=link.id,
        name="",
        reach=now,
        acr="",
        known_since=account.created_at,
        way=Way.PASSWORD,  # it opens the least
    )
    see(db, who.sight)
    language = Language(account.language) if account.language else Language.FI
    due = [head for head in queries.told(db, who, invoices.due(db, who, MOST)) if head.to_pay]
    planned = {one.head.id: one.head for one in outages.here(db, who, today) if one.is_certain and one.head.is_planned}
    days = [_day(head, base_url, language) for head in due]
    hours = [_hours(head, base_url, language, today) for head in planned.values()]
    return calendar(text("Due dates and planned outages").said(language), [*days, *hours])


def _day(head: InvoiceHead, base_url: str, language: Language) -> DueDay:
    of = Spoken(lambda language: labels.subject(head.subject.kinds, language) or head.number)
    return DueDay(
        uid=f"{head.id}@{base_url.partition('://')[2]}",
        says=text("Invoice falls due: %(what)s", what=of).said(language),
        url=f"{base_url}/invoices/{head.id}#pay",
        made_on=head.issued_on,
        on=banking_days.on_or_after(head.due_on),
    )


def _hours(head: OutageHead, base_url: str, language: Language, today: date) -> PlannedOutage:
    return PlannedOutage(
        uid=f"{head.id}@{base_url.partition('://')[2]}",
        says=head.title.said(language),
        url=f"{base_url}/outages",
        made_on=min(today, day_of(head.starts_at)),
        starts_at=head.starts_at,
        until=head.expected_until,
    )


def _of(who: User) -> ColumnElement[bool]:
    """The address of a person for whomever they act now."""
    return (col(CalendarLink.account_id) == who.account_id) & (col(CalendarLink.party_id) == who.reach.acting_for)


def _remove(db: Session, who: User) -> Sequence[UUID]:
    return db.connection().execute(delete(CalendarLink).where(_of(who)).returning(col(CalendarLink.id))).scalars().all()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _audit(db: Session, who: User, deed: str, link_id: UUID, now: datetime) -> None:
    act = audit.Act(
        act=f"calendar.{deed}",
        object_kind="calendar_link",
        object_id=link_id,
        account_id=who.account_id,
        party_id=who.reach.acting_for,
    )
    audit.record(db, act, now)
