"""The inbox, one thread with its reply, a new message, and feedback."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Final
from uuid import UUID, uuid4

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, TypeAdapter, ValidationError
from starlette.datastructures import QueryParams
from starlette.routing import Route

from portal.auth.people import User, decides, user
from portal.invoices import disputes
from portal.invoices import queries as invoices
from portal.invoices.disputes import Disputed
from portal.invoices.grossed import GrossLine, line_by_line
from portal.invoices.paid_here import PaymentsMade
from portal.invoices.records import InvoiceHead, WholeInvoice
from portal.kit import formats
from portal.kit.allowance import retry_after
from portal.kit.errors import BadRequest, NotCovered, NotThere
from portal.kit.forms import Form, Typed, Valid, one_of, read, wrong
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.money import Money
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Answer, Redirect, Reply, Visit, action, page
from portal.messages import actions, labels, queries, rules, subjects
from portal.messages.actions import Letter, Matter, NotACustomer, TooManyMessages
from portal.messages.records import Thing, Thread, ThreadFilter, ThreadHead, ThreadSubject, by_month
from portal.messages.rules import LONGEST_BODY, LONGEST_SUBJECT, ThreadsShown, Topic

THREADS_A_PAGE: Final = 20
LONGEST_SEARCH: Final = 80
INSTANT: Final = TypeAdapter(AwareDatetime)
SOME_NUMBER: Final = re.compile("[1-9][0-9]{0,8}")
AMOUNT: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?")

writes = user.where("writes", lambda who: rules.may_write_at_all(who.reach), NotCovered)
"""Lets in whoever may write about anything: in their own matters, or by a mandate to manage something."""


def _without_identity_code(body: str) -> str:
    if rules.holds_identity_code(body):
        raise wrong(text("Leave out the personal identity code. We know who you are from your sign-in."))
    return body


def _choosable(topic: Topic) -> Topic:
    if topic not in rules.CHOSEN:
        raise wrong(text("Choose one of the options."))
    return topic


NO_CODES: Final = AfterValidator(_without_identity_code)
Body = Annotated[str, Field(min_length=1, max_length=LONGEST_BODY), BeforeValidator(rules.plain), NO_CODES]
Subject = Annotated[str, Field(min_length=1, max_length=LONGEST_SUBJECT), BeforeValidator(rules.one_line), NO_CODES]


class MessageForm(Form):
    """A new message; which site, contract or invoice it is about is looked up apart.

    place, disputed: of an invoice, which line it is about, from one on, and how much of it is disputed, if anything
    """

    topic: Annotated[Topic, AfterValidator(_choosable)]
    subject: Subject
    body: Body
    place: str = ""
    disputed: str = ""


class ReplyForm(Form):
    """A reply, or feedback."""

    body: Body


@dataclass(frozen=True)
class Inbox(Page):
    """The threads that the filter lets through, some at a time; `until` is what marking all as read reads up to.

    tabs: the choices, and how many threads each shows
    """

    template = "messages/index.html"
    filters: ThreadFilter
    tabs: Sequence[tuple[ThreadFilter, int]]
    by_month: Sequence[tuple[date, Sequence[ThreadHead]]]
    pagination: Pagination
    count: int
    unread: int
    until: str
    may_write: bool


@dataclass(frozen=True)
class NoMessages(Page):
    """For somebody who is no customer yet: other ways to reach us."""

    template = "messages/none.html"


@dataclass(frozen=True)
class ThreadPage(Page):
    """One thread, the invoice it is about, and the form for a reply where one is possible.

    invoice: None where there is none, or none that the person may see
    full_until: where no more is taken before
    """

    template = "messages/show.html"
    thread: Thread
    today: date
    invoice: InvoiceHead | None
    may_write: bool
    until: str
    form: Typed
    form_key: str
    full_until: datetime | None = None


@dataclass(frozen=True)
class NewMessage(Page):
    """The form for a new message, about one of the customer's things or about none.

    lines: those of an invoice, each with what it comes to with VAT
    reads_without: whether its lines are told without VAT, as companies read them
    """

    template = "messages/new.html"
    form: Typed
    form_key: str
    topics: Sequence[tuple[Topic, Text]]
    about: ThreadSubject
    sites: Sequence[Thing]
    site_may_be_left_out: bool
    lines: Sequence[GrossLine]
    reads_without: bool
    full_until: datetime | None = None


@dataclass(frozen=True)
class Feedback(Page):
    """The short form for feedback."""

    template = "messages/feedback.html"
    form: Typed
    form_key: str
    full_until: datetime | None = None


def index(visit: Visit[User]) -> Page:
    """What came and what was written, the newest first."""
    db, who = visit.db, visit.who
    if not who.parties:
        return NoMessages()
    filters = _filters(visit.query)
    counts = queries.counts(db, who)
    count = queries.count(db, who, filters) if filters.text else counts.shown[filters.show]
    at = paginate(visit.query.get("page"), count, THREADS_A_PAGE, "/messages", filters.query)
    found = queries.page(db, who, filters, (at.number - 1) * THREADS_A_PAGE, THREADS_A_PAGE)
    return Inbox(
        filters=filters,
        tabs=[(ThreadFilter(show), counts.shown[show]) for show in ThreadsShown],
        by_month=by_month(found),
        pagination=at,
        count=count,
        unread=counts.shown[ThreadsShown.UNREAD],
        until=_iso(counts.newest_told),
        may_write=rules.may_write_at_all(who.reach),
    )


def read_all(visit: Visit[User]) -> Redirect:
    """Mark as read all that the inbox showed as unread."""
    actions.mark_all_read(visit.db, visit.who, _until(visit), visit.now)
    return Redirect("/messages")


def show(payments: PaymentsMade, visit: Visit[User]) -> ThreadPage:
    """One thread."""
    return _thread(payments, visit, Typed(), uuid4())


def note_read(payments: PaymentsMade, visit: Visit[User]) -> Reply:
    """Mark a thread as read: htmx says so by itself when the page has been opened, without scripts a button does."""
    thread_id = visit.id("id")
    actions.mark_read(visit.db, visit.who, thread_id, _until(visit), visit.now)
    if "by-hand" in visit.form:
        return Redirect(f"/messages/{thread_id}")
    return _thread(payments, visit, Typed(), uuid4())


def reply(payments: PaymentsMade, visit: Visit[User]) -> Reply:
    """Send a reply, or show the thread again with what to correct."""
    form_key = _form_key(visit)
    match read(ReplyForm, visit.form):
        case Valid(value):
            letter = Letter(value.body, visit.language, form_key)
            try:
                actions.reply(visit.db, visit.who, visit.id("id"), letter, visit.now)
            except TooManyMessages as full:
                return _full(visit, _thread(payments, visit, Typed.of(value), form_key), full)
            return Redirect(f"/messages/{visit.id('id')}")
        case typed:
            return Answer(_thread(payments, visit, typed, form_key), status=422)


def close(visit: Visit[User]) -> Redirect:
    """Say that the matter needs nothing more."""
    actions.close(visit.db, visit.who, visit.id("id"), visit.now)
    return Redirect(f"/messages/{visit.id('id')}")


def new(visit: Visit[User]) -> Reply:
    """The form, filled in from the address: `?topic=&site=&contract=&invoice=`, of which only one's own are taken.

    Of an invoice also `&place=`, the line that is doubted, from one on, and `&cents=`, how much of it is disputed.
    """
    about = _about(visit, visit.query.items())
    if about is None:
        return Redirect("/messages")
    asked, bill = visit.query.get("topic") or _usual_topic(about), _bill(visit, about)
    typed = {"topic": asked, **(_of_invoice(visit, bill) if bill else {})}
    return _new(visit, about, bill, Typed(typed), uuid4())


def write(visit: Visit[User]) -> Reply:
    """Send a new message, or show the form again with what to correct."""
    form_key, about = _form_key(visit), _about(visit, visit.form.items())
    if about is None:
        raise NotACustomer
    bill = _bill(visit, about)
    match read(MessageForm, visit.form):
        case Valid(value) if _is_covered(visit.who, value.topic, about):
            try:
                disputed = _disputed(value, bill)
            except NotThatMuch as wrong_amount:
                typed = replace(Typed.of(value), errors={"disputed": wrong_amount.says})
                return Answer(_new(visit, about, bill, typed, form_key), status=422)
            letter, matter = Letter(value.body, visit.language, form_key), Matter(value.topic, value.subject, about)
            try:
                sent = actions.write(visit.db, visit.who, replace(matter, disputed=disputed), letter, visit.now)
            except TooManyMessages as full:
                return _full(visit, _new(visit, about, bill, Typed.of(value), form_key), full)
            return Redirect(f"/messages/{sent}")
        case Valid(value):
            typed = replace(Typed.of(value), errors={"topic": NOT_COVERED})
        case refused:
            typed = refused
    return Answer(_new(visit, about, bill, typed, form_key), status=422)


def feedback(visit: Visit[User]) -> Reply:
    """A short form."""
    return Feedback(Typed(), str(uuid4())) if visit.who.parties else Redirect("/messages")


def send_feedback(visit: Visit[User]) -> Reply:
    """Send it as a message of its own."""
    form_key, about = _form_key(visit), subjects.general(visit.who)
    if about is None:
        raise NotACustomer
    match read(ReplyForm, visit.form):
        case Valid(value):
            matter = Matter(Topic.FEEDBACK, labels.TOPICS[Topic.FEEDBACK].said(visit.language), about)
            letter = Letter(value.body, visit.language, form_key)
            try:
                sent = actions.write(visit.db, visit.who, matter, letter, visit.now)
            except TooManyMessages as full:
                return _full(visit, Feedback(Typed.of(value), str(form_key)), full)
            return Redirect(f"/messages/{sent}")
        case typed:
            return Answer(Feedback(typed, str(form_key)), status=422)


class NotThatMuch(Exception):
    """What is typed is no amount that could be disputed; it says what to do."""

    def __init__(self, says: Text) -> None:
        super().__init__()
        self.says = says


def _of_invoice(visit: Visit[User], invoice: WholeInvoice) -> Mapping[str, str]:
    """What the form says of an invoice, and of a line of it where the address names one."""
    place, cents = visit.query.get("place", ""), visit.query.get("cents", "")
    line = disputes.line_at(invoice, int(place) if SOME_NUMBER.fullmatch(place) else None)
    number = text("Invoice %(number)s", number=invoice.head.number).said(visit.language)
    if line is None:
        return {"subject": number}
    gross = line_by_line(invoice)[int(place) - 1].amount
    whole = f"{number}: {line.name.said(visit.language)}, {formats.money(gross)}"
    amount = formats.euros(Money(int(cents))) if SOME_NUMBER.fullmatch(cents) else ""
    return {"subject": whole[:LONGEST_SUBJECT], "place": place, "disputed": amount}


def _disputed(value: MessageForm, invoice: WholeInvoice | None) -> Disputed | None:
    """What a message disputes of an invoice; None where nothing is. Raises NotThatMuch."""
    typed = "".join(value.disputed.split()).removesuffix("€")
    if invoice is None or not typed:
        return None
    found = AMOUNT.fullmatch(typed.replace(",", "."))
    amount = Money(int(Decimal(found[0]) * 100)) if found else Money(0)
    if not Money(0) < amount <= invoice.head.total:
        most = formats.money(invoice.head.total)
        raise NotThatMuch(
            text(
                "Write an amount in euros, such as 12,50, at most the total %(total)s, or leave the field empty.",
                total=most,
            )
        )
    place = int(value.place) if SOME_NUMBER.fullmatch(value.place) else None
    return Disputed(invoice, place if disputes.line_at(invoice, place) else None, amount)


NOT_COVERED: Final = text("Your mandate does not cover this topic at this site. Choose another topic or site.")


def _full(visit: Visit[User], page: ThreadPage | NewMessage | Feedback, full: TooManyMessages) -> Answer:
    """The form with everything typed, and when it can be sent."""
    shown_again = replace(page, full_until=full.free_at)
    return Answer(shown_again, headers=retry_after(full.free_at, visit.now), status=full.status)


def _thread(payments: PaymentsMade, visit: Visit[User], form: Typed, form_key: UUID) -> ThreadPage:
    thread = queries.by_id(visit.db, visit.who, visit.id("id"))
    return ThreadPage(
        thread=thread,
        today=visit.today,
        invoice=_invoice(payments, visit, thread),
        may_write=_is_covered(visit.who, thread.topic, thread.about),
        until=_iso(thread.told_at),
        form=form,
        form_key=str(form_key),
    )


def _invoice(payments: PaymentsMade, visit: Visit[User], thread: Thread) -> InvoiceHead | None:
    if thread.about.invoice is None:
        return None
    found = invoices.of_ids(visit.db, visit.who, [thread.about.invoice.id])
    return next(iter(payments.told(visit.db, visit.who, list(found.values()))), None)


def _bill(visit: Visit[User], about: ThreadSubject) -> WholeInvoice | None:
    return invoices.by_id(visit.db, visit.who, about.invoice.id) if about.invoice else None


def _new(
    visit: Visit[User], about: ThreadSubject, bill: WholeInvoice | None, form: Typed, form_key: UUID
) -> NewMessage:
    reach = visit.who.reach
    topics = rules.topics(reach)
    is_settled = about.invoice or about.contract
    return NewMessage(
        form=form,
        form_key=str(form_key),
        topics=[(topic, labels.TOPICS[topic]) for topic in topics],
        about=about,
        sites=[] if is_settled else subjects.sites(visit.db, visit.who),
        site_may_be_left_out=any(rules.may_write(reach, topic, None) for topic in topics),
        lines=line_by_line(bill) if bill else (),
        reads_without=bool(bill and bill.is_a_companys),
    )


def _about(visit: Visit[User], asked: Iterable[tuple[str, object]]) -> ThreadSubject | None:
    """What a message is about, by the ids in an address or a form; None for somebody who is no customer.

    Raises NotThere for what is not theirs.
    """
    ids = {name: _id(value) for name, value in asked if name in {"site", "contract", "invoice"} and value}
    if invoice := ids.get("invoice"):
        return subjects.of_invoice(visit.db, visit.who, invoice)
    if contract := ids.get("contract"):
        return subjects.of_contract(visit.db, visit.who, contract)
    if site := ids.get("site"):
        return subjects.of_site(visit.db, visit.who, site)
    return subjects.general(visit.who)


def _usual_topic(about: ThreadSubject) -> str:
    return Topic.BILLING if about.invoice else Topic.CONTRACT if about.contract else ""


def _is_covered(who: User, topic: Topic, about: ThreadSubject) -> bool:
    return rules.may_write(who.reach, topic, about.site.id if about.site else None)


def _filters(query: QueryParams) -> ThreadFilter:
    show = one_of(ThreadsShown, query.get("show"), ThreadsShown.ALL)
    return ThreadFilter(show, rules.plain(query.get("q", ""))[:LONGEST_SEARCH].strip())


def _id(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise NotThere from None


def _form_key(visit: Visit[User]) -> UUID:
    try:
        return UUID(str(visit.form.get("form_key")))
    except ValueError:
        raise BadRequest from None


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _until(visit: Visit[User]) -> datetime:
    """The instant up to which the page that was shown had something to read."""
    try:
        return INSTANT.validate_python(visit.form.get("until")).astimezone(UTC)
    except (ValidationError, OverflowError):  # the last hours of the year 9999 lie beyond it in UTC
        raise BadRequest from None


def routes(payments: PaymentsMade) -> list[Route]:
    """Every address of these pages.

    payments: those of bills that are made here
    """
    thread = "/messages/{id}"
    return [
        page("/messages", index, who=user, viewed=text("Looked at the list of messages")),
        action("/messages/read", read_all, who=user),
        page("/messages/new", new, who=writes, viewed=text("Opened the form for writing to customer service")),
        action("/messages/new", write, who=writes),
        page(thread, partial(show, payments), who=user, viewed=text("Looked at messages about a matter")),
        action(thread, partial(reply, payments), who=writes),
        action("/messages/{id}/read", partial(note_read, payments), who=user),
        action("/messages/{id}/close", close, who=writes),
        page("/feedback", feedback, who=decides, viewed=text("Opened the form for feedback")),
        action("/feedback", send_feedback, who=decides),
    ]
