"""Requests on either database: what the utility tells of them, and what nobody can do."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal.auth.models import Account
from portal.auth.reach import Reach
from portal.customers.models import ContactDetail, Party
from portal.kit.feed import ImportContext, Outcome, Refusal
from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent
from portal.privacy import actions, cases, holdings
from portal.privacy.actions import NewCase, RequestClosed, TooManyRequests
from portal.privacy.importing import PrivacyProgress, keep_privacy_progress
from portal.privacy.models import PrivacyCase
from portal.privacy.rules import ADDITIONS_A_DAY, REQUESTS_A_DAY, CaseState, Right
from tests.people import named, user, vault

NOW = datetime(2026, 11, 6, 10, tzinfo=UTC)


def later(days):
    return NOW + timedelta(days=days)


def step(state, days, text="Näin se menee.", number="26-0001", **more):
    """A row of the feed: a step so many days after the request came."""
    at = f"{later(days):%Y-%m-%dT%H:%M:%SZ}"
    return PrivacyProgress(
        case_number=number, state=state, text=text, **({"ground": None, "answer_by": None} | more), at=at
    )


@pytest.fixture
def aino(database):
    """A customer."""
    party = Party(customer_number="1001", kind="person", name="Aino Mäkelä")
    account = Account(identity_index=bytes(32), given_names="Aino", family_name="Mäkelä", created_at=NOW)
    with database.writing() as db:
        db.add(party)
        db.add(account)
    reach = Reach(frozenset({party.id}), choices=named(database, [party.id]))
    return user(reach, account_id=account.id)


@pytest.fixture
def case(database, aino):
    """Her request of the 6th of November."""
    with database.writing() as db:
        return actions.ask(db, aino, NewCase(Right.RESTRICTION, "Rajoittakaa."), Language.FI, NOW)


def keep(database, *rows, now=None):
    with database.writing() as db:
        return keep_privacy_progress(db, rows, ImportContext(vault, now or later(60)))


def test_steps_are_taken_in_the_order_in_which_they_were_made(database, aino, case):
    waiting, work = step("waiting", 4, "Mitä?"), step("in-work", 1)
    assert keep(database, waiting, work) == [Outcome.ACCEPTED] * 2
    assert keep(database, work, waiting) == [Outcome.UNCHANGED] * 2
    with database.writing() as db:
        found = cases.by_id(db, aino, case.id)
        assert [event.step.act for event in found.events] == ["received", "in-work", "asked"]
        assert (found.row.state, found.row.due_on) == (CaseState.WAITING, None)
        answered = actions.answer(db, aino, case.id, "Tätä.", later(14))
    assert (answered.row.state, str(answered.row.due_on)) == (CaseState.IN_WORK, "2026-12-16")


def test_what_does_not_fit_is_refused_with_a_reason(database, case):
    keep(database, step("in-work", 5))
    assert keep(
        database,
        step("done", 1),
        step("in-work", 5, "Toisin."),
        step("done", 9, number="26-0009"),
        step("done", 90),
    ) == [
        Refusal("a later step is known"),
        Refusal("another step of that instant is known already"),
        Refusal("unknown request 26-0009"),
        Refusal("at lies in the future"),
    ]
    keep(database, step("refused", 6, ground="GDPR 18(1)(a)"))
    assert keep(database, step("done", 7)) == [Refusal("the request is closed: refused")]


@pytest.mark.parametrize(("state", "ground"), [("refused", None), ("done", "GDPR 18")])
def test_a_refusal_and_nothing_else_has_a_ground(state, ground):
    with pytest.raises(ValueError, match="has a ground"):
        step(state, 1, ground=ground)


@pytest.mark.parametrize(("state", "answer_by"), [("extended", None), ("in-work", "2027-01-20")])
def test_an_extension_and_nothing_else_says_until_when(state, answer_by):
    with pytest.raises(ValueError, match="has an answer_by"):
        step(state, 1, answer_by=answer_by)


def test_an_extension_moves_the_last_day_and_is_told_with_its_reason(database, aino, case):
    with database.writing() as db:
        db.add(ContactDetail(party_id=case.party_id, kind="email", value="aino@example.fi"))
    longer = step("extended", 20, "Pyyntö koskee 12 vuotta.", answer_by="2027-01-20")
    assert keep(database, step("in-work", 2), longer, now=later(31)) == [Outcome.ACCEPTED] * 2
    assert keep(database, longer, now=later(90)) == [Outcome.UNCHANGED]
    with database.reading() as db:
        found = cases.by_id(db, aino, case.id)
        (letter,) = db.exec(select(OutboxEvent).where(OutboxEvent.kind == "mail")).all()
    assert (found.row.state, str(found.row.due_on)) == (CaseState.IN_WORK, "2027-01-20")
    assert (found.latest.step.act, found.latest.step.text) == ("extended", "Pyyntö koskee 12 vuotta.")
    assert "26-0001" in json.loads(letter.payload)["subject"]
    assert "12 vuotta" not in letter.payload
    again = step("extended", 25, "Vielä vähän.", answer_by="2027-02-08")
    assert keep(database, again, now=later(31)) == [Outcome.ACCEPTED]
    assert keep(database, step("extended", 25, "Vielä vähän.", answer_by="2027-02-05"))[0].reason.startswith("another")


@pytest.mark.parametrize(
    ("answer_by", "comes", "reason"),
    [
        (
            "2027-02-09",
            20,
            "an extension is by two months at most (GDPR, Article 12(3)): until 2027-02-08",
        ),
        (
            "2027-01-20",
            32,  # it was made in time, but the customer would hear of it too late
            "an extension is told within the first month (GDPR, Article 12(3)), which ended on 2026-12-07",
        ),
        ("2026-12-07", 20, "answer_by is not after 2026-12-07, the last day to answer as it is"),
    ],
)
def test_an_extension_that_the_law_does_not_give_is_refused_line_by_line(
    database, aino, case, answer_by, comes, reason
):
    rows = [step("extended", 20, answer_by=answer_by), step("in-work", 20.5)]
    assert keep(database, *rows, now=later(comes + 1)) == [Refusal(reason), Outcome.ACCEPTED]
    with database.reading() as db:
        assert str(cases.by_id(db, aino, case.id).row.due_on) == "2026-12-07"


def test_an_extension_leaves_a_request_waiting_and_both_are_added(database, aino, case):
    keep(database, step("waiting", 4), step("extended", 6, answer_by="2027-01-22"), now=later(50))
    with database.writing() as db:
        assert cases.by_id(db, aino, case.id).row.due_on is None
        answered = actions.answer(db, aino, case.id, "Tätä.", later(14))
    assert (answered.row.state, str(answered.row.due_on)) == (CaseState.IN_WORK, "2027-01-30")


def test_of_many_requests_at_once_no_more_than_a_days_measure_gets_through(database, aino):
    def ask(number, now=NOW):
        with database.writing() as db:
            return actions.ask(db, aino, NewCase(Right.ACCESS, f"Pyyntö {number}."), Language.FI, now)

    def tried(number):
        try:
            ask(number)
        except TooManyRequests as full:
            return full.free_at
        return None

    for number in range(REQUESTS_A_DAY - 1):
        ask(number)
    with ThreadPoolExecutor(4) as several:
        came = list(several.map(tried, range(100, 104)))
    assert sorted(came, key=str) == [later(1)] * 3 + [None]
    assert ask(0).number == "26-0001"  # what is asked already is not asked anew
    assert ask(200, later(1))


def test_so_much_is_added_to_requests_in_a_day(database, aino, case):
    with database.writing() as db:
        for number in range(ADDITIONS_A_DAY):
            actions.answer(db, aino, case.id, f"Lisäys {number}.", NOW)
    with database.writing() as db, pytest.raises(TooManyRequests):
        actions.answer(db, aino, case.id, "Vielä yksi.", later(0.5))
    with database.writing() as db:
        actions.answer(db, aino, case.id, "Huomenna.", later(1))
        actions.withdraw(db, aino, case.id, later(1))


def test_a_closed_request_takes_nothing(database, aino, case):
    keep(database, step("done", 2))
    with database.writing() as db, pytest.raises(RequestClosed):
        actions.withdraw(db, aino, case.id, later(3))


def test_numbers_follow_each_other_within_a_year(database, aino, case):
    with database.writing() as db:
        second = actions.ask(db, aino, NewCase(Right.ACCESS, "Lisää."), Language.FI, later(1))
        other = actions.ask(db, aino, NewCase(Right.ACCESS, "Lisää vielä."), Language.FI, later(60))
    assert (case.number, second.number, other.number) == ("26-0001", "26-0002", "27-0001")


def test_open_requests_come_first(database, aino, case):
    with database.writing() as db:
        actions.ask(db, aino, NewCase(Right.ACCESS, "Lisää."), Language.FI, later(1))
    keep(database, step("done", 2))
    with database.reading() as db:
        assert [one.row.number for one in cases.in_order(db, aino, 0, 9)] == ["26-0002", "26-0001"]
        assert holdings.counts(db, aino)["privacy_case"] == 2


def test_the_clock_stands_exactly_while_a_request_waits(database, case):
    with pytest.raises(IntegrityError), database.writing() as db:
        db.exec(select(PrivacyCase)).one().due_on = None


def test_erasure_is_asked_for_by_somebody_who_has_proved_who_they_are(database, aino):
    with database.writing() as db, pytest.raises(TypeError):
        actions.ask(db, aino, NewCase(Right.ERASURE, ""), Language.FI, NOW)
