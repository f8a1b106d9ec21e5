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
from portal.messages.queries import Entry, Said, Thread
from portal.messages.rules import ANSWERED_IN, Kind, Show, Topic


@dataclass(frozen=True, slots=True)
class Look:
    """What something is called, and its icon."""

    words: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Badge:
    """How a thread stands: the badge's colour, its icon and its words."""

    kind: str
    icon: str
    words: Text


KINDS: Mapping[Kind, Look] = {
    Kind.QUESTION: Look(text("Question"), "message-square-text"),
    Kind.BULLETIN: Look(text("Bulletin"), "megaphone"),
    Kind.BILL: Look(text("Invoice"), "receipt-text"),
    Kind.ANSWER: Look(text("Answer"), "reply"),
    Kind.NOTICE: Look(text("Notice"), "bell"),
    Kind.CALL: Look(text("Phone call"), "phone"),
    Kind.LETTER: Look(text("Letter"), "mail"),
    Kind.VISIT: Look(text("Visit"), "user-round"),
    Kind.OFFER: Look(text("Offer"), "tag"),
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
SHOWS: Mapping[Show, Text] = {
    Show.ALL: text("All"),
    Show.UNREAD: text("Unread"),
    Show.BULLETINS: text("Bulletins"),
    Show.BILLS: text("Invoices"),
    Show.ANSWERS: text("Questions and answers"),
    Show.CONTACTS: text("Contacts"),
}
HEADINGS: Mapping[Show, Text] = {
    Show.ALL: text("All messages"),
    Show.UNREAD: text("Unread messages"),
    Show.BULLETINS: text("Bulletins and offers"),
    Show.BILLS: text("Messages about invoices"),
    Show.ANSWERS: text("Questions and our answers"),
    Show.CONTACTS: text("Calls, letters and visits"),
}
STATUSES: Mapping[ThreadStatus, Badge] = {
    ThreadStatus.OPEN: Badge("brand", "hourglass", text("Waiting for an answer")),
    ThreadStatus.ANSWERED: Badge("ok", "check", text("Answered")),
    ThreadStatus.CLOSED: Badge("brand", "circle-check", text("Closed")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A thread in the list, and which bill it is about: `lokakuu 2026, kaukolämpö`."""

    id: UUID
    subject: str
    about: str | None
    excerpt: str
    language: Language
    look: Look
    day: date
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The threads of one month on a page of the list."""

    month: date
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a thread: by the reader, by somebody else for the same customer, or by the utility."""

    look: Look
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


def sections(entries: Sequence[Entry], language: Language) -> Sequence[Section]:
    """The rows under the months of their newest messages."""
    rows = [row(entry, language) for entry in entries]
    return [Section(month, list(of_month)) for month, of_month in groupby(rows, lambda row: first_of_month(row.day))]


def row(entry: Entry, language: Language) -> Row:
    """A thread as lists show it."""
    return Row(
        id=entry.id,
        subject=entry.subject,
        about=about(entry.invoice, language) if entry.invoice else None,
        excerpt=entry.excerpt,
        language=entry.language,
        look=KINDS[entry.kind],
        day=day_of(entry.at),
        is_unread=entry.is_unread,
    )


def line(said: Said, reader: UUID) -> Line:
    """A message as somebody reads it."""
    words = (said.name or "").split()
    return Line(
        look=KINDS[said.kind],
        is_own=said.author == reader,
        is_customers=said.kind is Kind.QUESTION,
        name=said.name,
        role=text("Customer service") if said.kind is Kind.ANSWER else KINDS[said.kind].words,
        initials=(words[0][:1] + words[-1][:1]).upper() if words else "",
        at=said.at,
        language=said.language,
        paragraphs=[part for part in said.body.split("\n\n") if part.strip()],
    )


def promise(thread: Thread, today: date) -> Promise | None:
    """By when an open question is answered, counted from the customer's last message; None where none is open."""
    asked = [said.at for said in thread.messages if said.kind is Kind.QUESTION]
    if thread.status is not ThreadStatus.OPEN or not asked:
        return None
    day = after(day_of(asked[-1]), ANSWERED_IN)
    return Promise(day, is_late=day < today)
