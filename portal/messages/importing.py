"""How the utility's own systems tell of messages and contacts, and how the threads are found that they belong to."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlmodel import Session, col, select

from portal.contracts.importing import ContractNumber, contracts_of
from portal.contracts.models import Contract
from portal.customers.importing import CustomerNumber, party_ids
from portal.invoices import disputes
from portal.invoices.importing import InvoiceNumber
from portal.invoices.models import Invoice
from portal.kit.feed import FeedRow, ImportContext, Moment, Outcome, Refusal, Verdict, Written, checked, unknown, words
from portal.kit.i18n import Language
from portal.kit.mirror import Columns
from portal.kit.visible import shows_something
from portal.messages.models import Message, MessageThread, ThreadStatus
from portal.messages.rules import CONTACTS, MessageKind, topic_of
from portal.sites.importing import SiteNumber, site_ids

LONGEST = 20_000


class MessageEntry(FeedRow):
    """A message from the utility, or a contact with the customer that it noted.

    A message without a thread stands alone and takes no replies. One with a thread goes on with that thread: with one
    that a customer began (message.sent told its thread_number), or with one of the utility's own, which begins with
    its first message. What a thread is about, and its subject, are those of its first message.
    """

    message_number: Annotated[str, words(40)] = Field(
        description="The utility's number of the message.", examples=["M-260901"]
    )
    customer_number: CustomerNumber
    thread_number: Annotated[str, words(40)] | None = Field(
        description="The thread it belongs to, or null.", examples=["P7K2-M4QX-93TB"]
    )
    kind: Literal["bulletin", "bill", "answer", "notice", "call", "letter", "visit", "offer"] = Field(
        description="call, letter and visit are noted contacts. An offer is taken in only for a customer who allows "
        "direct marketing by e-mail.",
        examples=["answer"],
    )
    subject: Annotated[str, words(200)] = Field(description="What it is about.", examples=["Lokakuun lasku"])
    body: Annotated[
        str,
        Written(
            r"[^\x00-\x20\x7f]([^\x00-\x09\x0b-\x1f\x7f]*[^\x00-\x20\x7f])?",
            f"must be 1 to {LONGEST} characters of plain text, its lines ended by \\n, some of it visible, "
            "without space around it",
            checked(shows_something),
            longest=LONGEST,
        ),
    ] = Field(description="The message, plain text; an empty line parts paragraphs.", examples=["Hei Aino,\n\n..."])
    language: Language = Field(description="The language it is written in.", examples=["fi"])
    sent_at: Moment = Field(
        description="When it was sent, or the contact was, in UTC.", examples=["2026-11-19T07:15:00Z"]
    )
    site_number: SiteNumber | None = Field(description="The site it is about, or null.", examples=["500001"])
    invoice_number: InvoiceNumber | None = Field(
        description="The customer's bill it is about, or null.", examples=["900001"]
    )
    contract_number: ContractNumber | None = Field(
        default=None, description="The customer's contract it is about, or null.", examples=["700001"]
    )
    from_name: Annotated[str, words(100)] | None = Field(
        description="Who wrote or called, as customers may know them; null for the utility.", examples=["Veera"]
    )


MayOffer = Callable[[Session, Collection[UUID]], Collection[UUID]]
"""Of some parties those to whom offers may be sent."""


def keep_messages(
    db: Session, rows: Sequence[MessageEntry], context: ImportContext, may_offer: MayOffer
) -> list[Verdict]:
    """Keep messages, each in its thread, in the order in which they were sent; all are written together."""
    book = _book(db, rows, may_offer, context.now)
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].sent_at):
        verdicts[place] = book.keep(rows[place])
        if not isinstance(verdicts[place], Refusal):
            number = rows[place].message_number
            book.messages[number].line_digest = context.digests.get(number)
    for kept in (book.by_id, book.messages):  # threads first: messages refer to them
        db.add_all(kept.values())
        db.flush()
    answered = [thread.id for thread in book.by_id.values() if thread.status == ThreadStatus.ANSWERED]
    disputes.set_open(db, answered, is_open=False)
    return [verdicts[place] for place in range(len(rows))]


def _book(db: Session, rows: Sequence[MessageEntry], may_offer: MayOffer, now: datetime) -> "_Correspondence":
    parties = party_ids(db, (row.customer_number for row in rows))
    offered = [
        parties[row.customer_number]
        for row in rows
        if MessageKind(row.kind) is MessageKind.OFFER and row.customer_number in parties
    ]
    messages = _messages(db, (row.message_number for row in rows))
    standing = [message.thread_id for message in messages.values()]
    numbers = {row.thread_number for row in rows if row.thread_number}
    asked = select(MessageThread).where(col(MessageThread.id).in_(standing) | col(MessageThread.number).in_(numbers))
    threads = db.exec(asked.order_by(col(MessageThread.id)).with_for_update()).all()
    return _Correspondence(
        now=now,
        parties=parties,
        sites=site_ids(db, (row.site_number for row in rows if row.site_number)),
        invoices=_invoices(db, (row.invoice_number for row in rows if row.invoice_number)),
        contracts=contracts_of(db, (row.contract_number for row in rows if row.contract_number)),
        may_be_offered=frozenset(may_offer(db, offered)) if offered else frozenset(),
        messages=messages,
        by_id={thread.id: thread for thread in threads},
        by_number={thread.number: thread for thread in threads if thread.number},
    )


@dataclass
class _Correspondence:
    """What the register knows of what messages refer to, and the threads and messages that stand."""

    now: datetime
    parties: Mapping[str, UUID]
    sites: Mapping[str, UUID]
    invoices: Mapping[str, Invoice]
    contracts: Mapping[str, Contract]
    may_be_offered: frozenset[UUID]
    messages: dict[str, Message]
    by_id: dict[UUID, MessageThread]
    by_number: dict[str, MessageThread] = field(default_factory=dict)

    def keep(self, row: MessageEntry) -> Verdict:
        if refusal := self._lacking(row):
            return refusal
        message = self.messages.get(row.message_number)
        if message is None:
            return self._added(row)
        return self._changed(row, message)

    def _lacking(self, row: MessageEntry) -> Refusal | None:
        """What a row refers to that the register does not hold, or that is somebody else's."""
        party_id = self.parties.get(row.customer_number)
        if party_id is None:
            return unknown("customer", row.customer_number)
        if row.site_number is not None and row.site_number not in self.sites:
            return unknown("site", row.site_number)
        bill = self.invoices.get(row.invoice_number) if row.invoice_number else None
        if row.invoice_number is not None and (bill is None or bill.party_id != party_id):
            return Refusal(f"customer {row.customer_number} has no bill {row.invoice_number}")
        contract = self.contracts.get(row.contract_number) if row.contract_number else None
        if row.contract_number is not None and (contract is None or contract.party_id != party_id):
            return Refusal(f"customer {row.customer_number} has no contract {row.contract_number}")
        thread = self.by_number.get(row.thread_number) if row.thread_number else None
        if thread is not None and thread.party_id != party_id:
            return Refusal(f"thread {row.thread_number} belongs to another customer")
        return Refusal("sent_at lies in the future") if row.sent_at > self.now else None

    def _added(self, row: MessageEntry) -> Verdict:
        if MessageKind(row.kind) is MessageKind.OFFER and self.parties[row.customer_number] not in self.may_be_offered:
            return Refusal(f"customer {row.customer_number} does not allow direct marketing by e-mail")
        thread = self.by_number.get(row.thread_number) if row.thread_number else None
        if thread is None:
            thread = self._begun(row)
        self.messages[row.message_number] = Message(thread_id=thread.id, number=row.message_number, **_said(row))
        _tell(thread, row)
        return Outcome.ACCEPTED

    def _begun(self, row: MessageEntry) -> MessageThread:
        thread = MessageThread(
            number=row.thread_number,
            party_id=self.parties[row.customer_number],
            topic=topic_of(MessageKind(row.kind)),
            kind=row.kind,
            last_at=row.sent_at,
            subject=row.subject,
            **self._about(row),
        )
        self.by_id[thread.id] = thread
        if row.thread_number:
            self.by_number[row.thread_number] = thread
        return thread

    def _changed(self, row: MessageEntry, message: Message) -> Verdict:
        """Let a message that is known say what the row says; one that stands alone takes its thread along."""
        thread = self.by_id[message.thread_id]
        if thread.number != row.thread_number or thread.party_id != self.parties[row.customer_number]:
            return Refusal(f"message {row.message_number} stands in another thread")
        changed = _set(message, _said(row))
        if thread.number is None:
            news = {
                "subject": row.subject,
                "kind": row.kind,
                "topic": topic_of(MessageKind(row.kind)),
                **self._about(row),
            }
            changed |= _set(thread, {**news, "last_at": row.sent_at, "told_at": _told_at(row)})
        return Outcome.ACCEPTED if changed else Outcome.UNCHANGED

    def _about(self, row: MessageEntry) -> Columns:
        bill = self.invoices[row.invoice_number] if row.invoice_number else None
        contract = self.contracts[row.contract_number] if row.contract_number else None
        told = self.sites[row.site_number] if row.site_number else None
        return {
            "site_id": told or (bill and bill.site_id) or (contract and contract.site_id),
            "invoice_id": bill and bill.id,
            "contract_id": contract and contract.id,
        }


