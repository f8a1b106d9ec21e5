"""How threads and messages are said: what each kind is called, by whom a message is, and by when an answer is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from portal.invoices.banking_days import after
from portal.kit.clock import day_of, first_of_month
from portal.kit.i18n import Language, Spoken, Text, text
from portal.kit.labels import Label
from portal.messages.models import ThreadStatus
from portal.messages.queries import Thread, ThreadEntry, ThreadMessage
from portal.messages.rules import ANSWERED_IN, MessageKind, ThreadsShown, Topic

KINDS: Mapping[MessageKind, Label] = {
    MessageKind.QUESTION: Label(text("Question"), icon="message-square-text"),
    MessageKind.BULLETIN: Label(text("Bulletin"), icon="megaphone"),
    MessageKind.BILL: Label(text("Invoice"), icon="receipt-text"),
    MessageKind.ANSWER: Label(text("Answer"), icon="reply"),
    MessageKind.NOTICE: Label(text("Notice"), icon="bell"),
    MessageKind.CALL: Label(text("Phone call"), icon="phone"),
    MessageKind.LETTER: Label(text("Letter"), icon="mail"),
    MessageKind.VISIT: Label(text("Visit"), icon="user-round"),
    MessageKind.OFFER: Label(text("Offer"), icon="tag"),
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
STATUSES: Mapping[ThreadStatus, Label] = {
    ThreadStatus.OPEN: Label(text("Waiting for an answer"), icon="hourglass", tone="brand"),
    ThreadStatus.ANSWERED: Label(text("Answered"), icon="check", tone="ok"),
    ThreadStatus.CLOSED: Label(text("Closed"), icon="circle-check", tone="brand"),
}


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in the list, and which bill it is about: `lokakuu 2026, kaukolämpö`."""

    id: UUID
    subject: str
    about: Spoken | None
    excerpt: str
    language: Language
    label: Label
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

    label: Label
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


def sections(entries: Sequence[ThreadEntry]) -> Sequence[ThreadSection]:
    """The rows under the months of their newest messages."""
    rows = [row(entry) for entry in entries]
    return [
        ThreadSection(month, list(of_month)) for month, of_month in groupby(rows, lambda row: first_of_month(row.day))
    ]


def row(entry: ThreadEntry) -> ThreadRow:
    """A thread as lists show it."""
    return ThreadRow(
        id=entry.id,
        subject=entry.subject,
        about=entry.invoice.about if entry.invoice else None,
        excerpt=entry.excerpt,
        language=entry.language,
        label=KINDS[entry.kind],
        day=day_of(entry.at),
        is_unread=entry.is_unread,
    )


def line(said: ThreadMessage, reader: UUID) -> MessageLine:
    """A message as somebody reads it."""
    words = (said.name or "").split()
    return MessageLine(
        label=KINDS[said.kind],
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
