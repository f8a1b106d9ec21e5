"""Writing to customer service, and noting what was read. Whatever is sent twice by one form is one message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from portal.audit import actions as audit
from portal.auth.people import User
from portal.invoices import disputes
from portal.invoices.disputes import Disputed
from portal.kit.allowance import DayIsFull, free_at
from portal.kit.db import one_at_a_time, table_of, upsert
from portal.kit.errors import NotCovered, Refused
from portal.kit.i18n import Language, text
from portal.kit.numbers import case_number
from portal.messages import queries, rules
from portal.messages.models import Message, MessageThread, ThreadReading, ThreadStatus
from portal.messages.queries import NoSuchThread
from portal.messages.records import ThreadSubject
from portal.messages.rules import FEEDBACK_A_DAY, MESSAGES_A_DAY, MessageKind, Topic
from portal.messages.scope import is_unread, news_since, read_by, visible_to
from portal.outbox.actions import Event, announce


class NotACustomer(Refused):
    """There is no customer number under which a message could be sent."""

    says = text("You have no customer number with us yet. Call or email us instead.")


class TakesNoReplies(Refused):
    """The utility knows no number of the thread, so that a reply would find nobody."""

    says = text("This message cannot be replied to. Write us a new message instead.")


class TooManyMessages(DayIsFull):
    """Somebody has written as much as is read of one person in a day."""


class MessageSent(Event):
    """A customer wrote to customer service. The answer comes back as a row of the feed with the same thread_number."""

    kind: ClassVar[str] = "message.sent"

    message_id: UUID
    thread_number: str
    customer_number: str
    party_id: UUID
    written_by: str
    topic: Topic
    subject: str
    body: str
    language: Language
    sent_at: datetime
    site_number: str | None
    contract_number: str | None
    invoice_number: str | None


class ThreadClosed(Event):
    """A customer says that a matter needs nothing more. It opens again if they write again."""

    kind: ClassVar[str] = "message_thread.closed"

    thread_number: str
    customer_number: str
    party_id: UUID
    closed_by: str
    closed_at: datetime


class InvoiceDisputed(Event):
    """A customer disputes a part of a bill, in the message that `message.sent` tells under the same thread_number.

    Until that is answered nobody asks for the disputed amount, nothing is reminded of or collected for it, and nothing
    ends because of it. Amounts are with VAT; `undisputed_cents` of what is left of the bill falls due as before.
    """

    kind: ClassVar[str] = "invoice.disputed"

    thread_number: str
    customer_number: str
    party_id: UUID
    invoice_number: str
    line: int | None
    line_code: str | None
    disputed_cents: int
    undisputed_cents: int
    disputed_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody writes: plain text in the language of the page, and the key of the form it comes by."""

    body: str
    language: Language
    form_key: UUID


@dataclass(frozen=True, slots=True)
class Matter:
    """What a new thread is about; of a bill, what its customer disputes, if anything."""

    topic: Topic
    subject: str
    about: ThreadSubject
    disputed: Disputed | None = None


def write(db: Session, who: User, matter: Matter, letter: Letter, now: datetime) -> UUID:
    """Begin a thread; its id. A form that has made one already is answered with that one.

    Raises NotCovered where a mandate does not reach the matter, and TooManyMessages before anything is written.
    """
    if sent := _sent_before(db, who, letter):
        return sent
    site_id = matter.about.site.id if matter.about.site else None
    if not rules.may_write(who.reach, matter.topic, site_id):
        raise NotCovered
    _leave_room(db, who, matter.topic, now)
    thread = _begun(matter, site_id, now)
    db.add(thread)
    db.flush()
    _send(db, who, thread, matter.about, letter, now)
    if matter.disputed:
        _dispute(db, who, thread, matter.disputed, now)
    return thread.id


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """What the portal itself has to tell a customer: plain text, in a language."""

    subject: str
    body: str
    language: Language


