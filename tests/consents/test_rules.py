"""What is decided about: the matrix, what a decision makes of it, and whom we may contact how."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consents import rules
from portal.consents.rules import (
    MATRIX,
    Action,
    Channel,
    DecisionKind,
    DecisionSubject,
    Ground,
    Purpose,
    Switch,
)
from tests.consents.conftest import cell, request

ON, OFF = Switch.ON, Switch.OFF
PERSON, COMPANY = DecisionSubject.PERSON, DecisionSubject.COMPANY
CELLS = st.sampled_from(MATRIX[PERSON])


@dataclass(frozen=True)
class Said:
    """A decision as the rules see it."""

    sequence: int
    kind: str
    purpose: str
    channel: str
    action: str


def said(sequence, key, action, subject=PERSON):
    (found,) = request(key, ON, subject)
    return Said(sequence, found.kind, found.purpose, found.channel, action)


# The matrix


def grid(subject):
    """The matrix as one reads it: a line for each purpose and kind."""
    lines = {}
    for one in MATRIX[subject]:
        lines.setdefault((one.purpose, one.kind, one.ground), []).append(one.channel)
    return [(purpose, kind, ground, " ".join(channels)) for (purpose, kind, ground), channels in lines.items()]


def test_what_a_person_decides_on():
    assert grid(PERSON) == [
        ("outages", "preference", Ground.CONTRACT, "email sms letter"),
        ("invoices", "preference", Ground.CONTRACT, "email sms letter"),
        ("direct-marketing", "consent", Ground.ELECTRONIC_MARKETING, "email sms automated-call"),
        ("direct-marketing", "objection", Ground.OTHER_MARKETING, "phone letter"),
        ("distance-selling", "objection", Ground.OTHER_MARKETING, "phone letter"),
        ("market-research", "objection", Ground.RESEARCH, "email phone letter"),
        ("satisfaction-survey", "objection", Ground.RESEARCH, "email sms phone"),
        ("service-analytics", "consent", Ground.CONSENT, "any"),
        ("partner-disclosure", "consent", Ground.CONSENT, "any"),
    ]


def test_marketing_to_a_company_is_prohibited_not_consented_to():
    assert grid(COMPANY) == [
        ("outages", "preference", Ground.CONTRACT, "email sms letter"),
        ("invoices", "preference", Ground.CONTRACT, "email sms letter"),
        ("direct-marketing", "objection", Ground.COMPANY_MARKETING, "email sms automated-call phone letter"),
        ("distance-selling", "objection", Ground.COMPANY_MARKETING, "phone letter"),
        ("market-research", "objection", Ground.RESEARCH, "email phone letter"),
        ("satisfaction-survey", "objection", Ground.RESEARCH, "email sms phone"),
        ("partner-disclosure", "consent", Ground.CONSENT, "any"),
    ]


@pytest.mark.parametrize("subject", DecisionSubject)
def test_no_cell_stands_twice_and_every_purpose_is_of_the_page(subject):
    keys = [one.key for one in MATRIX[subject]]
    assert len(keys) == len(set(keys))
    order = list(Purpose)
    purposes = [one.purpose for one in MATRIX[subject]]
    assert purposes == sorted(purposes, key=order.index)


def test_codes_fit_their_columns():
    assert max(map(len, Purpose)) <= 20
    assert max(map(len, Channel)) <= 20
    assert max(map(len, Ground)) <= 80


# What a decision makes of a cell


@pytest.mark.parametrize(
    ("kind", "action", "state"),
    [
        (DecisionKind.CONSENT, None, OFF),
        (DecisionKind.CONSENT, Action.GIVEN, ON),
        (DecisionKind.CONSENT, Action.WITHDRAWN, OFF),
        (DecisionKind.OBJECTION, None, ON),
        (DecisionKind.OBJECTION, Action.GIVEN, OFF),
        (DecisionKind.OBJECTION, Action.WITHDRAWN, ON),
        (DecisionKind.PREFERENCE, None, ON),
        (DecisionKind.PREFERENCE, Action.GIVEN, ON),
        (DecisionKind.PREFERENCE, Action.WITHDRAWN, OFF),
    ],
)
def test_what_an_action_means(kind, action, state):
    assert rules.switch(kind, action) is state


@given(st.sampled_from(DecisionKind), st.sampled_from(Switch))
def test_what_is_recorded_means_what_was_wished(kind, requested):
    assert rules.switch(kind, rules.action(kind, requested)) is requested


def test_the_newest_decision_is_in_force_in_whatever_order_they_come():
    given_, withdrawn = (said(1, "direct-marketing.email", "given"), said(2, "direct-marketing.email", "withdrawn"))
    for decisions in ([given_, withdrawn], [withdrawn, given_]):
        assert list(rules.in_force(decisions).values()) == [withdrawn]


def test_a_consent_is_never_read_as_a_prohibition():
    """A company may have been a person's one-man firm before: its consent is no objection."""
    once = said(1, "direct-marketing.email", "given", PERSON)
    email = cell(Purpose.DIRECT_MARKETING, Channel.EMAIL, COMPANY)
    assert email.kind is DecisionKind.OBJECTION
    assert rules.state(email, rules.in_force([once])) is ON


