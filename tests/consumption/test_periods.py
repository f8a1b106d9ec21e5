from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.periods import (
    All,
    Day,
    Hour,
    Month,
    NoSuchPeriod,
    Quarter,
    Span,
    Week,
    Year,
    read,
    read_span,
)
from portal.kit.clock import quarters_in
from portal.kit.intervals import start_quarter

AUTUMN, SPRING = date(2026, 10, 25), date(2026, 3, 29)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
PERIODS = st.one_of(
    st.just(All()),
    DAYS.map(Year.of),
    DAYS.map(Month.of),
    DAYS.filter(lambda day: date(2000, 1, 3) <= day <= date(2099, 12, 27)).map(Week.of),
    DAYS.map(Day),
    st.tuples(DAYS, st.integers(0, 22)).map(lambda pair: Hour(start_quarter(pair[0]) + 4 * pair[1])),
)
SPANS = st.tuples(DAYS, DAYS).map(sorted).map(lambda days: Span(*days))


@pytest.mark.parametrize(
    ("at", "period", "steps"),
    [
        ("all", All(), 100),
        ("2026", Year(2026), 12),
        ("2026-02", Month(2026, 2), 28),
        ("2026-W47", Week(2026, 47), 7),
        ("2026-11-21", Day(date(2026, 11, 21)), 24),
        ("2026-03-29", Day(SPRING), 23),
        ("2026-10-25", Day(AUTUMN), 25),
        ("2026-11-21T14", Hour(start_quarter(date(2026, 11, 21)) + 56), 4),
        ("2026-10-25T03", Hour(start_quarter(AUTUMN) + 12), 4),
        ("2026-10-25T03B", Hour(start_quarter(AUTUMN) + 16), 4),
        ("2026-10-25T23", Hour(start_quarter(AUTUMN) + 96), 4),
    ],
)
def test_an_address_names_a_period_and_a_period_its_address(at, period, steps):
    assert read(at) == period
    assert period.at == at
    assert len(period.steps) == steps


@pytest.mark.parametrize(
    "at",
    [
        *("", "ALL", "20261", "2026-", "2026-13", "2026-00", "2026-W00", "2026-W54", "2025-W53", "2026-11-31"),
        *("2026-11-21T24", "2026-11-21T7", "2026-11-21T14:00", "2026-11-21T03B", "2026-03-29T03", "2026-11-21T14B"),
        *("9999-12-31T23", "0001-01-01T00"),
        *(
            "1999",
            "2100",
            "0000",
            "9999",
            "2000-W00",
            "1999-12-31",
            "2100-01-01",
            "2026-11-21 ",
            "\uff12\uff10\uff12\uff16",
            "2026/2027",
        ),
    ],
)
def test_what_is_no_period_is_not_there(at):
    with pytest.raises(NoSuchPeriod):
        read(at)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-02", "2026-11-01"),
        ("2026-11-01", "soon"),
        ("", ""),
        ("1999-12-31", "2000-01-01"),
        ("2026-11-01", "2100-01-01"),
    ],
)
def test_what_are_no_days_are_not_there(first, last):
    with pytest.raises(NoSuchPeriod):
        read_span(first, last)


@given(PERIODS)
def test_every_address_leads_back(period):
    assert read(period.at) == period


@given(st.one_of(PERIODS, SPANS))
def test_steps_fill_their_period_without_gap_or_overlap(period):
    steps = list(period.steps)
    assert (steps[0].begins, steps[-1].ends) == (period.begins, period.ends)
    assert all(one.ends == other.begins for one, other in pairwise(steps))


@given(st.one_of(PERIODS, SPANS))
def test_what_comes_before_and_after_touches(period):
    if period.previous:
        assert (period.previous.ends, period.previous.next) == (period.begins, period)
    if period.next:
        assert (period.next.begins, period.next.previous) == (period.ends, period)


@given(st.one_of(PERIODS, SPANS))
def test_a_period_lies_in_its_parent(period):
    parent = period.parent
    if parent and not isinstance(period, Week):
        assert parent.begins <= period.begins < period.ends <= parent.ends


@given(DAYS)
def test_a_day_has_the_hours_of_its_clock(day):
    hours = [hour.clock for hour in Day(day).steps]
    assert len(set(hours)) == len(hours) == quarters_in(day) // 4
    assert all(hour.first == hour.last == day for hour in Day(day).steps)


def test_the_first_and_the_last_year_have_no_neighbours():
    assert Year(2000).previous is None
    assert Year(2099).next is None
    assert All().previous is All().next is All().parent is None


@pytest.mark.parametrize(
    ("last", "kind", "number"),
    [
        (date(2026, 11, 1), Hour, 24),
        (date(2026, 11, 2), Day, 2),
        (date(2026, 12, 31), Day, 61),
        (date(2027, 1, 1), Day, 62),
        (date(2027, 1, 31), Month, 3),
    ],
)
def test_a_span_has_steps_that_fit_its_length(last, kind, number):
    steps = Span(date(2026, 11, 1), last).steps
    assert (type(steps[0]), len(steps)) == (kind, number)


def test_a_long_span_has_parts_of_months_at_its_ends():
    steps = Span(date(2026, 1, 15), date(2026, 4, 10)).steps
    assert steps == [
        Span(date(2026, 1, 15), date(2026, 1, 31)),
        Month(2026, 2),
        Month(2026, 3),
        Span(date(2026, 4, 1), date(2026, 4, 10)),
    ]


def test_a_quarter_is_seen_in_its_hour():
    hour = read("2026-11-21T14")
    assert [quarter.parent for quarter in hour.steps] == [hour] * 4
    assert {quarter.at for quarter in hour.steps} == {hour.at}
    assert (hour.steps[0].first, hour.steps[0].last, hour.steps[0].steps) == (
        date(2026, 11, 21),
        date(2026, 11, 21),
        (),
    )


def test_the_days_of_a_period_are_all_of_them():
    assert Month(2026, 2).days == [Day(date(2026, 2, 1) + timedelta(days=day)) for day in range(28)]
    assert Quarter(start_quarter(SPRING)).days == [Day(SPRING)]
