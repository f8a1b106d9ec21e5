"""How a customer is reached and billed: what the register says, and what they have changed here since."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.auth.people import User
from portal.customers import change_requests, words
from portal.customers.change_requests import Billing, ChangeRequest, Channel, Matter, PostalAddress
from portal.customers.models import (
    BillingDetails,
    ContactChange,
    ContactDetail,
    ContactDraft,
    ContactKind,
    MailboxLink,
    Party,
    PartyKind,
)
from portal.customers.rhythms import RHYTHMS, BillingRhythm
from portal.kit.clock import day_of
from portal.kit.i18n import Text
from portal.kit.sight import show
from portal.outbox.models import OutboxEvent

DRAFT_AGE = timedelta(hours=1)
TO_CONFIRM = timedelta(hours=48)

Belonging = TypeVar("Belonging", ContactDetail, ContactChange)


@dataclass(frozen=True, slots=True)
class Fact:
    """One matter: what the register says, the change that it has yet to follow, and one that waits to be confirmed."""

    register: str
    change: ChangeRequest | None = None
    waiting: ChangeRequest | None = None

    @property
    def now(self) -> str:
        """What holds."""
        return self.change.after if self.change else self.register

    @property
    def asked(self) -> str:
        """What the customer last asked for: what a form shows."""
        return self.waiting.after if self.waiting else self.now

    @property
    def changed_on(self) -> date | None:
        """The day of the change that the register has yet to follow."""
        return day_of(self.change.at) if self.change else None


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer, each matter as it stands, and what the register holds beside the preferred address and number.

    rhythm, due_day: how often bills come, and on which day of the month they fall due; None where nobody has told
    """

    party_id: UUID
    customer_number: str
    kind: str
    name: str
    business_id: str | None
    facts: Mapping[Matter, Fact]
    other_emails: tuple[str, ...]
    other_phones: tuple[str, ...]
    rhythm: BillingRhythm | None = None
    due_day: int | None = None

    @property
    def emails(self) -> tuple[str, ...]:
        """The addresses that are known to be the customer's, the preferred one first."""
        first = self.facts[Matter.EMAIL].now
        return tuple(dict.fromkeys((*([first] if first else ()), *self.other_emails)))

    @property
    def billing_emails(self) -> tuple[str, ...]:
        """The addresses that bills may go to, the preferred one first: bills that name none go there."""
        billing = self.billing
        return tuple(dict.fromkeys((*self.emails, *([billing.email] if billing and billing.email else ()))))

    @property
    def address(self) -> PostalAddress | None:
        """Where post goes."""
        return change_requests.address(self.facts[Matter.ADDRESS].now)

    @property
    def billing(self) -> Billing | None:
        """How bills come, None where nobody has told."""
        return change_requests.billing(self.facts[Matter.BILLING].now)

    @property
    def is_company(self) -> bool:
        """Whether it is a company."""
        return self.kind == PartyKind.COMPANY

    @property
    def way_of_billing(self) -> Text | None:
        """How bills come, in words."""
        return words.channel(self.billing.channel, self.kind) if self.billing else None

    @property
    def rhythm_words(self) -> Text | None:
        """How often bills come, in words."""
        return RHYTHMS[self.rhythm] if self.rhythm else None

    @property
    def bills_to(self) -> str | None:
        """The address that bills go to; None where they come in another way, or nobody has told."""
        billing = self.billing
        if billing is None or billing.channel is not Channel.EMAIL:
            return None
        return billing.email or self.facts[Matter.EMAIL].now or None


@dataclass(frozen=True, slots=True)
class Typed:
    """An e-mail address and a phone number as somebody typed them."""

    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A new e-mail address, and since when it counts; None while its mailbox has not answered."""

    address: str
    counts_from: datetime | None


def contacts(db: Session, who: User) -> Sequence[Contact]:
    """The parties that a person handles now, by customer number."""
    mine = select(Party).where(col(Party.id).in_(who.parties)).order_by(Party.customer_number)
    parties = db.exec(mine).all()
    details, billing, changes = _details(db, who), _billing(db, who), _changes(db, who)
    return [_contact(party, details[party.id], billing.get(party.id), changes[party.id]) for party in parties]


def first(db: Session, who: User) -> Contact | None:
    """The first of them; None for somebody who is no customer."""
    return next(iter(contacts(db, who)), None)


def draft(db: Session, who: User, now: datetime) -> Typed | None:
    """What the person typed before they went to prove who they are, as long as it is fresh."""
    mine = (
        select(ContactDraft)
        .where(ContactDraft.account_id == who.account_id, col(ContactDraft.party_id).in_(who.parties))
        .where(col(ContactDraft.typed_at) > now - DRAFT_AGE)
    )
    found = db.exec(mine).first()
    return Typed(found.email, found.phone) if found else None


def asked_at(who: User) -> SelectOfScalar[datetime]:
    """When a person asked for another e-mail address, however it ended: once a request, the newest first."""
    mine = (ContactChange.account_id == who.account_id) & (ContactChange.matter == Matter.EMAIL)
    each = func.min(ContactChange.asked_at)
    return select(each).where(mine).group_by(col(ContactChange.request_id)).order_by(each.desc())


def asked_by(db: Session, token: str, now: datetime) -> UUID | None:
    """The request that a letter's link belongs to; None for a link that is not ours or has expired."""
    of_link = select(MailboxLink.request_id).where(MailboxLink.token_hash == hash_of(token))
    request_id = db.exec(of_link.where(col(MailboxLink.expires_at) >= now)).first()
    if request_id:
        show(db, ContactChange.request_id, request_id)
    return request_id