def tell(db: Session, party_id: UUID, notice: OwnNotice, now: datetime) -> None:
    """Put a notice into a customer's inbox, for those alone who see everything of theirs; it takes no replies."""
    thread = MessageThread(
        id=uuid4(),
        party_id=party_id,
        topic=Topic.OTHER,
        subject=notice.subject,
        kind=MessageKind.NOTICE,
        last_at=now,
        told_at=now,
    )
    db.add(thread)
    db.flush()
    message = Message(
        thread_id=thread.id,
        number=f"portal-{thread.id.hex}",
        kind=MessageKind.NOTICE,
        body=notice.body,
        language=notice.language,
        sent_at=now,
    )
    db.add(message)


def reply(db: Session, who: User, thread_id: UUID, letter: Letter, now: datetime) -> None:
    """Go on with a thread, which opens again; a form that has done so already does nothing.

    Raises NoSuchThread, NotCovered, TakesNoReplies, and TooManyMessages before anything is written.
    """
    if _sent_before(db, who, letter):
        return
    thread = _writable(db, who, thread_id)
    _leave_room(db, who, Topic(thread.topic), now)
    thread.status, thread.last_at = ThreadStatus.OPEN, max(thread.last_at, now)
    disputes.set_open(db, [thread.id], is_open=True)
    _send(db, who, thread, queries.by_id(db, who, thread_id).about, letter, now)


def close(db: Session, who: User, thread_id: UUID, now: datetime) -> None:
    """Say that a matter needs nothing more; one that is closed stays so.

    Raises NoSuchThread, NotCovered, TakesNoReplies.
    """
    thread = _writable(db, who, thread_id)
    if thread.status == ThreadStatus.CLOSED:
        return
    thread.status = ThreadStatus.CLOSED
    disputes.set_open(db, [thread.id], is_open=False)
    about = queries.by_id(db, who, thread_id).about
    closed = ThreadClosed(
        thread_number=thread.number or "",
        customer_number=about.customer_number,
        party_id=about.party_id,
        closed_by=who.name,
        closed_at=now,
    )
    announce(db, closed, now)
    audit.record(db, _act("message_thread.closed", who, thread, thread.id), now)


def mark_read(db: Session, who: User, thread_id: UUID, until: datetime, now: datetime) -> None:
    """Note that a person has read a thread as it stood at `until`, the `told_at` that they were shown.

    Raises NoSuchThread.
    """
    thread = queries.by_id(db, who, thread_id)
    if thread.is_unread and thread.told_at and thread.told_at <= until:
        _mark(db, who, [(thread.id, thread.told_at)], now)


def mark_all_read(db: Session, who: User, until: datetime, now: datetime) -> None:
    """Note that a person has read everything that was told until an instant."""
    _mark(db, who, _unread(db, who, until), now)


def _sent_before(db: Session, who: User, letter: Letter) -> UUID | None:
    """The thread in which this very form was sent before.

    Whatever one person sends at once is taken one by one: a second click finds what the first one sent, and no number
    of them slips past what may be written in a day.
    """
    one_at_a_time(db, f"messages of {who.account_id}")
    mine = (Message.account_id == who.account_id, Message.form_key == letter.form_key)
    return db.exec(select(Message.thread_id).where(*mine)).first()


def _leave_room(db: Session, who: User, topic: Topic, now: datetime) -> None:
    """Raise TooManyMessages where this person has written as much as they may, whomever they write for."""
    written = select(Message.sent_at).where(Message.account_id == who.account_id).order_by(col(Message.sent_at).desc())
    waits = [free_at(db, written, MESSAGES_A_DAY, now)]
    if topic is Topic.FEEDBACK:
        feedback = written.join(MessageThread).where(MessageThread.topic == Topic.FEEDBACK)
        waits.append(free_at(db, feedback, FEEDBACK_A_DAY, now))
    if full_until := max((at for at in waits if at), default=None):
        raise TooManyMessages(full_until)


def _begun(matter: Matter, site_id: UUID | None, now: datetime) -> MessageThread:
    thread_id = uuid4()
    return MessageThread(
        id=thread_id,
        number=case_number(thread_id),
        party_id=matter.about.party_id,
        topic=matter.topic,
        subject=matter.subject,
        status=ThreadStatus.OPEN,
        site_id=site_id,
        contract_id=matter.about.contract.id if matter.about.contract else None,
        invoice_id=matter.about.invoice.id if matter.about.invoice else None,
        kind=MessageKind.QUESTION,
        last_at=now,
    )


