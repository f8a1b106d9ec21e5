"""A thread as its reader sees it, with its messages, what it is about, and which threads of an inbox are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from textwrap import shorten
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from portal.invoices.banking_days import after
from portal.invoices.records import InvoiceHead
from portal.kit import searching
from portal.kit.clock import day_of, first_of_month
from portal.kit.i18n import Language, Text, text
from portal.kit.labels import Label
from portal.messages import labels
from portal.messages.models import ThreadStatus
from portal.messages.rules import ANSWERED_IN, MessageKind, ThreadsShown, Topic

EXCERPT: Final = 90  # characters: two lines on a phone


@dataclass(frozen=True, slots=True)
class ThreadCounts:
    """How many threads each choice shows, and when the newest message that the person may read was told of."""

    shown: Mapping[ThreadsShown, int]
    newest_told: datetime | None


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads somebody wants to see; an empty text is in all of them."""

    show: ThreadsShown = ThreadsShown.ALL
    text: str = ""

    @property
    def words(self) -> Text:
        """The choice, as a tab names it."""
        return labels.SHOWS[self.show]

    @property
    def heading(self) -> Text:
        """The choice, above the threads."""
        return labels.HEADINGS[self.show]

    @property
    def query(self) -> Mapping[str, str]:
        """How an address asks for it; nothing for what is shown unasked."""
        return searching.told(show=None if self.show is ThreadsShown.ALL else self.show.value, q=self.text)

    @property
    def href(self) -> str:
        """Where it is shown."""
        return "?".join(filter(None, ("/messages", urlencode(self.query))))


@dataclass(frozen=True, slots=True)
class ThreadHead:
    """What a list tells of a thread; the body is that of its newest message, and in that message's language.

    invoice: the one it is about, where the person may see that
    """

    id: UUID
    subject: str
    kind: MessageKind
    at: datetime
    is_unread: bool
    body: str
    language: Language
    invoice: InvoiceHead | None

    @property
    def excerpt(self) -> str:
        """How its newest message begins."""
        return shorten(self.body.partition("\n\n")[0], EXCERPT, placeholder="…")

    @property
    def label(self) -> Label:
        """What kind of message is the newest."""
        return labels.KINDS[self.kind]

    @property
    def day(self) -> date:
        """The day of its newest message."""
        return day_of(self.at)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of a customer's that a thread is about: its id, the utility's number, and a site's street."""

    id: UUID
    number: str
    street: str = ""


@dataclass(frozen=True, slots=True)
class ThreadSubject:
    """Whose matter a thread is, and which of their things it concerns; the site is that of the invoice or contract."""

    party_id: UUID
    customer_number: str
    site: Thing | None = None
    contract: Thing | None = None
    invoice: Thing | None = None


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread; `is_own` where the reader wrote it, and not somebody else for the same customer."""

    kind: MessageKind
    body: str
    language: Language
    at: datetime
    name: str | None
    is_own: bool

    @property
    def is_customers(self) -> bool:
        """Whether a customer wrote it and not the utility."""
        return self.kind is MessageKind.QUESTION

    @property
    def label(self) -> Label:
        """What it is."""
        return labels.KINDS[self.kind]

    @property
    def role(self) -> Text:
        """As what the utility writes: customer service where it answers, else what the message is."""
        return text("Customer service") if self.kind is MessageKind.ANSWER else self.label.words

    @property
    def paragraphs(self) -> Sequence[str]:
        """Its text, which may have single line breaks within."""
        return [part for part in self.body.split("\n\n") if part.strip()]


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with all its messages, the oldest first. `told_at` is what reading it now reads up to.

    number: None where it takes no replies
    status: None where nothing was asked
    """

    id: UUID
    number: str | None
    topic: Topic
    subject: str
    status: ThreadStatus | None
    told_at: datetime | None
    is_unread: bool
    about: ThreadSubject
    messages: Sequence[ThreadMessage]

    @property
    def label(self) -> Label | None:
        """How the question stands; None where nothing was asked."""
        return labels.STATUSES[self.status] if self.status else None

    @property
    def topic_words(self) -> Text:
        """What it is about."""
        return labels.TOPICS[self.topic]

    @property
    def answer_by(self) -> date | None:
        """The last day on which an open question is to be answered, counted from the customer's last message."""
        asked = [message.at for message in self.messages if message.is_customers]
        return after(day_of(asked[-1]), ANSWERED_IN) if self.status is ThreadStatus.OPEN and asked else None


def by_month(threads: Sequence[ThreadHead]) -> Sequence[tuple[date, Sequence[ThreadHead]]]:
    """Threads under the months of their newest messages, in the order they come."""
    return [(month, list(those)) for month, those in groupby(threads, lambda thread: first_of_month(thread.day))]
