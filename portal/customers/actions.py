"""What customers change about how they are reached and billed: each is kept, told to the utility, and audited."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from portal.audit import actions as audit
from portal.auth.people import ConfirmedUser, User
from portal.customers import change_requests
from portal.customers.change_requests import Billing, Channel, Matter, PostalAddress
from portal.customers.contact import TO_CONFIRM, Contact, Typed, asked_at, contacts, hash_of
from portal.customers.locks import lock_party
from portal.customers.lookups import addressee, decides_for
from portal.customers.models import ContactChange, ContactDraft, MailboxLink, Party
from portal.kit.allowance import DayIsFull, free_at
from portal.kit.clock import day_of
from portal.kit.db import one_at_a_time, table_of, upsert
from portal.kit.i18n import Language, text
from portal.outbox.actions import Event, announce

AGAIN_AFTER = timedelta(minutes=1)  # a double click asks once
LETTERS_A_DAY = 5


class TooManyLetters(DayIsFull):
    """Letters to new addresses are limited: nobody's mailbox is to be filled through us."""

    says = text("You have given as many new email addresses as we take in one day. Try again tomorrow, or call us.")


class ContactChanged(Event):
    """A customer changed their preferred e-mail address or phone number; None where they want none to be kept."""

    kind: ClassVar[str] = "contact.changed"

    change_id: UUID
    customer_number: str
    party_id: UUID
    contact: Literal[Matter.EMAIL, Matter.PHONE]
    value: str | None
    at: datetime


class AddressChanged(Event):
    """A customer changed where their post goes."""

    kind: ClassVar[str] = "address.changed"

    change_id: UUID
    customer_number: str
    party_id: UUID
    street: str
    postcode: str
    town: str
    country: str
    at: datetime


class BillingChanged(Event):
    """A customer chose how their bills come; by e-mail to their preferred address, unless one is named."""

    kind: ClassVar[str] = "billing.changed"

    change_id: UUID
    customer_number: str
    party_id: UUID
    channel: Channel
    email: str | None
    reference: str | None
    at: datetime


class LanguageChanged(Event):
    """A customer chose the language of their bills and letters."""

    kind: ClassVar[str] = "language.changed"

    change_id: UUID
    customer_number: str
    party_id: UUID
    language: Language
    at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """What one press of a button changed, of one or several customer numbers, and the first of them.

    `matters` hold at once; `to_confirm` is an e-mail address that counts when its mailbox has answered, by the
    request's id; `old_emails` are the different addresses at which the numbers were reached before, each with the
    first party that was.
    """

    request_id: UUID
    party_id: UUID
    matters: tuple[Matter, ...]
    to_confirm: str | None
    old_emails: Mapping[str, UUID]


def change_contact(db: Session, who: ConfirmedUser, typed: Typed, now: datetime) -> Changed | None:
    """Ask for another e-mail address or phone number, of every number that the person is a customer under.

    Both are in their normal form; what is empty shall go. None where all is so already.
    Raises TooManyLetters, and nothing is written then.
    """
    changed = _change(db, who, {Matter.EMAIL: typed.email, Matter.PHONE: typed.phone}, now)
    db.connection().execute(delete(ContactDraft).where(col(ContactDraft.account_id) == who.account_id))
    return changed


def change_address(db: Session, who: User, address: PostalAddress, now: datetime) -> Changed | None:
    """Ask for another postal address. None where it is so already."""
    return _change(db, who, {Matter.ADDRESS: change_requests.written(address)}, now)


def change_billing(db: Session, who: User, billing: Billing, now: datetime) -> Changed | None:
    """Ask for another way of billing. None where it is so already."""
    return _change(db, who, {Matter.BILLING: change_requests.written(billing)}, now)


def change_language(db: Session, who: User, language: Language, now: datetime) -> Changed | None:
    """Ask for bills and letters in another language. None where it is so already."""
    return _change(db, who, {Matter.LANGUAGE: language}, now)


def keep_draft(db: Session, who: User, typed: Typed, now: datetime) -> None:
    """Keep what somebody typed until they have proved who they are, in the place of what they typed before."""
    rows = [
        {"account_id": who.account_id, "party_id": one, "email": typed.email, "phone": typed.phone, "typed_at": now}
        for one in sorted(who.parties)
    ]
    upsert(db, table_of(ContactDraft), rows)


def mailbox_link(db: Session, request_id: UUID, now: datetime) -> str:
    """A token for the letter to a new address, which nobody can learn from the register afterwards."""
    token = secrets.token_urlsafe(32)
    db.add(MailboxLink(token_hash=hash_of(token), request_id=request_id, expires_at=now + TO_CONFIRM))
    return token


def confirm_email(db: Session, request_id: UUID, now: datetime) -> bool:
    """Let a new address count, as its mailbox has answered; False where it need not, or cannot any more.

    Whoever asked must still decide for the customer: the letter may be older than the end of their mandate.
    """
    waits = col(ContactChange.counts_from).is_(None) & col(ContactChange.withdrawn_at).is_(None)
    asked = (
        select(ContactChange, Party)
        .join(Party, col(Party.id) == ContactChange.party_id)
        .where(ContactChange.request_id == request_id, waits, col(ContactChange.asked_at) >= now - TO_CONFIRM)
        .order_by(col(Party.id))
        .with_for_update(of=ContactChange)
    )
    found = [pair for pair in db.exec(asked) if _stands(db, pair[0], now)]
    for change, party in found:
        known = addressee(db, party.id)
        change.before = known.email if known else ""
        change.counts_from = now
        _tell(db, change, party.customer_number, now)
    return bool(found)


