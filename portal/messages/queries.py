"""Threads a person may see, what of them is unread, and what of their own they may write about."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BindParameter, ColumnElement, Integer, Select, exists, true
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.contracts.models import Contract
from portal.customers.models import Party
from portal.invoices import queries as invoices
from portal.invoices.models import Invoice
from portal.invoices.records import InvoiceHead
from portal.kit.allowance import free_at
from portal.kit.db import table_of, within
from portal.kit.errors import NotThere
from portal.kit.i18n import Language
from portal.kit.questions import Question, any_of, given, itself
from portal.messages.models import Message, MessageThread, ThreadReading, ThreadStatus
from portal.messages.rules import FEEDBACK_A_DAY, KINDS, MESSAGES_A_DAY, MessageKind, ThreadsShown, Topic
from portal.messages.scope import is_unread, news_since, read_by, visible_to
from portal.sites.models import Occupancy, Site

EXCERPT = 90  # characters: two lines on a phone


class NoSuchThread(NotThere):
    """No thread of that id that this person may see."""


class NoSuchThing(NotThere):
    """No site, contract or bill of that id that this person may see."""


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads somebody wants to see; an empty text is in all of them."""

    show: ThreadsShown = ThreadsShown.ALL
    text: str = ""


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """A thread in a list; the excerpt is how its newest message begins, in that message's language.

    invoice: the bill it is about, where the person may see that
    """

    id: UUID
    subject: str
    excerpt: str
    language: Language
    kind: MessageKind
    status: ThreadStatus | None
    at: datetime
    is_unread: bool
    invoice: InvoiceHead | None


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of a customer's that a thread is about: its id, the utility's number, and a site's street."""

    id: UUID
    number: str
    street: str = ""


@dataclass(frozen=True, slots=True)
class ThreadSubject:
    """Whose matter a thread is, and which of their things it concerns; the site is that of the bill or contract."""

    party_id: UUID
    customer_number: str
    site: Thing | None = None
    contract: Thing | None = None
    invoice: Thing | None = None

    @staticmethod
    def nothing(who: User) -> "ThreadSubject | None":
        """What a thread is about that concerns nothing in particular: the first customer number; None without any."""
        party = who.reach.party
        return ThreadSubject(party.id, party.customer_number) if party else None


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread. `author` is the account that wrote it, None for the utility."""

    kind: MessageKind
    body: str
    language: Language
    at: datetime
    name: str | None
    author: UUID | None


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with all its messages, the oldest first. `told_at` is what reading it now reads up to."""

    id: UUID
    number: str | None
    topic: Topic
    subject: str
    status: ThreadStatus | None
    kind: MessageKind
    last_at: datetime
    told_at: datetime | None
    is_unread: bool
    about: ThreadSubject
    messages: Sequence[ThreadMessage]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A thread as its row has it; the outer join may leave open whether it is unread."""

    id: UUID
    subject: str
    kind: str
    status: str | None
    last_at: datetime
    invoice_id: UUID | None
    is_unread: bool | None


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest message of a thread."""

    thread_id: UUID
    body: str
    language: str


def _unread(
    visible: ColumnElement[bool],
    account_id: UUID | BindParameter[UUID],
    since: datetime | BindParameter[datetime],
) -> SelectOfScalar[int]:
    threads = select(func.count()).select_from(MessageThread)
    return threads.join(ThreadReading, read_by(account_id), isouter=True).where(visible, is_unread(since))


def _listed(
    visible: ColumnElement[bool],
    account_id: UUID | BindParameter[UUID],
    since: datetime | BindParameter[datetime],
) -> Select[Any]:
    """The columns of _Listed, the newest thread first."""
    thread = table_of(MessageThread)
    return (
        sa.select(*thread.c["id", "subject", "kind", "status", "last_at", "invoice_id"], is_unread(since))
        .join(ThreadReading, read_by(account_id), isouter=True)
        .where(visible)
        .order_by(thread.c.last_at.desc(), thread.c.id)
    )