def _writable(db: Session, who: User, thread_id: UUID) -> MessageThread:
    """The thread, held until the transaction ends, if the person may write in it."""
    wanted = select(MessageThread).where(MessageThread.id == thread_id, visible_to(who))
    thread = db.exec(wanted.with_for_update()).first()
    if thread is None:
        raise NoSuchThread
    if thread.number is None:
        raise TakesNoReplies
    if not rules.may_write(who.reach, Topic(thread.topic), thread.site_id):
        raise NotCovered
    return thread


def _send(db: Session, who: User, thread: MessageThread, about: ThreadSubject, letter: Letter, now: datetime) -> None:
    """Keep a message, tell the utility, and write down who wrote it for whom."""
    message = Message(
        thread_id=thread.id,
        kind=MessageKind.QUESTION,
        body=letter.body,
        language=letter.language,
        sent_at=now,
        from_name=who.name,
        account_id=who.account_id,
        form_key=letter.form_key,
    )
    db.add(message)
    announce(db, _event(thread, message, about), now)
    audit.record(db, _act("message.sent", who, thread, message.id), now)


def _dispute(db: Session, who: User, thread: MessageThread, disputed: Disputed, now: datetime) -> None:
    """Keep what is disputed, tell the utility what is not to be asked for, and write down who says so."""
    invoice, line = disputed.invoice, disputes.line_at(disputed.invoice, disputed.place)
    disputes.begin(db, disputed, thread.id, now)
    left = replace(invoice.head, disputed=invoice.head.disputed + disputed.amount).shares
    said = InvoiceDisputed(
        thread_number=thread.number or "",
        customer_number=queries.by_id(db, who, thread.id).about.customer_number,
        party_id=thread.party_id,
        invoice_number=invoice.head.number,
        line=disputed.place,
        line_code=line.code if line else None,
        disputed_cents=disputed.amount.cents,
        undisputed_cents=(left.asked + left.collected).cents,
        disputed_by=who.name,
        at=now,
    )
    announce(db, said, now)
    audit.record(db, _act("invoice.disputed", who, thread, invoice.head.id), now)


def _event(thread: MessageThread, message: Message, about: ThreadSubject) -> MessageSent:
    return MessageSent(
        message_id=message.id,
        thread_number=thread.number or "",
        customer_number=about.customer_number,
        party_id=about.party_id,
        written_by=message.from_name or "",
        topic=Topic(thread.topic),
        subject=thread.subject,
        body=message.body,
        language=Language(message.language),
        sent_at=message.sent_at,
        site_number=about.site.number if about.site else None,
        contract_number=about.contract.number if about.contract else None,
        invoice_number=about.invoice.number if about.invoice else None,
    )


def _act(act: str, who: User, thread: MessageThread, object_id: UUID) -> audit.Act:
    return audit.Act(
        act=act,
        object_kind=act.partition(".")[0],
        object_id=object_id,
        account_id=who.account_id,
        party_id=thread.party_id,
        details={"topic": thread.topic},
    )


def _unread(db: Session, who: User, until: datetime) -> Sequence[tuple[UUID, datetime]]:
    """Unread threads that were told of until an instant, each with the instant of what is newest in it."""
    wanted = (
        select(MessageThread.id, MessageThread.told_at)
        .join(ThreadReading, read_by(who.account_id), isouter=True)
        .where(visible_to(who), is_unread(news_since(who)), col(MessageThread.told_at) <= until)
    )
    return [(thread_id, told_at) for thread_id, told_at in db.exec(wanted) if told_at is not None]


def _mark(db: Session, who: User, threads: Sequence[tuple[UUID, datetime]], now: datetime) -> None:
    upsert(
        db,
        table_of(ThreadReading),
        [
            {"thread_id": thread_id, "account_id": who.account_id, "told_at": told_at, "read_at": now}
            for thread_id, told_at in threads
        ],
    )