@given(st.lists(st.tuples(CELLS, st.sampled_from(Switch)), max_size=20))
def test_the_matrix_is_as_it_was_wished_last(requests):
    decisions, last = [], {}
    for number, (one, switch) in enumerate(requests):
        action = rules.action(one.kind, switch)
        decisions.append(Said(number, one.kind, one.purpose, one.channel, action))
        last[one] = switch
    held = rules.in_force(decisions)
    assert all(rules.state(one, held) is switch for one, switch in last.items())
    untouched = set(MATRIX[PERSON]) - last.keys()
    assert all((rules.state(one, held) is OFF) == (one.kind is DecisionKind.CONSENT) for one in untouched)


def test_what_is_so_already_is_no_news():
    held = rules.in_force([said(1, "direct-marketing.email", "given")])
    email, letter = request("direct-marketing.email", ON), request("direct-marketing.letter", ON)
    assert rules.news(email | letter | request("direct-marketing.sms", OFF), held) == {}
    assert rules.news(request("direct-marketing.email", OFF), held) == request("direct-marketing.email", OFF)


def test_taking_everything_back_takes_back_consents_only():
    assert {one.key for one in rules.withdrawing_all(PERSON)} == {
        "direct-marketing.email",
        "direct-marketing.sms",
        "direct-marketing.automated-call",
        "service-analytics.any",
        "partner-disclosure.any",
    }
    assert set(rules.withdrawing_all(PERSON).values()) == {OFF}


# What cannot be refused, only routed


@pytest.mark.parametrize(
    ("held", "requests", "unreachable"),
    [
        ([], {"outages.email": OFF}, None),
        ([], {"outages.email": OFF, "outages.sms": OFF}, None),
        ([], {"outages.email": OFF, "outages.sms": OFF, "outages.letter": OFF}, Purpose.OUTAGES),
        (["invoices.email", "invoices.sms"], {"invoices.letter": OFF}, Purpose.INVOICES),
        (["invoices.email", "invoices.sms"], {"invoices.letter": OFF, "invoices.sms": ON}, None),
        (["invoices.email", "invoices.sms"], {"outages.letter": OFF}, None),
        ([], {"direct-marketing.phone": OFF, "direct-marketing.letter": OFF}, None),
    ],
)
def test_one_channel_stays(held, requests, unreachable):
    off = [said(number, key, "withdrawn") for number, key in enumerate(held)]
    requested = {cell: switch for one in requests.items() for cell, switch in request(*one).items()}
    assert rules.unreachable(PERSON, requested, rules.in_force(off)) == unreachable


# Whom we may contact


@pytest.mark.parametrize(
    ("decisions", "purpose", "channel", "may"),
    [
        ([], Purpose.DIRECT_MARKETING, Channel.EMAIL, False),
        ([("direct-marketing.email", "given")], Purpose.DIRECT_MARKETING, Channel.EMAIL, True),
        ([("direct-marketing.email", "given")], Purpose.DIRECT_MARKETING, Channel.SMS, False),
        (
            [("direct-marketing.email", "given"), ("direct-marketing.email", "withdrawn")],
            Purpose.DIRECT_MARKETING,
            Channel.EMAIL,
            False,
        ),
        ([], Purpose.DIRECT_MARKETING, Channel.LETTER, True),
        ([("direct-marketing.letter", "given")], Purpose.DIRECT_MARKETING, Channel.LETTER, False),
        ([("direct-marketing.letter", "given")], Purpose.DIRECT_MARKETING, Channel.PHONE, True),
        ([], Purpose.DISTANCE_SELLING, Channel.PHONE, True),
        ([("distance-selling.phone", "given")], Purpose.DISTANCE_SELLING, Channel.PHONE, False),
        ([("direct-marketing.phone", "given")], Purpose.DISTANCE_SELLING, Channel.PHONE, False),
        ([("direct-marketing.phone", "given")], Purpose.DISTANCE_SELLING, Channel.LETTER, True),
        ([("distance-selling.phone", "given")], Purpose.DIRECT_MARKETING, Channel.PHONE, True),
        ([], Purpose.OUTAGES, Channel.SMS, True),
        ([("outages.sms", "withdrawn")], Purpose.OUTAGES, Channel.SMS, False),
        ([], Purpose.SERVICE_ANALYTICS, Channel.ANY, False),
        ([], Purpose.OUTAGES, Channel.PHONE, False),  # there is no such cell
        ([], Purpose.DISTANCE_SELLING, Channel.EMAIL, False),
    ],
)
def test_whom_we_may_contact(decisions, purpose, channel, may):
    taken = [said(number, key, action) for number, (key, action) in enumerate(decisions)]
    assert rules.may_contact(PERSON, taken, purpose, channel) is may


def test_a_company_may_be_mailed_until_it_prohibits_it():
    asked = (Purpose.DIRECT_MARKETING, Channel.EMAIL)
    assert rules.may_contact(COMPANY, [], *asked)
    assert not rules.may_contact(COMPANY, [said(1, "direct-marketing.email", "given", COMPANY)], *asked)


@given(CELLS)
def test_withdrawing_takes_one_wish_as_giving_does(one):
    """As easy to withdraw as to give (GDPR, Article 7(3))."""
    for switch in Switch:
        assert rules.news({one: switch}, rules.in_force([_opposite(one, switch)])) == {one: switch}


def _opposite(one, switch):
    other = OFF if switch is ON else ON
    return Said(1, one.kind, one.purpose, one.channel, rules.action(one.kind, other))