def _messages(db: Session, numbers: Iterable[str]) -> dict[str, Message]:
    asked = select(Message).where(col(Message.number).in_(set(numbers)))
    return {message.number: message for message in db.exec(asked) if message.number}


def _invoices(db: Session, numbers: Iterable[str]) -> Mapping[str, Invoice]:
    asked = select(Invoice).where(col(Invoice.number).in_(set(numbers)))
    return {invoice.number: invoice for invoice in db.exec(asked)}


def _said(row: MessageEntry) -> Columns:
    return row.model_dump(include={"kind", "body", "language", "sent_at", "from_name"})


def _set(kept: Message | MessageThread, wanted: Columns) -> bool:
    """Set what differs; whether anything did."""
    news = {name: value for name, value in wanted.items() if getattr(kept, name) != value}
    for name, value in news.items():
        setattr(kept, name, value)
    return bool(news)


def _tell(thread: MessageThread, row: MessageEntry) -> None:
    """Let a thread say that a message has come; an answer to an earlier question leaves a later one open."""
    if MessageKind(row.kind) is MessageKind.ANSWER and thread.status and row.sent_at >= thread.last_at:
        thread.status = ThreadStatus.ANSWERED
    thread.last_at = max(thread.last_at, row.sent_at)
    told_at = _told_at(row)
    if told_at and (thread.told_at is None or thread.told_at <= told_at):
        thread.told_at, thread.kind = told_at, row.kind


def _told_at(row: MessageEntry) -> datetime | None:
    """When there was something to read; a call, a letter or a visit is none: the customer was there."""
    return None if MessageKind(row.kind) in CONTACTS else row.sent_at