_OWN: Final = any_of(col(MessageThread.party_id), "parties")
_ASKED: Final = (_OWN, given("account_id"), given("since"))
UNREAD: Final[Question[int]] = Question(itself, _unread(*_ASKED))
LATEST: Final = Question(_Listed, _listed(*_ASKED).limit(given("limit", Integer())))
_RANKED: Final = (
    sa.select(
        *table_of(Message).c["thread_id", "body", "language"],
        func.row_number()
        .over(
            partition_by=col(Message.thread_id),
            order_by=(col(Message.sent_at).desc(), col(Message.number).desc(), col(Message.id).desc()),
        )
        .label("place"),
    )
    .where(any_of(col(Message.thread_id), "threads"))
    .subquery()
)
NEWEST: Final = Question(_Newest, sa.select(*_RANKED.c["thread_id", "body", "language"]).where(_RANKED.c.place == 1))


def unread(db: Session, who: User) -> int:
    """How many threads hold something that this person has not read."""
    since = news_since(db, who)
    if who.reach.is_full:
        return UNREAD.one(db, parties=who.parties, account_id=who.account_id, since=since)
    return db.exec(_unread(visible_to(who), who.account_id, since)).one()


def newest_told(db: Session, who: User) -> datetime | None:
    """When the newest message that the person may read was sent."""
    return db.exec(select(func.max(MessageThread.told_at)).where(visible_to(who))).one()


def counts(db: Session, who: User) -> Mapping[ThreadsShown, int]:
    """How many threads each choice shows, but for the unread ones."""
    each = select(MessageThread.kind, func.count()).where(visible_to(who)).group_by(MessageThread.kind)
    by_kind = Counter({MessageKind(kind): count for kind, count in db.exec(each)})
    shown = {show: sum(by_kind[kind] for kind in kinds) for show, kinds in KINDS.items()}
    return {ThreadsShown.ALL: by_kind.total(), **shown}


def count(db: Session, who: User, filters: ThreadFilter) -> int:
    """How many threads a filter lets through."""
    wanted = (
        select(func.count()).select_from(MessageThread).join(ThreadReading, read_by(who.account_id), isouter=True)
    ).where(visible_to(who), _wanted(db, who, filters))
    return db.exec(wanted).one()


def page(db: Session, who: User, filters: ThreadFilter, skip: int, limit: int) -> Sequence[ThreadEntry]:
    """So many threads that a filter lets through, the newest first."""
    return _entries(db, who, _wanted(db, who, filters), skip, limit)


def latest(db: Session, who: User, limit: int) -> Sequence[ThreadEntry]:
    """So many threads, the newest first."""
    if not who.reach.is_full:
        return _entries(db, who, true(), 0, limit)
    since = news_since(db, who)
    found = LATEST.all(db, parties=who.parties, account_id=who.account_id, since=since, limit=limit)
    return _entries_of(db, who, found)


def by_id(db: Session, who: User, thread_id: UUID) -> Thread:
    """One thread with its messages.

    Raises NoSuchThread.
    """
    wanted = (
        select(MessageThread, Party.customer_number, is_unread(news_since(db, who)))
        .join(Party, col(Party.id) == MessageThread.party_id)
        .join(ThreadReading, read_by(who.account_id), isouter=True)
        .where(visible_to(who), MessageThread.id == thread_id)
    )
    found = db.exec(wanted).first()
    if found is None:
        raise NoSuchThread
    thread, customer_number, is_new = found
    return Thread(
        id=thread.id,
        number=thread.number,
        topic=Topic(thread.topic),
        subject=thread.subject,
        status=ThreadStatus(thread.status) if thread.status else None,
        kind=MessageKind(thread.kind),
        last_at=thread.last_at,
        told_at=thread.told_at,
        is_unread=bool(is_new),
        about=_about(db, who, thread, customer_number),
        messages=[_said(message) for message in db.exec(_in_order([thread_id]))],
    )


