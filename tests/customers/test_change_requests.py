"""What customers change: how long a wish outlives the register, what is told, and what a second click does."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.auth.models import Account
from portal.auth.people import ConfirmedUser
from portal.auth.reach import Reach, Theme
from portal.customers import actions, change_requests, contact, jobs
from portal.customers.actions import TooManyLetters
from portal.customers.change_requests import Billing, ChangeRequest, Channel, Matter, PostalAddress, outstanding
from portal.customers.contact import Typed
from portal.customers.importing import BillingEntry, Customer, keep_billing, keep_customers
from portal.customers.models import ContactChange, ContactDraft, MailboxLink, Mandate, Party
from portal.kit.feed import ImportContext, Outcome, Refusal
from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent
from tests.people import user, vault

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD, NEW = "aino@example.fi", "aino.makela@example.fi"
PHONE = "+358401234567"


on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


pytestmark = pytest.mark.sqlite  # unless a test asks for both kinds


def requested(before, after):
    return ChangeRequest(before, after, NOW)


# The rule


@pytest.mark.parametrize(
    ("register", "changes", "stands"),
    [
        ("a", [], None),
        ("a", ["ab"], "b"),  # a feed that still has the old value hides nothing
        ("b", ["ab"], None),  # the register has followed
        ("c", ["ab"], None),  # somebody told customer service something newer
        ("a", ["ab", "ac"], "c"),
        ("b", ["ab", "ac"], "c"),  # the register is on its way to the second wish
        ("c", ["ab", "ac"], None),
        ("a", ["ab", "aa"], None),  # taken back
        ("b", ["ab", "aa"], "a"),  # taken back, and the utility has followed the first wish only
        ("b", ["ab", "bc"], "c"),
        ("a", ["ab", "bc"], None),
        ("", ["b"], None),
    ],
)
def test_a_wish_stands_until_the_register_follows_or_goes_another_way(register, changes, stands):
    found = outstanding(register, [requested(one[0], one[1:]) for one in changes])
    assert (found.after if found else None) == stands


@given(st.lists(st.sampled_from("abc"), min_size=1), st.sampled_from("abcd"))
def test_a_register_that_follows_wish_by_wish_ends_where_the_customer_ended(path, start):
    made, register = [requested(start, after) for after in path], start
    for step in made:
        found = outstanding(register, made)
        assert (found.after if found else register) == path[-1]
        register = step.after
    assert outstanding(register, made) is None


@given(st.builds(PostalAddress, st.text(), st.text(), st.text(), st.text()))
def test_an_address_is_read_as_it_was_written(address):
    assert change_requests.address(change_requests.written(address)) == address


@given(st.builds(Billing, st.sampled_from(Channel), st.none() | st.text(), st.none() | st.text()))
def test_a_way_of_billing_is_read_as_it_was_written(billing):
    assert change_requests.billing(change_requests.written(billing)) == billing


# The register


def row(number="1001", email=OLD, phone=PHONE, **changes):
    whole = {
        "customer_number": number,
        "kind": "person",
        "name": "Aino Mäkelä",
        "identity_code": "010180-9015",
        "language": "fi",
        "emails": [email] if email else [],
        "phones": [phone] if phone else [],
        "address": {"street": "Katu 1", "postcode": "20100", "town": "Turku", "country": "FI"},
    }
    return TypeAdapter(Customer).validate_json(json.dumps(whole | changes))


@pytest.fixture
def feed(database):
    """A feed comes."""

    def come(*rows):
        with database.writing() as db:
            return keep_customers(db, rows, ImportContext(vault, NOW))

    return come


@pytest.fixture
def aino(database, feed):
    """A customer under two numbers, who has just proved who she is."""
    feed(row(), row("1002"))
    with database.writing() as db:
        account = Account(
            identity_index=vault().blind_index("010180-9015"), given_names="Aino", family_name="Mäkelä", created_at=NOW
        )
        db.add(account)
        parties = frozenset(db.exec(select(Party.id)).all())
    return user(Reach(parties), kind=ConfirmedUser, account_id=account.id)


@pytest.fixture
def change(database, aino):
    def changed(email=OLD, phone=PHONE, now=NOW):
        with database.writing() as db:
            return actions.change_contact(db, aino, Typed(email, phone), now)

    return changed


@pytest.fixture
def facts(database, aino):
    """The matters of her first number."""

    def found():
        with database.reading() as db:
            return contact.contacts(db, aino)[0].facts

    return found


def told(database):
    with database.reading() as db:
        return [
            (row.kind, json.loads(row.payload)) for row in db.exec(select(OutboxEvent).order_by(OutboxEvent.number))
        ]


def acts(database):
    with database.reading() as db:
        return [entry.act for entry in db.exec(select(AuditEntry).order_by(AuditEntry.number))]


def test_a_phone_number_counts_at_once_and_the_utility_hears_of_it_for_each_number(database, change, facts):
    changed = change(phone="+358507654321")
    assert (changed.matters, changed.to_confirm, addresses(changed)) == ((Matter.PHONE,), None, [OLD])
    assert facts()[Matter.PHONE].now == "+358507654321"
    events = told(database)
    assert [kind for kind, _ in events] == ["contact.changed"] * 2
    assert [(event["customer_number"], event["contact"], event["value"]) for _, event in events] == [
        ("1001", "phone", "+358507654321"),
        ("1002", "phone", "+358507654321"),
    ]
    assert acts(database) == ["phone.changed"] * 2


def addresses(changed):
    return list(changed.old_emails)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (OLD, OLD, [OLD]),
        (OLD, "second@example.fi", [OLD, "second@example.fi"]),
        (OLD, "", [OLD]),
        ("", "second@example.fi", ["second@example.fi"]),
        (NEW, "second@example.fi", ["second@example.fi"]),  # of the first number nothing is replaced
        ("", "", []),
    ],
)
def test_every_different_address_that_is_replaced_is_told_of_once(change, feed, first, second, told):
    feed(row("1001", first), row("1002", second))
    changed = change(email=NEW)
    assert (addresses(changed), changed.to_confirm) == (told, NEW)


@on_both
def test_what_never_counted_is_forgotten_after_a_month_and_what_did_is_kept(database, aino, change):
    for number in range(3):
        change(email=f"a{number}@example.fi", now=NOW + number * HOUR)
    confirmed = change(email=NEW, now=NOW + 3 * HOUR)
    with database.writing() as db:
        actions.confirm_email(db, confirmed.request_id, NOW + 4 * HOUR)
    change(email="late@example.fi", now=NOW + 5 * HOUR)
    month = NOW + timedelta(days=30, hours=4)
    with database.writing() as db:
        actions.keep_draft(db, aino, Typed("typed@example.fi", ""), NOW)
        assert jobs.forget_unconfirmed(db, NOW + timedelta(days=29), 500) == 0
        assert [jobs.forget_unconfirmed(db, month, 4) for _ in range(3)] == [4, 2, 0]
        assert jobs.forget_drafts(db, NOW + HOUR / 2, 500) == 0
        assert [jobs.forget_drafts(db, month, 1) for _ in range(3)] == [1, 1, 0]
        assert {one.after for one in db.exec(select(ContactChange))} == {NEW, "late@example.fi"}
    assert change(email="next@example.fi", now=month)
    assert acts(database).count("email.asked") == 12  # what was done stays written down


def test_what_was_saved_twice_was_saved_once(database, change):
    assert change(phone="+358507654321")
    assert change(phone="+358507654321") is None
    assert len(told(database)) == 2


@on_both
def test_an_old_feed_does_not_hide_a_change_and_a_new_one_settles_it(change, facts, feed):
    change(phone="+358507654321")
    feed(row(name="Aino M"))
    assert (facts()[Matter.PHONE].now, facts()[Matter.PHONE].change.at) == ("+358507654321", NOW)
    feed(row(phone="+358507654321"))
    assert (facts()[Matter.PHONE].now, facts()[Matter.PHONE].change) == ("+358507654321", None)
    feed(row(phone="+358401111111"))
    assert facts()[Matter.PHONE].now == "+358401111111"


def test_a_number_that_shall_go_is_told_as_nothing(database, change, facts):
    change(phone="")
    assert facts()[Matter.PHONE].now == ""
    assert told(database)[0][1]["value"] is None


@on_both
def test_a_new_address_counts_only_when_its_mailbox_has_answered(database, change, facts):
    changed = change(email=NEW)
    assert (changed.matters, changed.to_confirm) == ((), NEW)
    assert (facts()[Matter.EMAIL].now, facts()[Matter.EMAIL].asked) == (OLD, NEW)
    assert told(database) == []
    assert change(email=NEW) is None
    for first in (True, False):
        with database.writing() as db:
            assert actions.confirm_email(db, changed.request_id, NOW + HOUR) is first
    assert facts()[Matter.EMAIL].now == NEW
    assert [event["value"] for _, event in told(database)] == [NEW, NEW]
    assert acts(database) == ["email.asked"] * 2 + ["email.changed"] * 2


@pytest.mark.parametrize(("after", "counts"), [(48 * HOUR, True), (48 * HOUR + timedelta(seconds=1), False)])
def test_a_letter_waits_for_two_days(database, change, after, counts):
    changed = change(email=NEW)
    with database.reading() as db:
        assert bool(contact.mailbox(db, changed.request_id, NOW + after)) is counts
    with database.writing() as db:
        assert actions.confirm_email(db, changed.request_id, NOW + after) is counts


@on_both
def test_a_links_token_is_known_to_its_letter_alone_and_expires(database, change):
    changed = change(email=NEW)
    with database.writing() as db:
        tokens = [actions.mailbox_link(db, changed.request_id, NOW) for _ in range(2)]
    with database.reading() as db:
        assert not {token.encode() for token in tokens} & {
            bytes(link.token_hash) for link in db.exec(select(MailboxLink))
        }
        for token in tokens:
            assert contact.asked_by(db, token, NOW + 48 * HOUR) == changed.request_id
            assert contact.asked_by(db, token, NOW + 48 * HOUR + timedelta(seconds=1)) is None
        assert contact.asked_by(db, tokens[0][:-1], NOW) is None
    with database.writing() as db:
        assert jobs.forget_links(db, NOW + 48 * HOUR, 500) == 0
        assert [jobs.forget_links(db, NOW + 49 * HOUR, 1) for _ in range(3)] == [1, 1, 0]


@on_both
def test_another_address_or_the_old_one_kills_the_link_of_the_first(database, change, facts):
    first = change(email=NEW)
    second = change(email="a@example.fi")
    assert change(email=OLD)
    assert facts()[Matter.EMAIL].asked == OLD
    for request in (first, second):
        with database.writing() as db:
            assert not actions.confirm_email(db, request.request_id, NOW)
    assert told(database) == []


def test_the_register_may_move_on_while_the_mailbox_is_silent(database, change, facts, feed):
    changed = change(email=NEW)
    feed(row(email="third@example.fi"))
    with database.writing() as db:
        actions.confirm_email(db, changed.request_id, NOW + HOUR)
    assert facts()[Matter.EMAIL].now == NEW


def test_an_address_that_the_register_knows_needs_no_letter(change, feed):
    feed(row(emails=[OLD, NEW]), row("1002", emails=[OLD, NEW]))
    assert change(email=NEW).matters == (Matter.EMAIL,)


def test_nobodys_mailbox_is_filled(database, change):
    for number in range(actions.LETTERS_A_DAY):
        change(email=f"a{number}@example.fi", now=NOW + number * HOUR)
    with pytest.raises(TooManyLetters):
        change(email="another@example.fi", now=NOW + 6 * HOUR)
    assert change(email="another@example.fi", now=NOW + 25 * HOUR)


@on_both
def test_a_letter_is_sent_again_but_not_by_a_double_click(database, aino, change):
    first = change(email=NEW)
    with database.writing() as db:
        assert actions.ask_again(db, aino, NOW + timedelta(seconds=2)) is None
        second = actions.ask_again(db, aino, NOW + HOUR)
    assert (second.to_confirm, second.old_emails) == (NEW, {})
    for request, counts in ((first, False), (second, True)):
        with database.writing() as db:
            assert actions.confirm_email(db, request.request_id, NOW + HOUR) is counts


@on_both
def test_an_address_and_a_way_of_billing_and_a_language_are_told_whole(database, aino, facts):
    with database.writing() as db:
        assert actions.change_address(db, aino, PostalAddress("Tie 2", "33100", "Tampere", "FI"), NOW)
        assert actions.change_billing(db, aino, Billing(Channel.EMAIL, None, "KP 4120"), NOW)
        assert actions.change_language(db, aino, Language.SV, NOW)
    of_first = [(kind, event) for kind, event in told(database) if event["customer_number"] == "1001"]
    assert [kind for kind, _ in of_first] == ["address.changed", "billing.changed", "language.changed"]
    assert (
        of_first[0][1].items() >= {"street": "Tie 2", "postcode": "33100", "town": "Tampere", "country": "FI"}.items()
    )
    assert of_first[1][1].items() >= {"channel": "AI04", "email": None, "reference": "KP 4120"}.items()
    assert of_first[2][1]["language"] == facts()[Matter.LANGUAGE].now == "sv"
    assert all(event["party_id"] for _, event in of_first)


@on_both
def test_what_was_typed_waits_an_hour_for_its_own_person(database, aino, change):
    with database.writing() as db:
        actions.keep_draft(db, aino, Typed("typed@example.fi", ""), NOW)
        actions.keep_draft(db, aino, Typed("typed.again@example.fi", ""), NOW)
    with database.reading() as db:
        assert contact.draft(db, aino, NOW + HOUR / 2) == Typed("typed.again@example.fi", "")
        assert contact.draft(db, aino, NOW + HOUR) is None
    with database.writing() as db:
        actions.keep_draft(db, aino, Typed("later@example.fi", ""), NOW + HOUR)
        assert {draft.email for draft in db.exec(select(ContactDraft))} == {"later@example.fi"}
    change(phone="")
    with database.reading() as db:
        assert contact.draft(db, aino, NOW + HOUR) is None


def test_the_feed_says_how_bills_come(database, aino, facts):
    entry = BillingEntry(customer_number="1001", channel=Channel.OMAPOSTI, bills_to=None, own_reference=None)
    stranger = BillingEntry(customer_number="9", channel=Channel.PAPER, bills_to=None, own_reference=None)
    with database.writing() as db:
        accepted, refused = keep_billing(db, [entry, stranger], ImportContext(vault, NOW))
        assert keep_billing(db, [entry], ImportContext(vault, NOW)) == [Outcome.UNCHANGED]
    assert (accepted, type(refused)) == (Outcome.ACCEPTED, Refusal)
    assert change_requests.billing(facts()[Matter.BILLING].now).channel is Channel.OMAPOSTI


def test_nothing_that_was_wished_is_ever_overwritten(database, change):
    change(phone="+358507654321")
    change(phone="+358507654322")
    with database.reading() as db:
        every = db.exec(select(ContactChange).order_by(ContactChange.sequence)).all()
    assert {(one.sequence, one.before, one.after) for one in every} == {
        (1, PHONE, "+358507654321"),
        (2, PHONE, "+358507654322"),
    }


def test_a_new_address_counts_only_while_whoever_asked_still_decides(database, aino):
    company, last_day = uuid4(), NOW.date()
    with database.writing() as db:
        db.add(Party(id=company, customer_number="2001", kind="company", name="Esimerkki Oy"))
        db.flush()
        themes, grantee = ",".join(sorted(Theme)), min(aino.parties)
        mandate = {"grantor_id": company, "grantee_id": grantee, "themes": themes, "every_site": True}
        db.add(Mandate(**mandate, level="manage", valid_from=last_day, valid_to=last_day))
        acting = replace(aino, reach=Reach(frozenset({company}), acting_for=company))
        asked = actions.change_contact(db, acting, Typed(NEW, PHONE), NOW)
    with database.writing() as db:
        assert not actions.confirm_email(db, asked.request_id, NOW + 24 * HOUR)
        assert actions.confirm_email(db, asked.request_id, NOW + HOUR)
