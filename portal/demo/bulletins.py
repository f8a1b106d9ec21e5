"""What the demo utility and its customers have written to each other: bulletins, bills, questions, answers, calls.

The threads stand in bulletins.toml; those about each month's bill are made.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter
from sqlmodel import Session, SQLModel, col, select

from portal.demo.naming import id_of
from portal.demo.people import AINO, KARIN, LANDLORD, MIKKO, Company, Member
from portal.demo.register import party_id
from portal.invoices.models import Invoice
from portal.kit import formats
from portal.kit.clock import HELSINKI
from portal.kit.i18n import Language
from portal.kit.money import Money
from portal.kit.numbers import case_number
from portal.messages.models import Message, MessageThread, ThreadStatus
from portal.messages.rules import CONTACTS, MessageKind, Topic, topic_of

BILLS: Final = 4  # of which messages tell: older ones have been tidied away
OUTAGE_IN: Final = timedelta(days=5)


@dataclass(frozen=True)
class Post:
    """One message: how many days ago and at what time in Helsinki, what kind, and by whom (None: the utility)."""

    days_ago: int
    at: time
    kind: MessageKind
    body: str
    name: str | None = None


@dataclass(frozen=True)
class Story:
    """A thread with its messages, the oldest first. Words in braces are filled in (`_facts`)."""

    subject: str
    posts: tuple[Post, ...]
    site: str | None = None
    contract: str | None = None  # number of the one it is about
    bill: int | None = None  # which one it is about, 0 for the newest
    topic: Topic | None = None  # for what a customer asked
    status: ThreadStatus | None = None


STORIES: Final = TypeAdapter(dict[str, tuple[Story, ...]]).validate_python(
    tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
)
CUSTOMERS: Final[Mapping[str, Member | Company]] = {"aino": AINO, "mikko": MIKKO, "karin": KARIN, "landlord": LANDLORD}
BILLED: Final = {AINO: Language.FI, MIKKO: Language.FI, KARIN: Language.SV}


def rows(db: Session, today: date) -> Iterator[SQLModel]:
    """Everything written until the morning of a day; bills are told of as they stand in the database."""
    for name, stories in STORIES.items():
        holder = CUSTOMERS[name]
        language = BILLED.get(holder, Language.FI) if isinstance(holder, Member) else Language.FI
        for place, story in enumerate(stories):
            told = _told(holder, f"{place}", story, language, today)
            about = [] if story.bill is None else _bills(db, holder)[story.bill :]
            yield from _about(about[0], told) if about else told
    for member, language in BILLED.items():
        for invoice in _bills(db, member):
            yield from _bill(member, invoice, language, today)


def _told(holder: Member | Company, key: str, story: Story, language: Language, today: date) -> Iterator[SQLModel]:
    facts = _facts(language, today)
    thread = _thread(holder, key, story, facts, today)
    yield thread
    for place, post in enumerate(story.posts):
        is_question = post.kind is MessageKind.QUESTION
        message_id = id_of("message", holder.customer_number, key, place)
        yield Message(
            id=message_id,
            thread_id=thread.id,
            number=None if is_question else f"M-{holder.customer_number}-{key}-{place}",
            kind=post.kind,
            body=post.body.format_map(facts),
            language=language,
            sent_at=_instant(post, today),
            from_name=post.name,
            form_key=message_id if is_question else None,
        )


def _thread(holder: Member | Company, key: str, story: Story, facts: Mapping[str, str], today: date) -> MessageThread:
    thread_id = id_of("message thread", holder.customer_number, key)
    told = [post for post in story.posts if post.kind is not MessageKind.QUESTION]
    to_read = [post for post in told if post.kind not in CONTACTS]
    return MessageThread(
        id=thread_id,
        number=case_number(thread_id) if story.topic else None,
        party_id=party_id(holder),
        topic=story.topic or topic_of(story.posts[0].kind),
        subject=story.subject.format_map(facts),
        status=story.status,
        site_id=id_of("site", story.site) if story.site else None,
        contract_id=id_of("contract", story.contract) if story.contract else None,
        kind=told[-1].kind if told else MessageKind.QUESTION,
        last_at=_instant(story.posts[-1], today),
        told_at=_instant(to_read[-1], today) if to_read else None,
    )


def _bills(db: Session, holder: Member | Company) -> list[Invoice]:
    monthly = Invoice.party_id == party_id(holder), col(Invoice.read_by).is_not(None)
    return list(db.exec(select(Invoice).where(*monthly).order_by(col(Invoice.issued_on).desc()).limit(BILLS)))


def _bill(member: Member, invoice: Invoice, language: Language, today: date) -> Iterator[SQLModel]:
    """The message that a bill is ready."""
    month = formats.month_name(invoice.period_to, language)
    total, due = formats.money(Money(invoice.total_cents)), formats.full_date(invoice.due_on, language)
    if language is Language.SV:
        subject, body = f"Fakturan för {month} är klar", f"Fakturan är på {total} och förfaller {due}."
    else:
        subject, body = f"{month.capitalize()}n lasku on valmis", f"Laskun summa on {total} ja eräpäivä {due}."
    days_ago = (today - invoice.issued_on).days
    story = Story(subject, (Post(days_ago, time(8, 0), MessageKind.BILL, body),))
    yield from _about(invoice, _told(member, invoice.number, story, language, today))


def _about(invoice: Invoice, told: Iterable[SQLModel]) -> Iterator[SQLModel]:
    """The same thread about a bill."""
    for row in told:
        if isinstance(row, MessageThread):
            row.site_id, row.invoice_id = invoice.site_id, invoice.id
        yield row


def _facts(language: Language, today: date) -> Mapping[str, str]:
    outage = today + OUTAGE_IN
    weekday, day = formats.weekday_short(outage, language), formats.day_month(outage, language)
    return {"outage": f"{weekday} {day}", "next_year": f"{today.year + 1}"}


def _instant(post: Post, today: date) -> datetime:
    return datetime.combine(today - timedelta(days=post.days_ago), post.at, HELSINKI)
