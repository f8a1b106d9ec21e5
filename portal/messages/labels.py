"""What is said of messages: their kinds and topics, how a question stands, and which threads a list shows."""

from collections.abc import Mapping
from typing import Final

from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.messages.models import ThreadStatus
from portal.messages.rules import MessageKind, ThreadsShown, Topic

KINDS: Final[Mapping[MessageKind, Label]] = {
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
TOPICS: Final[Mapping[Topic, Text]] = {
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
SHOWS: Final[Mapping[ThreadsShown, Text]] = {
    ThreadsShown.ALL: text("All"),
    ThreadsShown.UNREAD: text("Unread"),
    ThreadsShown.BULLETINS: text("Bulletins"),
    ThreadsShown.BILLS: text("Invoices"),
    ThreadsShown.ANSWERS: text("Questions and answers"),
    ThreadsShown.CONTACTS: text("Contacts"),
}
HEADINGS: Final[Mapping[ThreadsShown, Text]] = {
    ThreadsShown.ALL: text("All messages"),
    ThreadsShown.UNREAD: text("Unread messages"),
    ThreadsShown.BULLETINS: text("Bulletins and offers"),
    ThreadsShown.BILLS: text("Messages about invoices"),
    ThreadsShown.ANSWERS: text("Questions and our answers"),
    ThreadsShown.CONTACTS: text("Calls, letters and visits"),
}
STATUSES: Final[Mapping[ThreadStatus, Label]] = {
    ThreadStatus.OPEN: Label(text("Waiting for an answer"), icon="hourglass", tone="brand"),
    ThreadStatus.ANSWERED: Label(text("Answered"), icon="check", tone="ok"),
    ThreadStatus.CLOSED: Label(text("Closed"), icon="circle-check", tone="brand"),
}
