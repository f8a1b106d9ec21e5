"""When a contract may end, and what is asked for it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.kinds import ContractKind
from portal.kit.i18n import Language
from portal.requests.asking import Answers
from portal.requests.kinds import end
from portal.requests.kinds.end import END, Why
from tests.requests.values import TODAY, about, contract

pytestmark = pytest.mark.sqlite

DAY = timedelta(days=1)
FIXED = date(2027, 3, 31)

EARLIEST = [
    (contract(), Why.MOVE, TODAY),
    (contract(), Why.OTHER, date(2026, 12, 5)),
    (contract(notice_days=1, kind=ContractKind.NETWORK), Why.OTHER, date(2026, 11, 22)),
    (contract(first=date(2026, 4, 1), fixed_until=FIXED), Why.OTHER, FIXED),
    (contract(first=date(2026, 4, 1), fixed_until=FIXED), Why.MOVE, TODAY),
    # A fixed term of more than two years binds a consumer for two.
    (contract(first=date(2024, 11, 1), fixed_until=date(2029, 10, 31)), Why.OTHER, date(2026, 12, 5)),
    (contract(first=date(2025, 11, 1), fixed_until=date(2029, 10, 31)), Why.OTHER, date(2027, 10, 31)),
    (contract(first=date(2025, 11, 1), fixed_until=FIXED, is_a_persons=False), Why.OTHER, FIXED),
]


@pytest.mark.parametrize(("held", "why", "first"), EARLIEST)
def test_the_earliest_last_day(held, why, first):
    assert end.earliest(held, why, TODAY) == first


@given(st.dates(date(2020, 1, 1), date(2026, 11, 21)), st.none() | st.dates(date(2026, 11, 22), date(2031, 1, 1)))
def test_notice_is_never_shorter_than_the_contract_says_and_a_move_ends_on_the_same_day(first, fixed):
    held = contract(first=first, fixed_until=fixed)
    assert end.earliest(held, Why.OTHER, TODAY) >= TODAY + 14 * DAY
    assert end.earliest(held, Why.MOVE, TODAY) == TODAY


HINDERED = [
    (contract(last=date(2026, 12, 31)), "The contract has a last day already: 31\u00a0Dec\u00a02026."),
    (contract(ContractKind.CONNECTION), "A connection belongs to the property"),
    (contract(first=TODAY + DAY), "The contract has not begun yet."),
]


@pytest.mark.parametrize(("held", "says"), HINDERED)
def test_what_cannot_end_says_why(held, says):
    assert says in END.hindrance(about(held), TODAY).said(Language.EN)


def test_what_can_end_is_not_hindered():
    assert END.hindrance(about(contract()), TODAY) is None


def codes(subject, **answers):
    return [one.code for one in END.questions(subject, Answers(answers), TODAY)]


def test_a_move_asks_for_the_other_contracts_that_can_end():
    network = contract(ContractKind.NETWORK, number="30107343")
    connection = contract(ContractKind.CONNECTION, number="LIT-1")
    subject = about(contract(), network, connection)
    assert codes(subject, why="move") == ["why", "last", "also-30107343", "bill_to"]
    assert codes(subject, why="other") == ["why", "last", "bill_to"]


def test_the_address_is_suggested_to_who_stays():
    suggested = {
        why: END.questions(about(contract()), Answers({"why": why}), TODAY)[-1].suggested for why in ("move", "other")
    }
    assert suggested == {"move": "", "other": "Esimerkkikatu 4\n33100\nTampere"}


@pytest.mark.parametrize(("last", "sentences"), [("2026-12-31", 2), ("2027-03-31", 1)])
def test_a_fixed_term_says_what_follows_an_earlier_end(last, sentences):
    promise = END.promise(about(contract(fixed_until=FIXED)), Answers({"last": last}), TODAY)
    assert len(promise.means) == sentences
    assert promise.answer_by == date(2026, 11, 24)  # two banking days from a Saturday on


@pytest.mark.parametrize(("also", "sentences"), [("yes", 2), ("no", 1)])
def test_the_fixed_term_of_a_contract_that_ends_with_it_is_said_too(also, sentences):
    network = contract(ContractKind.NETWORK, number="30107343", fixed_until=FIXED)
    answers = Answers({"why": "move", "last": "2026-12-31", "also-30107343": also})
    means = END.promise(about(contract(), network), answers, TODAY).means
    assert len(means) == sentences
    assert ("fixed until 31\u00a0Mar\u00a02027" in means[-1].said(Language.EN)) is (also == "yes")
