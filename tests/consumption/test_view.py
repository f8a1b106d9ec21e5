"""How figures of a view read, which stretches are told to be missing, and what periods are called by."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.changes import Direction, change
from portal.consumption.gaps import gaps
from portal.consumption.pairs import Comparison
from portal.consumption.periods import All, Day, Month, Span, read
from portal.consumption.queries import PointReadings
from portal.consumption.selection import ALWAYS, HeldDays, Point, PointSeries
from portal.kit.energy import Energy
from portal.kit.intervals import Quality, instant_of
from portal.kit.ranges import Range
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from tests.consumption.readings import every

TODAY = date(2026, 11, 21)
AINO = uuid4()
OCTOBER = Month(2026, 10)


@pytest.mark.parametrize(
    ("now", "then", "percent", "direction"),
    [
        (880, 1000, "-12", Direction.LESS),
        (1124, 1000, "12", Direction.MORE),
        (1015, 1000, "1.5", Direction.MORE),
        (9996, 10000, "0", Direction.SAME),
        (1000, 1000, "0", Direction.SAME),
        (500, -1000, "150", Direction.MORE),
    ],
)
def test_a_change_reads_as_one_says_it(now, then, percent, direction):
    found = change(Comparison(Energy(now), Energy(then), frozenset()))
    assert (found.percent, found.direction) == (Decimal(percent), direction)
    assert found.size == abs(Decimal(percent))


def test_nothing_compares_with_nothing():
    assert change(None) is None
    assert change(Comparison(Energy(5), Energy(0), frozenset())) is None


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        ("2026-10-25T02", "2–3"),
        ("2026-10-25T03", "3a–4"),
        ("2026-10-25T03B", "3b–4"),
        ("2026-10-25T23", "23–24"),
        ("2026-03-29T04", "4–5"),
        ("2026-10-24T03", "3–4"),
    ],
)
def test_hours_are_called_by_the_clock(at, hours):
    assert read(at).hours == hours


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-21", 24)])
def test_days_have_their_hours(day, hours):
    assert Day(date.fromisoformat(day)).hours == hours


@pytest.mark.parametrize(
    ("at", "kind"),
    [("all", "all"), ("2026", "year"), ("2026-W01", "week"), ("2026-01-01", "day"), ("2026-01-01T00", "hour")],
)
def test_a_period_knows_its_kind(at, kind):
    assert read(at).kind == kind


def point(since=date(2020, 1, 1), first_quarter=0, days=ALWAYS):
    window = HeldDays(AINO, since, All.last)
    there = (Commodity.ELECTRICITY, uuid4(), "1", None, "Katu 1", (window,))
    series = (PointSeries(ReadingType.METERED, first_quarter, 10**7),) if first_quarter is not None else ()
    return Point(uuid4(), "1", *there, series, days)


def missing(quarters, period=OCTOBER, of=None):
    """The gaps where some quarters of October, counted from its beginning, were never delivered."""
    readings = every(period.first, period.last)
    left = np.delete(np.arange(len(readings)), sorted(quarters))
    of = PointReadings(of or point(), readings[left])
    return gaps([of], frozenset([AINO]), period, TODAY)


@given(st.sets(st.integers(0, 31 * 96 + 3)))
def test_gaps_are_exactly_what_is_missing(quarters):
    told = missing(quarters)
    named = [
        number
        for gap in told
        for number in range(
            int(gap.begins.timestamp()) // 900 - OCTOBER.begins, int(gap.ends.timestamp()) // 900 - OCTOBER.begins
        )
    ]
    assert named == sorted(quarters)
    assert all(one.ends < other.begins for one, other in pairwise(told))


def test_whole_days_are_told_as_days():
    (gap,) = missing(range(96, 3 * 96))
    assert gap.whole_days
    assert (gap.first_day, gap.last_day) == (date(2026, 10, 2), date(2026, 10, 3))


def test_what_is_not_due_yet_is_not_missing():
    days = Span(TODAY - timedelta(days=3), TODAY)
    (gap,) = missing(range(4 * 96), period=days)
    assert (gap.first_day, gap.last_day) == (date(2026, 11, 18), date(2026, 11, 19))


def test_what_was_delivered_as_missing_is_missing_though_not_due():
    days = Span(TODAY, TODAY)
    readings = every(TODAY, TODAY)
    readings.quality[10:12] = Quality.MISSING
    (gap,) = gaps([PointReadings(point(), readings)], frozenset([AINO]), days, TODAY)
    assert (gap.begins, gap.ends) == (instant_of(days.begins + 10), instant_of(days.begins + 12))


def test_outside_the_days_of_a_metering_point_nothing_is_missing():
    days = Range.of_days(date(2026, 10, 3), date(2026, 10, 4))
    (gap,) = missing(range(31 * 96 + 4), of=point(days=days))
    assert (gap.first_day, gap.last_day) == (date(2026, 10, 3), date(2026, 10, 4))


def test_before_one_came_nothing_is_missing():
    (gap,) = missing(range(31 * 96 + 4), of=point(since=date(2026, 10, 30)))
    assert (gap.first_day, gap.last_day) == (date(2026, 10, 30), date(2026, 10, 31))
