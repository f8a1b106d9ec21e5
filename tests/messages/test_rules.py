"""What a message can be about, who may write it, and what may stand in it."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.auth.reach import EVERYTHING, Level, Reach, Theme
from portal.messages import labels, rules
from portal.messages.models import ThreadStatus
from portal.messages.records import Thread, ThreadMessage, ThreadSubject
from portal.messages.rules import MessageKind, Topic
from tests.messages.conftest import limited

HERE, THERE = UUID(int=1), UUID(int=2)


def reach(*grants):
    return Reach(frozenset({uuid4()}), grants)


@pytest.mark.parametrize("topic", rules.CHOSEN)
@pytest.mark.parametrize("site", [None, HERE])
def test_in_ones_own_matters_one_writes_about_everything(topic, site):
    assert rules.may_write(reach(EVERYTHING), topic, site)


WRITES = [
    (limited(Theme.BILLING, sites=frozenset({HERE})), Topic.BILLING, HERE, True),
    (limited(Theme.BILLING, sites=frozenset({HERE})), Topic.BILLING, THERE, False),
    (limited(Theme.BILLING, sites=frozenset({HERE})), Topic.BILLING, None, False),
    (limited(Theme.BILLING, sites=frozenset({HERE})), Topic.CONTRACT, HERE, False),
    (limited(Theme.BILLING, sites=frozenset({HERE}), level=Level.SEE), Topic.BILLING, HERE, False),
    (limited(Theme.BILLING, sites=None), Topic.BILLING, None, True),
    (limited(*Theme, sites=None, level=Level.SEE), Topic.OTHER, None, False),
    (limited(*Theme, sites=frozenset({HERE})), Topic.PRIVACY, HERE, False),
    (limited(*Theme, sites=frozenset({HERE})), Topic.OTHER, HERE, False),
]


@pytest.mark.parametrize(("grant", "topic", "site", "may"), WRITES)
def test_by_a_limited_mandate_one_writes_about_what_one_may_manage(grant, topic, site, may):
    assert rules.may_write(reach(grant), topic, site) is may


def test_only_topics_that_one_may_write_about_are_offered():
    assert rules.topics(reach(limited(Theme.BILLING, Theme.MOVES, sites=frozenset({HERE})))) == [
        Topic.BILLING,
        Topic.MOVING,
    ]
    assert rules.topics(reach(EVERYTHING)) == list(rules.CHOSEN)
    assert not rules.may_write_at_all(reach(limited(Theme.BILLING, sites=None, level=Level.SEE)))


def test_a_limited_mandate_opens_news_of_its_sites_and_no_contacts():
    opened = rules.opened(reach(limited(Theme.BILLING, sites=frozenset({HERE}))))
    assert opened[Topic.NEWS] == opened[Topic.BILLING] == {HERE}
    assert opened[Topic.CONTRACT] == frozenset()
    assert not opened.keys() & {Topic.CONTACT, Topic.PRIVACY, Topic.OTHER, Topic.FEEDBACK}


def test_everything_has_its_words():
    assert labels.KINDS.keys() == set(MessageKind)
    assert labels.TOPICS.keys() == set(Topic)
    assert labels.STATUSES.keys() == set(ThreadStatus)
    assert labels.SHOWS.keys() == labels.HEADINGS.keys() == set(rules.ThreadsShown)
    assert all(rules.topic_of(kind) in Topic for kind in MessageKind)


@given(st.text())
def test_a_plain_text_can_be_kept_anywhere(text):
    plain = rules.plain(text)
    assert not set(plain) & set("\x00\r\x1b\x85\u2028")
    assert rules.plain(plain) == plain


def test_lines_and_letters_stay():
    assert rules.one_line(" Äiti\r\n ja  isä ") == "Äiti ja isä"
    assert rules.plain("Äiti\r\nja isä\x00\tö") == "Äiti\nja isä\tö"


CODES = [
    ("Tunnukseni on 010180-9015.", True),
    ("120775y9446", True),
    ("Viite 0101809015, lasku 010180-9016", False),
    ("Puhelin 040 123 4567", False),
]


@pytest.mark.parametrize(("text", "holds"), CODES)
def test_an_identity_code_is_noticed(text, holds):
    assert rules.holds_identity_code(text) is holds


def asked(at, status=ThreadStatus.OPEN):
    said = ThreadMessage(MessageKind.QUESTION, "Miksi?", "fi", at, "Aino", is_own=True)
    about = ThreadSubject(uuid4(), "1")
    return Thread(uuid4(), "A", Topic.OTHER, "A", status, None, False, about, [said])


@pytest.mark.parametrize(
    ("asked_at", "by"),
    [
        (datetime(2026, 11, 18, 8, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 21, 59, tzinfo=UTC), date(2026, 11, 24)),  # Friday evening
        (datetime(2026, 12, 23, 8, tzinfo=UTC), date(2026, 12, 29)),  # over Christmas
    ],
)
def test_an_answer_is_due_in_two_working_days(asked_at, by):
    assert asked(asked_at).answer_by == by
    assert asked(asked_at, ThreadStatus.ANSWERED).answer_by is None
