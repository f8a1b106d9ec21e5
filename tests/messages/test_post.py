"""Messages as they are written, told, found and read, on either database."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select
from starlette.datastructures import FormData, QueryParams

from portal.audit.models import AuditEntry
from portal.auth.reach import Level, Theme
from portal.customers.models import Party
from portal.invoices.models import Invoice
from portal.kit.errors import BadRequest, NotCovered, NotThere
from portal.kit.feed import Outcome
from portal.kit.i18n import Language
from portal.kit.privacy import DataSubject
from portal.kit.web import Redirect, Visit
from portal.messages import actions, pages, privacy, queries, subjects
from portal.messages.actions import TakesNoReplies, TooManyMessages
from portal.messages.models import Message, MessageThread, ThreadStatus
from portal.messages.records import ThreadFilter
from portal.messages.rules import FEEDBACK_A_DAY, MESSAGES_A_DAY, MessageKind, ThreadsShown, Topic
from portal.outbox.models import OutboxEvent
from portal.sites.models import Site
from tests.messages.conftest import DAY, NOW, entry, letter, limited
from tests.settings import installation

MINUTE = timedelta(minutes=1)


@pytest.fixture
def aino(post):
    """A customer with a site and a bill."""
    return Home(post)


class Home:
    def __init__(self, post):
        register = post.register
        self.party = register.party()
        self.site = register.site()
        register.occupancy(self.party, self.site)
        self.bill = register.bill(self.party, self.site, (NOW - 20 * DAY).date())
        self.who = post.customer(self.party)
        self.number = post.see(lambda db: db.get_one(Party, self.party).customer_number)
        self.site_number = post.see(lambda db: db.get_one(Site, self.site).number)
        self.bill_number = post.see(lambda db: db.get_one(Invoice, self.bill).number)


def rows(post, table):
    return post.see(lambda db: db.exec(select(table)).all())


def only(post, table):
    (one,) = rows(post, table)
    return one


def test_what_a_customer_writes_is_kept_told_and_written_down(post, aino):
    about = post.see(subjects.of_invoice, aino.who, aino.bill)
    thread_id = post.ask(aino.who, about)
    thread, message, event = only(post, MessageThread), only(post, Message), only(post, OutboxEvent)
    assert (thread.id, thread.party_id, thread.site_id) == (thread_id, aino.party, aino.site)
    assert (thread.status, message.account_id) == (ThreadStatus.OPEN, aino.who.account_id)
    told = json.loads(event.payload)
    assert (event.kind, event.party_id, told["party_id"]) == ("message.sent", aino.party, str(aino.party))
    assert (told["thread_number"], told["written_by"]) == (thread.number, "Aino Mäkelä")
    assert (told["customer_number"], told["invoice_number"]) == (aino.number, aino.bill_number)
    act = only(post, AuditEntry)
    assert (act.act, act.object_id, act.details) == ("message.sent", str(message.id), '{"topic":"billing"}')


def test_a_form_sent_twice_makes_one_message(post, aino):
    key = uuid4()
    first = post.ask(aino.who, key=key)
    assert post.ask(aino.who, key=key) == first
    post.do(actions.reply, aino.who, first, letter(key), NOW)
    assert len(rows(post, Message)) == len(rows(post, OutboxEvent)) == len(rows(post, AuditEntry)) == 1


def test_two_clicks_at_once_make_one_message(post, aino):
    key = uuid4()
    with ThreadPoolExecutor(4) as several:
        threads = list(several.map(lambda _: post.ask(aino.who, key=key), range(4)))
    assert len(set(threads)) == len(rows(post, Message)) == 1


def test_of_many_sent_at_once_no_more_than_a_days_measure_gets_through(post, aino):
    """Whatever the person writes about, whomever they act for, and however many forms they send at a time."""
    other = post.customer(post.register.party())
    acting = replace(aino.who, reach=other.reach)
    for number in range(MESSAGES_A_DAY - 1):
        post.ask(aino.who, now=NOW + number * MINUTE)

    def send(who):
        try:
            post.ask(who, now=NOW + 60 * MINUTE)
        except TooManyMessages as full:
            return full.free_at
        return None

    with ThreadPoolExecutor(4) as several:
        came = list(several.map(send, [aino.who, acting] * 2))
    assert sorted(came, key=str) == [NOW + DAY] * 3 + [None]
    assert len(rows(post, Message)) == len(rows(post, OutboxEvent)) == MESSAGES_A_DAY
    post.ask(other, now=NOW + 61 * MINUTE)  # nobody else is held up
    post.ask(aino.who, now=NOW + DAY)
    with pytest.raises(TooManyMessages):
        post.ask(aino.who, now=NOW + DAY + MINUTE / 2)


@pytest.mark.sqlite
def test_feedback_and_replies_count_and_a_form_sent_twice_is_answered_all_the_same(post, aino):
    key = uuid4()
    for number in range(FEEDBACK_A_DAY):
        thread_id = post.ask(aino.who, topic=Topic.FEEDBACK, key=key if number == 0 else None)
    with pytest.raises(TooManyMessages):
        post.ask(aino.who, topic=Topic.FEEDBACK, now=NOW + MINUTE)
    assert post.ask(aino.who, topic=Topic.FEEDBACK, key=key, now=NOW + MINUTE)
    asked = post.ask(aino.who, now=NOW + MINUTE)
    with pytest.raises(TooManyMessages):
        post.do(actions.reply, aino.who, thread_id, letter(), NOW + MINUTE)
    for _ in range(MESSAGES_A_DAY - FEEDBACK_A_DAY - 1):
        post.do(actions.reply, aino.who, asked, letter(), NOW + MINUTE)
    with pytest.raises(TooManyMessages) as full:
        post.do(actions.reply, aino.who, asked, letter(), NOW + MINUTE)
    assert full.value.free_at == NOW + DAY
    post.do(actions.close, aino.who, asked, NOW + MINUTE)


def test_an_answer_finds_the_thread_that_was_told(post, aino):
    thread_id = post.ask(aino.who)
    number = only(post, MessageThread).number
    answer = entry("M1", aino.number, "answer", NOW + DAY, thread_number=number, subject="Re", from_name="Veera")
    assert post.tell(answer, now=NOW + DAY) == [Outcome.ACCEPTED]
    thread = post.see(queries.by_id, aino.who, thread_id)
    assert (thread.status, thread.subject, thread.is_unread) == (ThreadStatus.ANSWERED, "Kysymys", True)
    assert [said.name for said in thread.messages] == ["Aino Mäkelä", "Veera"]
    post.do(actions.reply, aino.who, thread_id, letter(), NOW + 2 * DAY)
    assert post.see(queries.by_id, aino.who, thread_id).status is ThreadStatus.OPEN


def test_an_answer_to_an_earlier_question_leaves_the_later_one_open(post, aino):
    post.ask(aino.who)
    number = only(post, MessageThread).number
    early = entry("M1", aino.number, "answer", NOW - DAY, thread_number=number)
    post.tell(early)
    assert only(post, MessageThread).status == ThreadStatus.OPEN


def test_a_repeated_row_changes_nothing_and_a_different_one_is_taken(post, aino):
    told = [
        entry("M1", aino.number, "bill", site_number=None, invoice_number=aino.bill_number),
        entry("M2", aino.number, "call"),
        entry("M3", aino.number, thread_number="T-1"),
        entry("M4", aino.number, "answer", NOW, thread_number="T-1"),
    ]
    assert post.tell(*told) == [Outcome.ACCEPTED] * 4
    assert post.tell(*told) == [Outcome.UNCHANGED] * 4
    assert len(rows(post, MessageThread)) == 3
    changed = entry("M1", aino.number, "bill", subject="Toinen", invoice_number=aino.bill_number)
    assert post.tell(changed) == [Outcome.ACCEPTED]
    by_kind = {thread.kind: thread for thread in rows(post, MessageThread)}
    assert by_kind["bill"].subject == "Toinen"
    assert (by_kind["bill"].site_id, by_kind["bill"].invoice_id) == (aino.site, aino.bill)
    assert by_kind["call"].told_at is None
    moved = entry("M1", aino.number, "bill", thread_number="T-1")
    assert post.tell(moved)[0].reason == "message M1 stands in another thread"


@pytest.mark.sqlite
def test_a_thread_tells_of_no_site_that_is_another_customers(post, aino):
    elsewhere = Home(post)
    post.tell(entry("m1", aino.number, site_number=elsewhere.site_number))
    (thread,) = rows(post, MessageThread)
    assert thread.site_id == elsewhere.site
    assert post.see(queries.by_id, aino.who, thread.id).about.site is None


def test_a_row_about_what_is_not_there_is_refused(post, aino):
    other = post.customer(post.register.party())
    post.ask(other)
    number = only(post, MessageThread).number
    refused = [
        entry("M1", "nobody"),
        entry("M2", aino.number, site_number="none"),
        entry("M3", aino.number, invoice_number="none"),
        entry("M4", aino.number, thread_number=number),
        entry("M7", aino.number, contract_number="none"),
        entry("M5", aino.number, sent_at=NOW + DAY),
        entry("M6", aino.number, "offer"),
    ]
    assert [verdict.reason for verdict in post.tell(*refused)] == [
        "unknown customer nobody",
        "unknown site none",
        f"customer {aino.number} has no bill none",
        f"thread {number} belongs to another customer",
        f"customer {aino.number} has no contract none",
        "sent_at lies in the future",
        f"customer {aino.number} does not allow direct marketing by e-mail",
    ]


@pytest.mark.sqlite
def test_an_offer_comes_to_those_who_allow_it_and_stays_when_they_no_longer_do(post, aino):
    offer = entry("M1", aino.number, "offer")
    assert post.tell(offer, offers=[aino.party]) == [Outcome.ACCEPTED]
    assert post.tell(offer) == [Outcome.UNCHANGED]


def test_unread_is_what_came_since_a_fortnight_before_the_first_sign_in_until_it_is_read(post, aino):
    post.tell(
        entry("M1", aino.number, sent_at=NOW - DAY),
        entry("M2", aino.number, sent_at=NOW - 2 * DAY),
        entry("M3", aino.number, "call", NOW - 3 * DAY),
        entry("M4", aino.number, sent_at=NOW - 15 * DAY),
    )
    assert post.see(queries.unread, aino.who) == 2
    newest = post.see(queries.latest, aino.who, 3)[0]
    post.do(actions.mark_read, aino.who, newest.id, newest.at, NOW)
    assert post.see(queries.unread, aino.who) == 1
    post.tell(entry("M5", aino.number))
    post.do(actions.mark_all_read, aino.who, NOW - timedelta(hours=1), NOW)  # of a page opened before M5 came
    assert [one.subject for one in post.see(queries.page, aino.who, ThreadFilter(ThreadsShown.UNREAD), 0, 9)] == [
        "Asia M5"
    ]
    somebody_else = post.customer(aino.party)
    assert post.see(queries.unread, somebody_else) == 3


def test_a_search_finds_words_in_any_case_and_filters_narrow_it(post, aino):
    post.tell(
        entry("M1", aino.number, "bill", body="Äänekosken LASKU on 100 % valmis"),
        entry("M2", aino.number, "visit", subject="Lasku"),
    )
    for text in ("äänekosken", "lasku on", "100 %"):
        assert [one.kind for one in post.see(queries.page, aino.who, ThreadFilter(text=text), 0, 9)] == [
            MessageKind.BILL
        ]
    assert post.see(queries.count, aino.who, ThreadFilter(text="lasku")) == 2
    assert post.see(queries.count, aino.who, ThreadFilter(ThreadsShown.CONTACTS, "lasku")) == 1
    assert post.see(queries.count, aino.who, ThreadFilter(text="1%0")) == 0
    counts = post.see(queries.counts, aino.who).shown
    assert (
        counts[ThreadsShown.ALL],
        counts[ThreadsShown.BILLS],
        counts[ThreadsShown.CONTACTS],
        counts[ThreadsShown.ANSWERS],
    ) == (2, 1, 1, 0)


def test_a_limited_mandate_sees_the_threads_of_its_matters_at_its_sites(post, aino):
    elsewhere = post.register.site("Muualla 1")
    post.register.occupancy(aino.party, elsewhere)
    other = post.see(lambda db: db.get_one(Site, elsewhere).number)
    post.tell(
        entry("news here", aino.number, site_number=aino.site_number),
        entry("news there", aino.number, site_number=other),
        entry("news of nowhere", aino.number),
        entry("bill here", aino.number, "bill", invoice_number=aino.bill_number),
        entry("bill of nowhere", aino.number, "bill"),
        entry("call here", aino.number, "call", site_number=aino.site_number),
    )
    asked = post.ask(aino.who, post.see(subjects.of_site, aino.who, aino.site), topic=Topic.CONTRACT)
    accountant = post.customer(
        aino.party, grants=(limited(Theme.BILLING, sites=frozenset({aino.site}), level=Level.SEE),)
    )
    seen = {one.subject for one in post.see(queries.latest, accountant, 20)}
    assert seen == {"Asia news here", "Asia bill here"}
    assert post.see(queries.unread, accountant) == 2
    with pytest.raises(NotThere):
        post.see(queries.by_id, accountant, asked)
    with pytest.raises(NotThere):
        post.see(subjects.of_site, accountant, elsewhere)
    with pytest.raises(NotCovered):
        post.ask(accountant, post.see(subjects.of_invoice, accountant, aino.bill))
    everywhere = post.customer(aino.party, grants=(limited(Theme.BILLING, sites=None),))
    assert post.see(queries.count, everywhere, ThreadFilter()) == 5
    assert len(post.see(subjects.sites, everywhere)) == 2
    assert [site.id for site in post.see(subjects.sites, accountant)] == [aino.site]


@pytest.mark.sqlite
def test_what_a_mandate_does_not_cover_is_said_beside_the_form_and_nothing_typed_is_lost(post, aino):
    writer = post.customer(aino.party, grants=(limited(Theme.BILLING, sites=frozenset({aino.site})),))
    typed = {"form_key": str(uuid4()), "topic": "contract", "subject": "A", "body": "B", "site": str(aino.site)}

    def write(**more):
        with post.register.database.writing() as db:
            return pages.write(
                Visit(writer, db, {}, QueryParams(), FormData(typed | more), NOW, Language.FI, installation())
            )

    refused = write()
    assert (refused.status, refused.page.form.errors) == (422, {"topic": pages.NOT_COVERED})
    assert refused.page.form.value("body") == "B"
    assert not refused.page.site_may_be_left_out
    assert [topic for topic, _ in refused.page.topics] == [Topic.BILLING]
    assert isinstance(write(topic="billing"), Redirect)
    with pytest.raises(BadRequest):
        write(form_key="x")


@pytest.mark.sqlite
def test_nobody_writes_in_a_thread_of_others_or_in_one_without_a_number(post, aino):
    thread_id = post.ask(aino.who)
    stranger = post.customer(post.register.party())
    for action, *more in ((actions.reply, letter()), (actions.close,), (actions.mark_read, NOW)):
        with pytest.raises(NotThere):
            post.do(action, stranger, thread_id, *more, NOW)
    post.tell(entry("M1", aino.number))
    bulletin = next(one.id for one in post.see(queries.latest, aino.who, 9) if one.kind is MessageKind.BULLETIN)
    with pytest.raises(TakesNoReplies):
        post.do(actions.reply, aino.who, bulletin, letter(), NOW)


@pytest.mark.sqlite
def test_a_settled_matter_is_told_once(post, aino):
    thread_id = post.ask(aino.who)
    post.do(actions.close, aino.who, thread_id, NOW)
    post.do(actions.close, aino.who, thread_id, NOW)
    assert [event.kind for event in rows(post, OutboxEvent)] == ["message.sent", "message_thread.closed"]
    assert only(post, MessageThread).status == ThreadStatus.CLOSED


@pytest.mark.sqlite
def test_an_export_holds_ones_own_correspondence_only(post, aino):
    post.ask(aino.who)
    post.tell(entry("M1", aino.number))
    post.do(actions.mark_all_read, aino.who, NOW, NOW)
    post.ask(post.customer(post.register.party()), body="Muiden asia")
    records = post.see(privacy.export, DataSubject(aino.party, frozenset({aino.who.account_id})))
    assert [record.table for record in records] == ["message_thread"] * 2 + ["message"] * 2 + ["thread_reading"]
    assert "Muiden" not in repr(records)
    assert "form_key" not in repr(records)
