from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal.consumption import recording, store
from portal.consumption.models import MonthTotal, ReadingMonth
from portal.consumption.recording import Recorded
from portal.consumption.store import PointDays
from portal.kit.db import Database
from portal.kit.intervals import NOTHING, Intervals, Quality, start_quarter
from portal.sites.commodities import Commodity
from tests.consumption.readings import Naive, Reading, days, every, intervals, listed, loads, make_point, read
from tests.data import real

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MONTH = date(2026, 11, 1)
ODD_DAYS = (  # of 92 and 100 quarters, at the edges of months and years
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 10, 31),
    date(2026, 11, 1),
    date(2025, 12, 31),
)
ODD_HOURS = [start_quarter(day) // 4 + hour for day in ODD_DAYS for hour in (-1, 0, 2, 3, 4, 23)]
FIRST, LAST = date(2025, 12, 30), date(2026, 11, 2)


def known(db, point, first=FIRST, last=LAST):
    (found,) = store.read_all(db, [PointDays(point, first, last)])
    return [
        Reading(one.quarter, one.length, one.milliwatt_hours, one.quality, revised)
        for one, revised in zip(listed(found.intervals), found.revised.tolist(), strict=True)
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(loads(ODD_HOURS), min_size=1, max_size=5))
def test_the_store_keeps_what_a_dictionary_would_keep(database, every_load):
    naive = Naive()
    with database.writing() as db:
        point = make_point(db)
        for load in every_load:
            assert recording.record(db, point, intervals(load), NOW) == Recorded(*naive.record(load))
            again = recording.record(db, point, intervals(load), NOW)
            assert (again.accepted, again.unchanged, again.revised) == (0, len(load), 0)
            assert known(db, point) == naive.readings
        wanted = PointDays(point, FIRST, LAST)
        by_day = zip(days(FIRST, LAST), store.read_days(db, [wanted], FIRST, LAST), strict=True)
        assert {day: row.tolist() for day, row in by_day if row.any()} == {
            day: row.tolist() for day, row in naive.by_day.items() if row.any()
        }
        assert {month: figures[0].tolist() for month, figures in store.read_months(db, [wanted])} == {
            month: row.tolist() for month, row in naive.by_month.items()
        }


def test_readings_are_read_back_between_two_days(db, point):
    sent = every(date(2026, 10, 24), date(2026, 11, 2))
    recording.record(db, point, sent, NOW)
    asked = store.read(db, point, date(2026, 10, 25), date(2026, 11, 1))
    assert len(asked) == 100 + 7 * 96
    assert asked.quarter[0] == start_quarter(date(2026, 10, 25))


def test_nothing_recorded_is_nothing(db, point):
    assert recording.record(db, point, NOTHING, NOW) == Recorded()
    assert len(store.read(db, point, *(MONTH, MONTH))) == 0
    assert db.exec(select(ReadingMonth)).all() == []


def test_a_missing_reading_never_takes_the_place_of_a_value(db, point):
    quarter = start_quarter(MONTH)
    value, missing = [Reading(quarter, 1, 500)], [Reading(quarter, 1, 0, Quality.MISSING)]
    assert recording.record(db, point, intervals(missing), NOW) == Recorded(accepted=1)
    assert recording.record(db, point, intervals(value), NOW) == Recorded(accepted=1)
    assert recording.record(db, point, intervals(missing), NOW) == Recorded(unchanged=1)
    assert known(db, point) == value


def test_a_missing_reading_has_no_value(db, point):
    recording.record(db, point, intervals([Reading(start_quarter(MONTH), 1, 99, Quality.MISSING)]), NOW)
    assert store.read(db, point, MONTH, MONTH).milliwatt_hours.tolist() == [0]


def test_a_changed_value_is_a_revision_and_stays_marked(db, point):
    first, second = (
        every(MONTH, MONTH, milliwatt_hours=lambda quarter, base=base: quarter * 0 + base) for base in (1000, 2000)
    )
    recording.record(db, point, first, NOW)
    assert recording.record(db, point, second, LATER) == Recorded(accepted=96, revised=96)
    assert recording.record(db, point, second, LATER) == Recorded(unchanged=96)
    assert all(one.revised and one.quality is Quality.OK for one in known(db, point))


def test_a_better_quality_alone_is_no_revision(db, point):
    quarter = start_quarter(MONTH)
    recording.record(db, point, intervals([Reading(quarter, 1, 500, Quality.EST)]), NOW)
    assert recording.record(db, point, intervals([Reading(quarter, 1, 500)]), NOW) == Recorded(accepted=1)


def test_quarters_take_the_place_of_the_hours_they_fill_and_nothing_counts_twice(db, point):
    hours, quarters = (
        every(MONTH, MONTH, length=4, milliwatt_hours=lambda quarter: quarter * 0 + 4000),
        every(MONTH, MONTH),
    )
    recording.record(db, point, hours, NOW)
    assert recording.record(db, point, quarters, NOW) == Recorded(accepted=96)
    assert recording.record(db, point, hours, NOW) == Recorded(unchanged=24)
    assert store.read(db, point, MONTH, MONTH).milliwatt_hours.sum() == 96_000


def test_quarters_with_another_sum_revise_their_hours(db, point):
    recording.record(db, point, every(MONTH, MONTH, length=4), NOW)
    assert recording.record(db, point, every(MONTH, MONTH), NOW) == Recorded(accepted=96, revised=96)


def test_an_hour_fills_what_its_quarters_lack(db, point):
    quarter = start_quarter(MONTH)
    recording.record(db, point, intervals([Reading(quarter, 1, 100), Reading(quarter + 1, 1, 0, Quality.MISSING)]), NOW)
    assert recording.record(db, point, intervals([Reading(quarter, 4, 400)]), NOW) == Recorded(accepted=1)
    assert known(db, point) == [Reading(quarter, 4, 400)]


def test_a_month_remembers_when_it_first_came_and_last_changed(db, point):
    day = timedelta(days=1)
    recording.record(db, point, every(MONTH, MONTH), NOW)
    recording.record(db, point, every(MONTH + day, MONTH + day), NOW + day)
    recording.record(db, point, every(MONTH + day, MONTH + day), NOW + 2 * day)
    (month,) = db.exec(select(ReadingMonth)).all()
    assert (month.loaded_at, month.updated_at) == (NOW, NOW + day)


def test_a_month_of_good_readings_keeps_no_qualities(db, point):
    recording.record(db, point, every(MONTH, date(2026, 11, 20)), NOW)
    (month,) = db.exec(select(ReadingMonth)).all()
    assert (month.minutes, month.lengths, month.qualities, month.revised, month.day_counts) == (15, *[None] * 4)


def test_the_total_of_a_month_follows_its_readings(db, point):
    recording.record(db, point, every(MONTH, date(2026, 11, 20)), NOW)
    recording.record(db, point, intervals([Reading(start_quarter(date(2026, 11, 30)), 4, -7, Quality.EST)]), NOW)
    (total,) = db.exec(select(MonthTotal)).all()
    assert (total.month, total.quantity) == (MONTH, 20 * 96_000 - 7)
    assert (total.measured, total.estimated, total.missing, total.revised) == (20 * 96, 4, 0, 0)
    assert (total.first_quarter, total.until_quarter) == (start_quarter(MONTH), start_quarter(date(2026, 11, 30)) + 4)


@pytest.mark.parametrize(
    "wrong",
    [
        [Reading(4, 4, 1), Reading(5, 1, 1)],
        [Reading(5, 1, 1), Reading(4, 1, 1)],
        [Reading(5, 1, 1), Reading(5, 1, 1)],
        [Reading(5, 4, 1)],
        [Reading(8, 2, 1)],
        [Reading(8, 96, 1)],
    ],
    ids=["overlap", "backwards", "twice", "hour off the hour", "half an hour", "day"],
)
def test_intervals_that_cannot_be_are_not_kept(db, point, wrong):
    with pytest.raises(ValueError, match="interval"):
        recording.record(db, point, intervals(wrong), NOW)


def test_readings_belong_to_a_metering_point(database):
    with pytest.raises(IntegrityError), database.writing() as db:
        recording.record(db, uuid4(), every(MONTH, MONTH), NOW)


def test_what_is_not_committed_was_never_there(database):
    with database.writing() as db:
        point = make_point(db)
    with database.writing() as db:
        recording.record(db, point, every(MONTH, MONTH), NOW)
        db.rollback()
    with database.reading() as db:
        assert known(db, point) == []
        assert store.read_months(db, [PointDays(point, MONTH, date(2026, 11, 30))]) == []


def test_figures_are_summed_over_points_each_for_its_own_days(db):
    one, other = make_point(db), make_point(db)
    for point in (one, other):
        recording.record(db, point, every(MONTH, date(2026, 11, 10)), NOW)
    wanted = [
        PointDays(one, MONTH, date(2026, 11, 5)),
        PointDays(one, date(2026, 11, 8), date(2026, 11, 9)),
        PointDays(other, date(2026, 11, 5), date(2026, 12, 31)),
    ]
    figures = store.read_days(db, wanted, MONTH, date(2026, 11, 12))
    assert (figures[:, 0] // 96_000).tolist() == [1, 1, 1, 1, 2, 1, 1, 2, 2, 1, 0, 0]
    assert figures[:, 1].sum() == 13 * 96


def test_totals_are_found_by_the_key_of_each_point(sqlite_url):
    database, asked = Database(sqlite_url), []
    with database.reading() as db:
        driver = db.connection().connection.driver_connection
        driver.set_trace_callback(asked.append)
        store.read_months(db, [PointDays(uuid4(), MONTH, MONTH) for _ in range(200)])
        driver.set_trace_callback(None)
        plan = " ".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {asked[-1]}"))
    database.engine.dispose()
    assert "SEARCH month_total USING INDEX" in plan
    assert "metering_point_id=? AND reading_type=? AND month>? AND month<?" in plan


def test_as_many_ranges_as_there_are_occupancies_are_asked_for(db):
    point = make_point(db)
    recording.record(db, point, every(MONTH, MONTH), NOW)
    others = [PointDays(uuid4(), date(2020, 1, 1), date(2020, 1, 1) + timedelta(days=day)) for day in range(1200)]
    wanted = [*others, PointDays(point, MONTH, date(2026, 11, 30))]
    assert [figures[0, 0] for _, figures in store.read_months(db, wanted)] == [96_000]


@pytest.mark.parametrize(("name", "kwh", "quarters"), [("consumption", 9057.93, 26204), ("production", 3158.27, 26204)])
def test_real_files_are_kept_whole(db, point, name, kwh, quarters):
    (series,) = read(real(f"datahub/{name}-test.csv").read_bytes()).series
    assert recording.record(db, point, series.intervals, NOW) == Recorded(accepted=quarters)
    assert recording.record(db, point, series.intervals, NOW) == Recorded(unchanged=quarters)
    year = [PointDays(point, date(2025, 1, 1), date(2025, 12, 31))]
    assert sum(figures[0, 0] for _, figures in store.read_months(db, year)) == round(kwh * 1_000_000)


def test_the_arrays_that_are_read_are_of_the_promised_kinds(db, point):
    recording.record(db, point, every(MONTH, MONTH), NOW)
    found = store.read(db, point, MONTH, MONTH)
    assert isinstance(found, Intervals)
    kinds = [found.quarter.dtype, found.length.dtype, found.milliwatt_hours.dtype, found.quality.dtype]
    assert kinds == [np.int64, np.int64, np.int64, np.uint8]


def test_series_are_held_in_one_order_whichever_way_they_come(database):
    """Two imports that held the same series in another order would wait for each other for ever."""
    with database.writing() as db:
        point, kinds = make_point(db), Commodity.ELECTRICITY.trade.series
        deliveries = [recording.Delivery(point, every(MONTH, MONTH), kind) for kind in reversed(kinds)]
        held = []
        event.listen(database.engine, "before_cursor_execute", lambda *asked: held.append(asked[2:4]))
        recording.record_all(db, deliveries, NOW)
    locked = [str(given) for statement, given in held if "FROM series" in statement]
    assert [next(kind for kind in kinds if f"'{kind}'" in one) for one in locked] == sorted(kinds)