def sites(db: Session, who: User) -> Sequence[Thing]:
    """The sites that a person may write about, held now or once, by street."""
    return [_place(site) for site in db.exec(_sites_of(who).order_by(Site.street, Site.number))]


def about_site(db: Session, who: User, site_id: UUID) -> ThreadSubject:
    """What a thread is about that concerns a site, for whichever of the person's parties holds or held it.

    Raises NoSuchThing.
    """
    held = (
        select(Site, Party)
        .join(Occupancy, col(Occupancy.site_id) == Site.id)
        .join(Party, col(Party.id) == Occupancy.party_id)
        .where(Site.id == site_id, col(Party.id).in_(who.parties), within(col(Site.id), who.reach.any_sites))
        .order_by(col(Occupancy.since).desc(), Party.customer_number)
    )
    found = db.exec(held).first()
    if found is None:
        raise NoSuchThing
    site, party = found
    return ThreadSubject(party.id, party.customer_number, site=_place(site))


def about_contract(db: Session, who: User, contract_id: UUID) -> ThreadSubject:
    """What a thread is about that concerns a contract.

    Raises NoSuchThing.
    """
    wanted = (
        select(Contract, Party.customer_number, Site)
        .join(Party, col(Party.id) == Contract.party_id)
        .join(Site, col(Site.id) == Contract.site_id)
        .where(Contract.id == contract_id, col(Contract.party_id).in_(who.parties))
        .where(within(col(Contract.site_id), who.reach.sites(Theme.CONTRACTS)))
    )
    found = db.exec(wanted).first()
    if found is None:
        raise NoSuchThing
    contract, customer_number, site = found
    return ThreadSubject(contract.party_id, customer_number, _place(site), contract=Thing(contract.id, contract.number))


def about_invoice(db: Session, who: User, invoice_id: UUID) -> ThreadSubject:
    """What a thread is about that concerns a bill.

    Raises NoSuchThing.
    """
    wanted = (
        select(Invoice, Party.customer_number, Site)
        .join(Party, col(Party.id) == Invoice.party_id)
        .join(Site, col(Site.id) == Invoice.site_id, isouter=True)
        .where(Invoice.id == invoice_id, col(Invoice.party_id).in_(who.parties))
        .where(within(col(Invoice.site_id), who.reach.sites(Theme.BILLING)))
    )
    found = db.exec(wanted).first()
    if found is None:
        raise NoSuchThing
    invoice, customer_number, site = found
    place = _place(site) if invoice.site_id else None
    return ThreadSubject(invoice.party_id, customer_number, place, invoice=Thing(invoice.id, invoice.number))


def sent_by(db: Session, who: User, form_key: UUID) -> UUID | None:
    """The thread of the message that a form of this person made, None where it has made none."""
    mine = (Message.account_id == who.account_id, Message.form_key == form_key)
    return db.exec(select(Message.thread_id).where(*mine)).first()


def may_write_again_at(db: Session, who: User, topic: Topic, now: datetime) -> datetime | None:
    """When this person may write about a topic again, whomever they write for; None for now."""
    written = select(Message.sent_at).where(Message.account_id == who.account_id).order_by(col(Message.sent_at).desc())
    feedback = written.join(MessageThread).where(MessageThread.topic == Topic.FEEDBACK)
    waits = [free_at(db, written, MESSAGES_A_DAY, now)]
    if topic is Topic.FEEDBACK:
        waits.append(free_at(db, feedback, FEEDBACK_A_DAY, now))
    return max((at for at in waits if at), default=None)


def _wanted(db: Session, who: User, filters: ThreadFilter) -> ColumnElement[bool]:
    """Which threads a filter lets through, where they are joined by `read_by`."""
    holds = _holds(filters.text) if filters.text else true()
    match filters.show:
        case ThreadsShown.ALL:
            return holds
        case ThreadsShown.UNREAD:
            return holds & is_unread(news_since(db, who))
        case ThreadsShown.BULLETINS | ThreadsShown.BILLS | ThreadsShown.ANSWERS | ThreadsShown.CONTACTS:
            return holds & col(MessageThread.kind).in_(KINDS[filters.show])


