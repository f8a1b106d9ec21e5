"""How threads and messages are said: what each kind is called, by whom a message is, and by when an answer is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from portal.invoices.banking_days import after
from portal.invoices.shown import about
from portal.kit.clock import day_of, first_of_month
from portal.kit.i18n import Language, Text, text
from portal.messages.models import ThreadStatus
from portal.messages.queries import Thread, ThreadEntry, ThreadMessage
from portal.messages.rules import ANSWERED_IN, MessageKind, ThreadsShown, Topic


@dataclass(frozen=True, slots=True)
class KindLabel:
    """What something is called, and its icon."""

    words: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Badge:
    """How a thread stands: the badge's colour, its icon and its words."""

    kind: str
    icon: str
    words: Text


KINDS: Mapping[MessageKind, KindLabel] = {
    MessageKind.QUESTION: KindLabel(text("Question"), "message-square-text"),
    MessageKind.BULLETIN: KindLabel(text("Bulletin"), "megaphone"),
    MessageKind.BILL: KindLabel(text("Invoice"), "receipt-text"),
    MessageKind.ANSWER: KindLabel(text("Answer"), "reply"),
    MessageKind.NOTICE: KindLabel(text("Notice"), "bell"),
    MessageKind.CALL: KindLabel(text("Phone call"), "phone"),
    MessageKind.LETTER: KindLabel(text("Letter"), "mail"),
    MessageKind.VISIT: KindLabel(text("Visit"), "user-round"),
    MessageKind.OFFER: KindLabel(text("Offer"), "tag"),
}
TOPICS: Mapping[Topic, Text] = {
    Topic.BILLING: text("Billing"),
    Topic.CONSUMPTION: text("Consumption and metering"),
    Topic.CONTRACT: text("Contract"),
    Topic.MOVING: text("Moving"),
    Topic.RIGHTS: text("Complaint or compensation"),
    Topic.CORRECTION: text("Something in the details is wrong"),
    Topic.PRIVACY: text("Privacy"),
    Topic.FEEDBACK: text("Feedback"),
    Topic.OTHER: text("Something else"),
    Topic.NEWS: text("Bulletin"),
    Topic.CONTACT: text("Contact"),
}
SHOWS: Mapping[ThreadsShown, Text] = {
    ThreadsShown.ALL: text("All"),
    ThreadsShown.UNREAD: text("Unread"),
    ThreadsShown.BULLETINS: text("Bulletins"),
    ThreadsShown.BILLS: text("Invoices"),
    ThreadsShown.ANSWERS: text("Questions and answers"),
    ThreadsShown.CONTACTS: text("Contacts"),
}
HEADINGS: Mapping[ThreadsShown, Text] = {
    ThreadsShown.ALL: text("All messages"),
    ThreadsShown.UNREAD: text("Unread messages"),
    ThreadsShown.BULLETINS: text("Bulletins and offers"),
    ThreadsShown.BILLS: text("Messages about invoices"),
    ThreadsShown.ANSWERS: text("Questions and our answers"),
    ThreadsShown.CONTACTS: text("Calls, letters and visits"),
}
STATUSES: Mapping[ThreadStatus, Badge] = {
    ThreadStatus.OPEN: Badge("brand", "hourglass", text("Waiting for an answer")),
    ThreadStatus.ANSWERED: Badge("ok", "check", text("Answered")),
    ThreadStatus.CLOSED: Badge("brand", "circle-check", text("Closed")),
}


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in the list, and which bill it is about: `lokakuu 2026, kaukolämpö`."""

    id: UUID
    subject: str
    about: str | None
    excerpt: str
    language: Language
    look: KindLabel
    day: date
    is_unread: bool


@dataclass(frozen=True, slots=True)
class ThreadSection:
    """The threads of one month on a page of the list."""

    month: date
    rows: Sequence[ThreadRow]


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message of a thread: by the reader, by somebody else for the same customer, or by the utility."""

    look: KindLabel
    is_own: bool
    is_customers: bool
    name: str | None
    role: Text
    initials: str
    at: datetime
    language: Language
    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Promise:
    """The last day on which an open question is to be answered, and whether that day is over."""

    day: date
    is_late: bool


def sections(entries: Sequence[ThreadEntry], language: Language) -> Sequence[ThreadSection]:
    """The rows under the months of their newest messages."""
    rows = [row(entry, language) for entry in entries]
    return [
        ThreadSection(month, list(of_month)) for month, of_month in groupby(rows, lambda row: first_of_month(row.day))
    ]


def row(entry: ThreadEntry, language: Language) -> ThreadRow:
    """A thread as lists show it."""
    return ThreadRow(
        id=entry.id,
        subject=entry.subject,
        about=about(entry.invoice, language) if entry.invoice else None,
        excerpt=entry.excerpt,
        language=entry.language,
        look=KINDS[entry.kind],
        day=day_of(entry.at),
        is_unread=entry.is_unread,
    )


def line(said: ThreadMessage, reader: UUID) -> MessageLine:
    """A message as somebody reads it."""
    words = (said.name or "").split()
    return MessageLine(
        look=KINDS[said.kind],
        is_own=said.author == reader,
        is_customers=said.kind is MessageKind.QUESTION,
        name=said.name,
        role=text("Customer service") if said.kind is MessageKind.ANSWER else KINDS[said.kind].words,
        initials=(words[0][:1] + words[-1][:1]).upper() if words else "",
        at=said.at,
        language=said.language,
        paragraphs=[part for part in said.body.split("\n\n") if part.strip()],
    )


def promise(thread: Thread, today: date) -> Promise | None:
    """By when an open question is answered, counted from the customer's last message; None where none is open."""
    asked = [said.at for said in thread.messages if said.kind is MessageKind.QUESTION]
    if thread.status is not ThreadStatus.OPEN or not asked:
        return None
    day = after(day_of(asked[-1]), ANSWERED_IN)
    return Promise(day, is_late=day < today)
