"""Threads a person may see, and what of them is unread."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BindParameter, ColumnElement, Integer, ScalarSelect, Select, exists, true
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.auth.people import User
from portal.customers.models import Party
from portal.invoices import queries as invoices
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.i18n import Language
from portal.kit.questions import Question, any_of, given, itself
from portal.messages import subjects
from portal.messages.models import Message, MessageThread, ThreadReading, ThreadStatus
from portal.messages.records import Thread, ThreadCounts, ThreadFilter, ThreadHead, ThreadMessage
from portal.messages.rules import KINDS, MessageKind, ThreadsShown, Topic
from portal.messages.scope import is_unread, news_since, read_by, visible_to


class NoSuchThread(NotThere):
    """No thread of that id that this person may see."""


def _unread(
    visible: ColumnElement[bool],
    account_id: UUID | BindParameter[UUID],
    since: datetime | BindParameter[datetime],
) -> SelectOfScalar[int]:
    threads = select(func.count()).select_from(MessageThread)
    return threads.join(ThreadReading, read_by(account_id), isouter=True).where(visible, is_unread(since))


def _newest(column: Any) -> ScalarSelect[Any]:  # noqa: ANN401 - a column of any kind
    """What stands in a column of a thread's newest message."""
    latest_first = (col(Message.sent_at).desc(), col(Message.number).desc(), col(Message.id).desc())
    newest = sa.select(column).where(col(Message.thread_id) == MessageThread.id).order_by(*latest_first).limit(1)
    return newest.correlate(MessageThread).scalar_subquery()


def _listed(
    visible: ColumnElement[bool],
    account_id: UUID | BindParameter[UUID],
    since: datetime | BindParameter[datetime],
) -> Select[Any]:
    """The columns of a ThreadHead, with the invoice's id; the newest thread first."""
    thread = table_of(MessageThread)
    return (
        sa.select(
            *thread.c["id", "subject", "kind", "last_at"],
            is_unread(since),
            _newest(Message.body),
            _newest(Message.language),
            thread.c.invoice_id,
        )
        .join(ThreadReading, read_by(account_id), isouter=True)
        .where(visible)
        .order_by(thread.c.last_at.desc(), thread.c.id)
    )


_OWN: Final = any_of(col(MessageThread.party_id), "parties")
_ASKED: Final = (_OWN, given("account_id"), given("since"))
UNREAD: Final[Question[int]] = Question(itself, _unread(*_ASKED))
LATEST: Final = Question(lambda *columns: columns, _listed(*_ASKED).limit(given("limit", Integer())))


def unread(db: Session, who: User) -> int:
    """How many threads hold something that this person has not read."""
    since = news_since(who)
    if who.reach.is_full:
        return UNREAD.one(db, parties=who.parties, account_id=who.account_id, since=since)
    return db.exec(_unread(visible_to(who), who.account_id, since)).one()


def counts(db: Session, who: User) -> ThreadCounts:
    """How many threads each choice shows, and how new the newest message is that the person may read."""
    is_new = is_unread(news_since(who))
    each = (
        sa.select(col(MessageThread.kind), func.count(), func.count().filter(is_new), func.max(MessageThread.told_at))
        .join(ThreadReading, read_by(who.account_id), isouter=True)
        .where(visible_to(who))
        .group_by(MessageThread.kind)
    )
    found = db.execute(each).all()
    by_kind = Counter({MessageKind(kind): count for kind, count, _, _ in found})
    shown = {show: sum(by_kind[kind] for kind in kinds) for show, kinds in KINDS.items()}
    unread = sum(new for _, _, new, _ in found)
    return ThreadCounts(
        {ThreadsShown.ALL: by_kind.total(), ThreadsShown.UNREAD: unread, **shown},
        max((told_at for *_, told_at in found if told_at), default=None),
    )


def count(db: Session, who: User, filters: ThreadFilter) -> int:
    """How many threads a filter with words lets through; without any, `counts` tells it."""
    wanted = (
        select(func.count()).select_from(MessageThread).join(ThreadReading, read_by(who.account_id), isouter=True)
    ).where(visible_to(who), _wanted(who, filters))
    return db.exec(wanted).one()


def page(db: Session, who: User, filters: ThreadFilter, skip: int, limit: int) -> Sequence[ThreadHead]:
    """So many threads that a filter lets through, the newest first."""
    return _heads(db, who, _wanted(who, filters), skip, limit)


def latest(db: Session, who: User, limit: int) -> Sequence[ThreadHead]:
    """So many threads, the newest first."""
    if not who.reach.is_full:
        return _heads(db, who, true(), 0, limit)
    since = news_since(who)
    rows = LATEST.all(db, parties=who.parties, account_id=who.account_id, since=since, limit=limit)
    return _with_invoices(db, who, rows)


def by_id(db: Session, who: User, thread_id: UUID) -> Thread:
    """One thread with its messages.

    Raises NoSuchThread.
    """
    wanted = (
        select(MessageThread, Party.customer_number, is_unread(news_since(who)))
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
        told_at=thread.told_at,
        is_unread=bool(is_new),
        about=subjects.of_thread(db, who, thread, customer_number),
        messages=[_message(message, who) for message in db.exec(_messages(thread_id))],
    )


def _wanted(who: User, filters: ThreadFilter) -> ColumnElement[bool]:
    """Which threads a filter lets through, where they are joined by `read_by`."""
    holds = _holds(filters.text) if filters.text else true()
    match filters.show:
        case ThreadsShown.ALL:
            return holds
        case ThreadsShown.UNREAD:
            return holds & is_unread(news_since(who))
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


def _heads(db: Session, who: User, which: ColumnElement[bool], skip: int, limit: int) -> Sequence[ThreadHead]:
    wanted = _listed(visible_to(who) & which, who.account_id, news_since(who)).offset(skip).limit(limit)
    return _with_invoices(db, who, [tuple(row) for row in db.connection().execute(wanted)])


def _with_invoices(db: Session, who: User, rows: Sequence[tuple[Any, ...]]) -> Sequence[ThreadHead]:
    """Rows of `_listed` as heads, each with the invoice it is about."""
    found = invoices.of_ids(db, who, {invoice_id for *_, invoice_id in rows if invoice_id})
    return [_head(*columns, found.get(invoice_id)) for *columns, invoice_id in rows]


def _head(*columns: Any) -> ThreadHead:  # noqa: ANN401 - the columns of `_listed`, and an invoice
    thread_id, subject, kind, at, is_new, body, language, invoice = columns
    return ThreadHead(thread_id, subject, MessageKind(kind), at, bool(is_new), body, Language(language), invoice)


def _messages(thread_id: UUID) -> SelectOfScalar[Message]:
    oldest_first = (col(Message.sent_at), col(Message.number), col(Message.id))
    return select(Message).where(Message.thread_id == thread_id).order_by(*oldest_first)


def _message(message: Message, reader: User) -> ThreadMessage:
    return ThreadMessage(
        kind=MessageKind(message.kind),
        body=message.body,
        language=Language(message.language),
        at=message.sent_at,
        name=message.from_name,
        is_own=message.account_id == reader.account_id,
    )