def _holds(text: str) -> ColumnElement[bool]:
    """Whether a text stands in a thread's subject or messages, in whatever case.

    SQLite knows upper and lower case of plain English letters only, so the usual ways of writing are all asked for.
    """
    ways = {text, text.lower(), text.upper(), text.capitalize()}
    said = or_(*(col(Message.body).icontains(way, autoescape=True) for way in ways))
    called = or_(*(col(MessageThread.subject).icontains(way, autoescape=True) for way in ways))
    return called | exists().where(col(Message.thread_id) == MessageThread.id, said)


def _entries(db: Session, who: User, which: ColumnElement[bool], skip: int, limit: int) -> Sequence[ThreadEntry]:
    wanted = _listed(visible_to(who) & which, who.account_id, news_since(db, who)).offset(skip).limit(limit)
    return _entries_of(db, who, [_Listed(*row) for row in db.connection().execute(wanted)])


def _entries_of(db: Session, who: User, listed: Sequence[_Listed]) -> Sequence[ThreadEntry]:
    newest = {one.thread_id: one for one in NEWEST.all(db, threads=[thread.id for thread in listed])}
    bills = invoices.of_ids(db, who, {thread.invoice_id for thread in listed if thread.invoice_id})
    return [
        _entry(thread, newest[thread.id], bills.get(thread.invoice_id) if thread.invoice_id else None)
        for thread in listed
    ]


def _entry(thread: _Listed, newest: _Newest, invoice: InvoiceHead | None) -> ThreadEntry:
    return ThreadEntry(
        id=thread.id,
        subject=thread.subject,
        excerpt=shorten(newest.body.partition("\n\n")[0], EXCERPT, placeholder="…"),
        language=Language(newest.language),
        kind=MessageKind(thread.kind),
        status=ThreadStatus(thread.status) if thread.status else None,
        at=thread.last_at,
        is_unread=bool(thread.is_unread),
        invoice=invoice,
    )


def _said(message: Message) -> ThreadMessage:
    return ThreadMessage(
        kind=MessageKind(message.kind),
        body=message.body,
        language=Language(message.language),
        at=message.sent_at,
        name=message.from_name,
        author=message.account_id,
    )


def _in_order(threads: Collection[UUID]) -> SelectOfScalar[Message]:
    return (
        select(Message)
        .where(col(Message.thread_id).in_(threads))
        .order_by(col(Message.sent_at), col(Message.number), col(Message.id))
    )


def _about(db: Session, who: User, thread: MessageThread, customer_number: str) -> ThreadSubject:
    """What a thread says it is about, as far as that is the customer's own."""
    site = db.exec(_sites_of(who).where(Site.id == thread.site_id)).first()
    contracts = select(Contract).where(Contract.id == thread.contract_id, col(Contract.party_id).in_(who.parties))
    invoices = select(Invoice).where(Invoice.id == thread.invoice_id, col(Invoice.party_id).in_(who.parties))
    contract, invoice = db.exec(contracts).first(), db.exec(invoices).first()
    return ThreadSubject(
        party_id=thread.party_id,
        customer_number=customer_number,
        site=_place(site) if site else None,
        contract=Thing(contract.id, contract.number) if contract else None,
        invoice=Thing(invoice.id, invoice.number) if invoice else None,
    )


def _sites_of(who: User) -> SelectOfScalar[Site]:
    theirs = select(Occupancy.site_id).where(col(Occupancy.party_id).in_(who.parties))
    return select(Site).where(col(Site.id).in_(theirs), within(col(Site.id), who.reach.any_sites))


def _place(site: Site) -> Thing:
    return Thing(site.id, site.number, site.street)
