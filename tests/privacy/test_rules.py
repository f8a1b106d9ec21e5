"""The clock of a request, and what the Accounting Act keeps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.clock import months_after
from portal.privacy import rules
from portal.privacy.rules import Act, CaseState, CaseStep

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-05", "2026-12-07"),  # the 5th is a Saturday, the 6th a Sunday and Independence Day
        ("2026-11-06", "2026-12-07"),
        ("2026-11-09", "2026-12-09"),
        ("2026-01-31", "2026-03-02"),  # February has no 31st, and its last day is a Saturday
        ("2028-01-31", "2028-02-29"),
        ("2026-08-31", "2026-09-30"),
        ("2026-11-24", "2026-12-24"),  # the eve of Christmas does not move it, Christmas Day does
        ("2026-11-25", "2026-12-28"),
        ("2026-12-31", "2027-02-01"),
        ("2026-03-03", "2026-04-07"),  # Good Friday to Easter Monday
        ("2026-05-20", "2026-06-22"),  # Midsummer Day is a Saturday
    ],
)
def test_a_month_ends_on_the_same_date_or_the_last_one_and_never_on_a_day_off(received, due):
    assert rules.due_on(date.fromisoformat(received)) == date.fromisoformat(due)


@given(DAYS)
def test_a_month_is_never_shorter_than_february_and_ends_on_a_working_day(received):
    due = rules.due_on(received)
    assert 28 <= (due - received).days <= 31 + 5
    assert due.weekday() < 5


@pytest.mark.parametrize(
    ("received", "longest"),
    [
        ("2026-11-06", "2027-02-08"),  # the 6th is a Saturday
        ("2026-11-30", "2027-03-01"),  # February has no 30th, and its last day is a Sunday
        ("2026-12-31", "2027-03-31"),
        ("2027-09-24", "2027-12-24"),
    ],
)
def test_two_further_months_are_counted_from_the_day_of_the_first(received, longest):
    assert rules.due_on(date.fromisoformat(received), months=3) == date.fromisoformat(longest)


@given(DAYS, st.integers(0, 40))
def test_months_add_up_and_keep_the_date_where_they_can(day, months):
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def course(*acts, answer_by=None):
    """Steps: an act and the days since the receipt on the 6th of November."""
    return [
        CaseStep(Act(act), date(2026, 11, 6) + timedelta(days=days), answer_by if act == "extended" else None)
        for act, days in acts
    ]


def test_an_extension_gives_more_days_and_leaves_the_state():
    clock = rules.clock(course(("received", 0), ("in-work", 3), ("extended", 20), answer_by=date(2027, 1, 23)))
    assert (clock.state, clock.due_on) == (CaseState.IN_WORK, date(2027, 1, 23))  # a Saturday: what was told is kept to
    assert (clock.days, clock.days_left(date(2026, 12, 8))) == (78, 46)


def test_what_waits_stays_waiting_when_it_is_extended_and_its_days_are_added():
    steps = course(("received", 0), ("asked", 4), ("extended", 6), ("answered", 14), answer_by=date(2027, 1, 22))
    waiting = rules.clock(steps[:3])
    assert (waiting.state, waiting.due_on, waiting.days) == (CaseState.WAITING, None, 75)
    assert waiting.last_day(date(2026, 11, 20)) == date(2027, 1, 30)
    answered = rules.clock(steps)
    assert (answered.due_on, answered.days) == (date(2027, 1, 30), 75)  # it stood for eight days after it was told


def test_the_days_for_which_the_clock_stands_put_off_what_may_be_told_and_until_when():
    today = date(2026, 12, 10)
    running, waiting = rules.clock(course(("received", 0))), rules.clock(course(("received", 0), ("asked", 4)))
    assert (running.may_be_extended_until(today), running.longest(today)) == (date(2026, 12, 7), date(2027, 2, 8))
    assert (waiting.may_be_extended_until(today), waiting.longest(today)) == (date(2027, 1, 5), date(2027, 3, 8))


def test_a_request_in_work_tells_how_many_days_are_left():
    clock = rules.clock(course(("received", 0), ("in-work", 3)))
    today = date(2026, 11, 21)
    assert (clock.state, clock.due_on) == (CaseState.IN_WORK, date(2026, 12, 7))
    assert (clock.days, clock.days_used(today), clock.days_left(today)) == (31, 15, 16)
    assert clock.days_left(date(2026, 12, 9)) == -2


def test_the_clock_stands_while_we_wait_and_goes_on_by_as_many_days():
    waiting = rules.clock(course(("received", 0), ("asked", 4)))
    assert (waiting.state, waiting.due_on, waiting.paused_on) == (CaseState.WAITING, None, date(2026, 11, 10))
    assert waiting.days_used(date(2026, 12, 24)) == 4
    answered = rules.clock(course(("received", 0), ("asked", 4), ("asked", 6), ("answered", 14)))
    assert (answered.state, answered.paused_days, answered.due_on) == (CaseState.IN_WORK, 10, date(2026, 12, 16))
    assert answered.days_used(date(2026, 11, 20)) == 4


def test_an_answer_that_nobody_asked_for_changes_nothing():
    clock = rules.clock(course(("received", 0), ("answered", 4)))
    assert (clock.state, clock.due_on) == (CaseState.RECEIVED, date(2026, 12, 7))


@pytest.mark.parametrize("end", ["done", "refused", "withdrawn"])
def test_a_closed_request_tells_when_and_after_how_long(end):
    clock = rules.clock(course(("received", 0), ("asked", 1), (end, 6)))
    assert (clock.is_closed, clock.ended_on, clock.days_used(date(2027, 1, 1))) == (True, date(2026, 11, 12), 1)
    assert not any(rules.may_follow(clock.state, act) for act in Act)


@given(
    st.lists(st.tuples(st.sampled_from(["in-work", "asked", "answered", "extended"]), st.integers(0, 9)), max_size=8)
)
def test_waiting_never_uses_up_days_and_the_end_moves_with_it(steps):
    days = 0
    happened = [("received", 0)]
    for act, later in steps:
        days += later
        happened.append((act, days))
    clock = rules.clock(course(*happened, answer_by=date(2027, 1, 29)))
    today = date(2026, 11, 6) + timedelta(days=days)
    assert clock.days_used(today) <= days
    assert (clock.due_on is None) == (clock.state is CaseState.WAITING)
    if clock.due_on:
        assert clock.due_on >= rules.due_on(date(2026, 11, 6))


@pytest.mark.parametrize(
    ("voucher", "last_month", "until"),
    [
        ("2026-11-21", 12, "2032-12-31"),
        ("2026-01-01", 12, "2032-12-31"),
        ("2026-06-30", 6, "2032-12-31"),  # the financial year ends that day
        ("2026-07-01", 6, "2033-12-31"),
    ],
)
def test_vouchers_are_kept_six_years_from_the_end_of_the_year_in_which_the_financial_year_ended(
    voucher, last_month, until
):
    assert rules.kept_until(date.fromisoformat(voucher), last_month) == date.fromisoformat(until)


def test_somebody_is_a_customer_until_the_last_day_of_the_last_contract():
    today = date(2026, 11, 21)
    assert rules.is_customer([date(2020, 1, 1), None], today)
    assert rules.is_customer([today], today)
    assert not rules.is_customer([today - timedelta(days=1)], today)
    assert not rules.is_customer([], today)


def test_a_number_names_the_year_and_the_place_in_it():
    assert rules.case_number(2026, 148) == "26-0148"
