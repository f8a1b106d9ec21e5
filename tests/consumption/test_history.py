"""What was known when: series by series, after deliveries in any order, as a person with a notebook would know it."""

import copy
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from portal.consumption import history, recording, store
from portal.consumption.models import ReadingMonth, Revision, Series
from portal.consumption.recording import Delivery
from portal.consumption.store import PointDays
from portal.kit.energy import Energy
from portal.kit.intervals import Quality, start_quarter
from portal.sites.kinds import ReadingType
from tests.consumption.readings import Naive, Reading, every, intervals, listed, loads, make_point
from tests.consumption.test_store import FIRST, LAST, MONTH, NOW, ODD_HOURS

DAY = timedelta(days=1)
TYPES = (ReadingType.METERED, ReadingType.NETTED)


def days_of(point, kind=ReadingType.METERED, first=FIRST, last=LAST):
    return PointDays(point, first, last, reading_type=kind)


def told(known):
    return [
        Reading(one.quarter, one.length, one.milliwatt_hours, one.quality, revised)
        for one, revised in zip(listed(known.intervals), known.revised.tolist(), strict=True)
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(TYPES), loads(ODD_HOURS)), min_size=1, max_size=6))
def test_each_series_is_told_as_it_was_known_on_any_day(database, deliveries):
    naive = {kind: Naive() for kind in TYPES}
    then, corrected = [], set()
    with database.writing() as db:
        point = make_point(db)
        for number, (kind, load) in enumerate(deliveries):
            _, _, revised, _ = naive[kind].record(load)
            corrected |= {(kind, NOW + number * DAY)} if revised else set()
            recording.record(db, point, intervals(load), NOW + number * DAY, kind)
            then.append({kind: copy.deepcopy(one.readings) for kind, one in naive.items()})
        for number, known in enumerate(then):
            for kind in TYPES:
                found = history.as_known(db, days_of(point, kind), NOW + number * DAY)
                assert told(found) == known[kind], (number, kind)
        for kind in TYPES:
            assert told(history.as_known(db, days_of(point, kind), NOW - DAY)) == []
            found = history.revised(db, [days_of(point, kind)])
            assert {(kind, one.at) for one in found if one.corrects} == {one for one in corrected if one[0] is kind}
            for change in found:
                before, since = (
                    history.as_known(db, days_of(point, kind), at)
                    for at in (change.at - timedelta(seconds=1), change.at)
                )
                changed = {one.quarter // 4 for one in (*listed(change.before), *listed(change.since))}
                assert listed(change.before) == plain(before, changed)
                assert listed(change.since) == plain(since, changed)


def plain(known, hours):
    """The readings of some hours, without their marks."""
    return [one for one in listed(known.intervals) if one.quarter // 4 in hours]


def test_a_correction_says_when_it_came_what_it_changed_and_what_was_there(db, point):
    recording.record(db, point, every(MONTH, MONTH), NOW)
    quarter = start_quarter(MONTH)
    recording.record(db, point, intervals([Reading(quarter + 8, 1, 3000, Quality.REVISED)]), NOW + DAY)
    (change,) = history.revised(db, [days_of(point, first=MONTH, last=MONTH)])
    assert (change.at, change.corrects) == (NOW + DAY, True)
    assert (change.was, change.is_now) == (Energy(4000), Energy(6000))
    assert change.time.ends - change.time.begins == timedelta(hours=1)
    assert history.revised(db, [days_of(point, first=MONTH + DAY, last=LAST + DAY)]) == []


def test_the_sum_that_was_billed_is_told_after_a_month_was_corrected(db, point):
    last = date(2026, 11, 20)
    recording.record(db, point, every(MONTH, last), NOW)
    recording.record(db, point, every(MONTH, last, milliwatt_hours=lambda quarter: quarter * 0 + 1500), NOW + DAY)
    days = days_of(point, first=MONTH, last=last)
    assert history.as_known(db, days, NOW).intervals.milliwatt_hours.sum() == 20 * 96_000
    assert store.read(db, point, MONTH, last).milliwatt_hours.sum() == 20 * 96_000 * 1.5


def test_nightly_deliveries_leave_no_revisions_and_are_known_from_the_night_on(db, point):
    for night in range(19):
        day = MONTH + night * DAY
        recording.record(db, point, every(day, day), NOW + night * DAY)
    assert db.exec(select(Revision)).all() == []
    (month,) = db.exec(select(ReadingMonth)).all()
    assert len(month.arrivals) < 200
    for night in (0, 7, 18):
        known = history.as_known(db, days_of(point, first=MONTH, last=date(2026, 11, 30)), NOW + night * DAY)
        assert len(known.intervals) == (night + 1) * 96


def test_what_fills_a_gap_is_a_change_but_no_correction(db, point):
    first, second = every(MONTH, MONTH), start_quarter(MONTH) + 20
    recording.record(db, point, first[first.quarter != second], NOW)
    recording.record(db, point, intervals([Reading(second, 1, 1000)]), NOW + DAY)
    (change,) = history.revised(db, [days_of(point, first=MONTH, last=MONTH)])
    assert not change.corrects
    assert len(history.as_known(db, days_of(point, first=MONTH, last=MONTH), NOW).intervals) == 95


def test_an_hour_is_corrected_only_where_its_own_value_is_another(db, point):
    """Neither a gap that is filled beside hours told anew nor corrections that cancel each other make a difference."""
    hour, beside = start_quarter(MONTH) // 4, start_quarter(MONTH) // 4 + 6
    told = [Reading((hour + at) * 4, 4, 1000) for at in range(2)]
    quarters = [Reading(hour * 4 + at, 1, 250) for at in range(4)]
    recording.record(db, point, intervals([*told, Reading(beside * 4, 4, 0)]), NOW)
    filled = recording.record(db, point, intervals([*quarters, Reading(hour * 4 + 8, 4, 700)]), NOW + DAY)
    cancel = [Reading(one.quarter, 1, 350) for one in quarters], [Reading(hour * 4 + 4 + at, 1, 150) for at in range(4)]
    opposite = make_point(db)
    recording.record(db, opposite, intervals(told), NOW)
    twice = recording.record(db, opposite, intervals([*cancel[0], *cancel[1]]), NOW + DAY)
    found = [history.revised(db, [days_of(one, first=MONTH, last=MONTH)]) for one in (point, opposite)]
    assert [[one.corrects for one in changes] for changes in found] == [[False], [True]]
    assert (filled.revised, twice.revised) == (0, 8)


def test_days_that_lie_apart_each_have_their_own_history(db):
    """Two people held two homes one after the other: a month that only one is asked of is not looked for at both."""
    points = [make_point(db) for _ in range(2)]
    winter, summer = date(2026, 2, 1), date(2026, 7, 1)
    for point in points:
        for month in (winter, summer):
            recording.record(db, point, every(month, month), NOW)
    corrected = every(winter, winter, milliwatt_hours=lambda quarter: quarter * 0 + 3)
    recording.record(db, points[1], corrected, NOW + DAY)
    wanted = [days_of(points[0], first=winter, last=winter), days_of(points[1], first=summer, last=summer)]
    assert history.revised(db, wanted) == []
    assert [len(one.now.intervals) for one in history.read(db, wanted)] == [96, 96]
    (change,) = history.revised(db, [*wanted, days_of(points[1], first=winter, last=winter)])
    assert change.corrects


def test_series_reach_as_far_as_months_that_have_come(db, point):
    recording.record(db, point, every(MONTH, MONTH), NOW, ReadingType.NETTED)
    recording.record(db, point, every(date(2031, 1, 1), date(2031, 1, 1)), NOW, ReadingType.NETTED)
    (series,) = db.exec(select(Series)).all()
    assert series.reading_type == ReadingType.NETTED
    assert (series.first_quarter, series.until_quarter) == (start_quarter(MONTH), start_quarter(MONTH + DAY))


def test_many_series_are_recorded_at_once_as_each_would_be_alone(db):
    points = [make_point(db) for _ in range(3)]
    quarters = every(MONTH, date(2026, 11, 3))
    deliveries = [Delivery(point, quarters, kind) for point in points for kind in TYPES]
    assert [one.accepted for one in recording.record_all(db, deliveries, NOW)] == [3 * 96] * 6
    more = [Delivery(points[0], every(MONTH, date(2026, 11, 4)))]
    (recorded,) = recording.record_all(db, more, NOW + DAY)
    assert (recorded.accepted, recorded.unchanged) == (96, 3 * 96)
    assert len(store.read(db, points[0], MONTH, date(2026, 11, 30))) == 4 * 96


def test_a_series_that_comes_twice_at_once_is_not_kept(db, point):
    twice = [Delivery(point, every(MONTH, MONTH)), Delivery(point, every(MONTH + DAY, MONTH + DAY))]
    with pytest.raises(ValueError, match="twice"):
        recording.record_all(db, twice, NOW)


def test_a_day_of_temperatures_has_the_mean_of_its_hours(db, point):
    hours = every(MONTH, MONTH, length=4, milliwatt_hours=lambda quarter: 60_000_000 + quarter * 0)
    recording.record(db, point, hours, datetime(2026, 11, 3, tzinfo=UTC), ReadingType.FLOW)
    days = days_of(point, ReadingType.FLOW, MONTH, MONTH)
    quantity, measured, *_ = store.read_days(db, [days], MONTH, MONTH)[0].tolist()
    assert quantity / measured == 60_000_000
    assert np.all(store.read(db, point, MONTH, MONTH, ReadingType.FLOW).length == 4)