def hash_of(token: str) -> bytes:
    """What is kept of a link's token: it has 256 random bits, so that nobody finds it by its hash."""
    return hashlib.sha256(token.encode()).digest()


def mailbox(db: Session, request_id: UUID, now: datetime) -> Mailbox | None:
    """The new address that a request is about; None where it was taken back, or waited for too long."""
    of_letter = select(ContactChange).where(
        ContactChange.request_id == request_id,
        ContactChange.matter == Matter.EMAIL,
        col(ContactChange.withdrawn_at).is_(None),
    )
    change = db.exec(of_letter).first()
    if change is None or (change.counts_from is None and change.asked_at < now - TO_CONFIRM):
        return None
    return Mailbox(change.after, change.counts_from)


def is_unreached(db: Session, who: User) -> bool:
    """Whether the letter to a new address that waits to be confirmed was given up: nobody will answer it."""
    lost = (
        select(ContactChange.id)
        .join(OutboxEvent, col(OutboxEvent.about) == ContactChange.request_id)
        .where(col(ContactChange.party_id).in_(who.parties), ContactChange.matter == Matter.EMAIL)
        .where(col(ContactChange.counts_from).is_(None), col(ContactChange.withdrawn_at).is_(None))
        .where(col(OutboxEvent.given_up_at).is_not(None))
    )
    return db.exec(lost.limit(1)).first() is not None


def _details(db: Session, who: User) -> Mapping[UUID, Sequence[ContactDetail]]:
    mine = select(ContactDetail).where(col(ContactDetail.party_id).in_(who.parties))
    return _by_party(db.exec(mine.order_by(col(ContactDetail.position), ContactDetail.value)))


def _billing(db: Session, who: User) -> Mapping[UUID, BillingDetails]:
    mine = select(BillingDetails).where(col(BillingDetails.party_id).in_(who.parties))
    return {row.party_id: row for row in db.exec(mine)}


def _changes(db: Session, who: User) -> Mapping[UUID, Sequence[ContactChange]]:
    mine = select(ContactChange).where(col(ContactChange.party_id).in_(who.parties))
    living = mine.where(col(ContactChange.withdrawn_at).is_(None))
    return _by_party(db.exec(living.order_by(col(ContactChange.sequence))))


def _by_party(rows: Iterable[Belonging]) -> Mapping[UUID, Sequence[Belonging]]:
    found: dict[UUID, list[Belonging]] = defaultdict(list)
    for row in rows:
        found[row.party_id].append(row)
    return found


def _contact(
    party: Party,
    details: Sequence[ContactDetail],
    billing: BillingDetails | None,
    changes: Sequence[ContactChange],
) -> Contact:
    register = _register(party, details, billing)
    facts = {matter: _fact(register[matter], [one for one in changes if one.matter == matter]) for matter in Matter}
    return Contact(
        party_id=party.id,
        customer_number=party.customer_number,
        kind=party.kind,
        name=party.name,
        business_id=party.business_id,
        facts=facts,
        other_emails=_values(details, ContactKind.EMAIL)[1:],
        other_phones=_values(details, ContactKind.PHONE)[1:],
        rhythm=BillingRhythm(billing.rhythm) if billing and billing.rhythm else None,
        due_day=billing.due_day if billing else None,
    )


def _register(party: Party, details: Sequence[ContactDetail], billing: BillingDetails | None) -> Mapping[Matter, str]:
    """What the register says, matter by matter."""
    bills = Billing(Channel(billing.channel), billing.email, billing.reference) if billing else None
    return {
        Matter.EMAIL: next(iter(_values(details, ContactKind.EMAIL)), ""),
        Matter.PHONE: next(iter(_values(details, ContactKind.PHONE)), ""),
        Matter.ADDRESS: change_requests.written(_post(party)),
        Matter.BILLING: change_requests.written(bills),
        Matter.LANGUAGE: party.language,
    }


def _post(party: Party) -> PostalAddress | None:
    if party.street is None:
        return None
    return PostalAddress(party.street, party.postcode or "", party.town or "", party.country or "")


def _values(details: Sequence[ContactDetail], kind: ContactKind) -> tuple[str, ...]:
    return tuple(one.value for one in details if one.kind == kind)


def _fact(register: str, changes: Sequence[ContactChange]) -> Fact:
    counting = [ChangeRequest(one.before, one.after, one.counts_from) for one in changes if one.counts_from]
    waiting = [ChangeRequest(one.before, one.after, one.asked_at) for one in changes if not one.counts_from]
    return Fact(register, change_requests.outstanding(register, counting), waiting[-1] if waiting else None)