def ask_again(db: Session, who: User, now: datetime) -> Changed | None:
    """Ask a new address once more; the former letter's link is dead then. None where there is nothing to ask.

    The old addresses heard of it the first time. Raises TooManyLetters.
    """
    lock_party(db, who)
    waiting = [fact.waiting for one in contacts(db, who) if (fact := one.facts[Matter.EMAIL]).waiting]
    if not waiting or waiting[0].at > now - AGAIN_AFTER:
        return None
    for party_id in who.parties:
        _withdraw(db, party_id, Matter.EMAIL, now)
    changed = _change(db, who, {Matter.EMAIL: waiting[0].after}, now)
    return replace(changed, old_emails={}) if changed else None


def _change(db: Session, who: User, wanted: Mapping[Matter, str], now: datetime) -> Changed | None:
    """Write down what differs from what was last asked for, number by number, under one request."""
    lock_party(db, who)
    before, request = contacts(db, who), _Request(uuid4(), who.account_id, now)
    wanted_now = [(contact, matter, value) for contact in before for matter, value in wanted.items()]
    if any(_is_new_address(*change) for change in wanted_now):
        _leave_room(db, who, now)
    changes = [change for one in wanted_now if (change := _recorded(db, request, *one))]
    if not changes:
        return None
    to_confirm = [change.after for change in changes if _waits(change)]
    changed = {change.party_id for change in changes}
    return Changed(
        request_id=request.id,
        party_id=changes[0].party_id,
        matters=tuple(dict.fromkeys(Matter(change.matter) for change in changes if not _waits(change))),
        to_confirm=to_confirm[0] if to_confirm else None,
        old_emails=_old_emails(one for one in before if one.party_id in changed),
    )


def _old_emails(contacts: Iterable[Contact]) -> Mapping[str, UUID]:
    found: dict[str, UUID] = {}
    for one in contacts:
        if address := one.facts[Matter.EMAIL].now:
            found.setdefault(address, one.party_id)
    return found


def _leave_room(db: Session, who: User, now: datetime) -> None:
    one_at_a_time(db, f"new addresses of {who.account_id}")  # whomever they act for meanwhile
    if full_until := free_at(db, asked_at(who), LETTERS_A_DAY, now):
        raise TooManyLetters(full_until)


def _is_new_address(contact: Contact, matter: Matter, value: str) -> bool:
    """Whether a change is to an e-mail address that is not known to be the customer's: its mailbox is asked first."""
    return matter is Matter.EMAIL and value not in ("", contact.facts[matter].asked, *contact.emails)


@dataclass(frozen=True, slots=True)
class _Request:
    """One press of a button: by whom and when."""

    id: UUID
    account_id: UUID
    at: datetime


def _recorded(db: Session, request: _Request, contact: Contact, matter: Matter, value: str) -> ContactChange | None:
    """The change that was written down, or the one that was taken back; None where all is as it should be."""
    fact = contact.facts[matter]
    if value == fact.asked:
        return None
    taken_back = _withdraw(db, contact.party_id, matter, request.at)
    if value == fact.now:
        return taken_back
    is_new_address = _is_new_address(contact, matter, value)
    change = ContactChange(
        request_id=request.id,
        party_id=contact.party_id,
        account_id=request.account_id,
        matter=matter,
        sequence=_next(db, contact.party_id, matter),
        before=fact.register,
        after=value,
        asked_at=request.at,
        counts_from=None if is_new_address else request.at,
    )
    db.add(change)
    if is_new_address:
        audit.record(db, _act(change, "asked"), request.at)
    else:
        _tell(db, change, contact.customer_number, request.at)
    return change


def _waits(change: ContactChange) -> bool:
    return change.counts_from is None and change.withdrawn_at is None


def _withdraw(db: Session, party_id: UUID, matter: Matter, now: datetime) -> ContactChange | None:
    """Take back what waits to be confirmed: its link is dead from now on."""
    waiting = select(ContactChange).where(
        ContactChange.party_id == party_id,
        ContactChange.matter == matter,
        col(ContactChange.counts_from).is_(None),
        col(ContactChange.withdrawn_at).is_(None),
    )
    change = db.exec(waiting.with_for_update()).first()
    if change is not None:
        change.withdrawn_at = now
        audit.record(db, _act(change, "withdrawn"), now)
    return change


def _stands(db: Session, change: ContactChange, now: datetime) -> bool:
    return decides_for(db, change.account_id, change.party_id, day_of(now))


def _next(db: Session, party_id: UUID, matter: Matter) -> int:
    of_matter = (col(ContactChange.party_id) == party_id) & (col(ContactChange.matter) == matter)
    return (db.exec(select(func.max(ContactChange.sequence)).where(of_matter)).one() or 0) + 1


def _tell(db: Session, change: ContactChange, customer_number: str, now: datetime) -> None:
    """Write into the audit trail that a change counts, and let the utility hear of it."""
    audit.record(db, _act(change, "changed"), now)
    announce(db, _event(change, customer_number, now), now)


def _event(change: ContactChange, customer_number: str, now: datetime) -> Event:
    head = {"change_id": change.id, "customer_number": customer_number, "party_id": change.party_id, "at": now}
    match Matter(change.matter):
        case Matter.EMAIL | Matter.PHONE as contact:
            return ContactChanged(contact=contact, value=change.after or None, **head)
        case Matter.ADDRESS:
            return AddressChanged(**json.loads(change.after), **head)
        case Matter.BILLING:
            return BillingChanged(**json.loads(change.after), **head)
        case Matter.LANGUAGE:
            return LanguageChanged(language=Language(change.after), **head)


def _act(change: ContactChange, deed: str) -> audit.Act:
    return audit.Act(
        act=f"{change.matter}.{deed}",
        object_kind="contact_change",
        object_id=change.id,
        account_id=change.account_id,
        party_id=change.party_id,
    )
