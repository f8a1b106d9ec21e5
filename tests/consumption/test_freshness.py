"""By when readings are due, what is late or silent, and which hours are coarser than they should be."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.freshness import Awaited, Limit, freshness, is_coarse
from portal.consumption.selection import HeldDays, Point, PointSeries
from portal.kit.clock import DAY, HELSINKI, day_of, start_of
from portal.kit.intervals import instant_of, quarter_of, start_quarter
from portal.kit.ranges import Range
from portal.sites.commodities import BY_DATAHUB, BY_US, Commodity
from portal.sites.kinds import ReadingType
from portal.sites.models import Rhythm
from tests.consumption.readings import every

AINO = uuid4()
INSTANTS = st.integers(start_quarter(date(2024, 1, 1)), start_quarter(date(2028, 12, 31))).map(instant_of)
RHYTHMS = st.sampled_from([None, *Rhythm])


def at(words):
    return datetime.fromisoformat(words).replace(tzinfo=HELSINKI)


def point(until=None, **facts):
    held = HeldDays(AINO, date(2020, 1, 1), facts.pop("last", date(2199, 12, 31)))
    series = (PointSeries(ReadingType.METERED, 0, quarter_of(until)),) if until else ()
    there = {"site_id": uuid4(), "site_number": "1", "site_name": None, "street": "Katu 1", "held_days": (held,)}
    commodity = facts.pop("commodity", Commodity.ELECTRICITY)
    return Point(id=uuid4(), gsrn="1", commodity=commodity, series=series, **there, **facts)


def awaited(until, rhythm=None):
    return Awaited(point(until, rhythm=rhythm), until, has_sent=True)


@pytest.mark.parametrize(
    ("rhythm", "until", "due"),
    [
        (None, "2026-11-21T00:00", "2026-11-23T00:00"),
        (Rhythm.DAY, "2026-11-21T00:00", "2026-11-23T00:00"),
        (Rhythm.DAY, "2026-11-21T13:15", "2026-11-23T00:00"),
        (Rhythm.SIX_HOURS, "2026-11-21T06:00", "2026-11-23T00:00"),
        (Rhythm.MONTH, "2026-11-01T00:00", "2027-01-01T00:00"),
        (Rhythm.DAY, "2026-03-28T00:00", "2026-03-30T00:00"),
        (Rhythm.DAY, "2026-10-25T03:30", "2026-10-27T00:00"),
    ],
)
def test_what_was_used_on_a_day_is_due_when_the_next_one_ends_and_of_a_month_likewise(rhythm, until, due):
    one = awaited(at(until), rhythm)
    assert one.due == at(due)
    assert one.last_day == (at(due) - timedelta(hours=1)).date()
    assert not one.is_late(at(due) - timedelta(minutes=1))
    assert one.is_late(at(due))
    assert not one.is_silent(at(due) + 2 * DAY - timedelta(minutes=1))
    assert one.is_silent(at(due) + 2 * DAY)


@pytest.mark.parametrize(
    ("rhythm", "until", "now", "next_by"),
    [
        (Rhythm.DAY, "2026-11-21T00:00", "2026-11-21T08:00", "2026-11-23T00:00"),
        (Rhythm.DAY, "2026-11-20T00:00", "2026-11-21T08:00", "2026-11-22T00:00"),
        (Rhythm.SIX_HOURS, "2026-11-21T00:00", "2026-11-21T08:00", "2026-11-21T12:00"),
        (Rhythm.SIX_HOURS, "2026-11-21T06:00", "2026-11-21T08:00", "2026-11-21T18:00"),
        (Rhythm.SIX_HOURS, "2026-11-21T00:00", "2026-11-21T15:00", "2026-11-21T18:00"),
        (Rhythm.SIX_HOURS, "2026-03-29T00:00", "2026-03-29T04:30", "2026-03-29T12:00"),
        (Rhythm.SIX_HOURS, "2026-10-25T18:00", "2026-10-25T18:00", "2026-10-26T06:00"),
        (Rhythm.MONTH, "2026-11-01T00:00", "2026-11-21T08:00", "2027-01-01T00:00"),
    ],
)
def test_the_next_readings_come_as_often_as_they_do(rhythm, until, now, next_by):
    assert awaited(at(until), rhythm).next_by(at(now)) == at(next_by)


@given(RHYTHMS, INSTANTS, INSTANTS)
def test_nothing_is_promised_for_the_past_nor_late_before_it_is_due(rhythm, until, now):
    one = awaited(until, rhythm)
    assert one.next_by(now) > now
    assert one.due > one.until
    assert one.due == start_of(day_of(one.due))
    assert one.is_late(now) or one.next_by(now) <= one.due or one.until > now
    assert one.is_late(now) or not one.is_silent(now)


def test_a_limit_is_a_day_where_one_ends_then():
    assert Limit(at("2026-11-23T00:00")).day == date(2026, 11, 22)
    assert Limit(at("2026-10-26T00:00")).day == date(2026, 10, 25)
    assert Limit(at("2026-11-22T18:00")).day is None


@pytest.mark.parametrize(
    "facts",
    [
        {"cut_off": (Range(date(2026, 9, 1)),)},
        {"cut_off": (Range(date(2026, 11, 21)),)},
        {"cut_off": (Range.of_days(date(2026, 11, 1), date(2026, 11, 22)),)},
        {"last": date(2026, 11, 20)},
    ],
)
def test_what_is_cut_off_or_not_held_any_more_keeps_nobody_waiting(facts):
    now, reached = at("2026-11-21T08:00"), at("2026-09-01T00:00")
    assert [*freshness([point(reached)], frozenset([AINO]), now).silent] != []
    fresh = freshness([point(reached, **facts)], frozenset([AINO]), now)
    assert (fresh.until, fresh.next_by, fresh.late, fresh.silent) == (reached, None, (), ())


@pytest.mark.parametrize(
    ("now", "late", "silent"),
    [
        ("2026-11-21T08:00", 0, 0),
        ("2026-11-22T00:00", 1, 0),
        ("2026-11-23T23:45", 1, 0),
        ("2026-11-24T00:00", 0, 1),
    ],
)
def test_what_is_connected_again_is_awaited_from_that_day_on(now, late, silent):
    """However long it was cut off, and though it is so no more."""
    again = point(at("2025-03-04T10:00"), cut_off=(Range.of_days(date(2025, 3, 4), date(2026, 11, 20)),))
    fresh = freshness([again], frozenset([AINO]), at(now))
    assert (len(fresh.late), len(fresh.silent)) == (late, silent)
    (awaited,) = (*fresh.late, *fresh.silent, *fresh.on_time)
    assert (awaited.until, awaited.has_sent) == (at("2026-11-20T00:00"), False)
    assert fresh.until == at("2025-03-04T10:00")


def test_who_must_deliver_follows_from_what_is_measured():
    read_by = {commodity: commodity.trade.read_by for commodity in Commodity}
    assert read_by[Commodity.ELECTRICITY] is read_by[Commodity.PRODUCTION] is BY_DATAHUB
    assert read_by[Commodity.HEAT] is read_by[Commodity.COOLING] is BY_US
    assert "gas network company" in read_by[Commodity.GAS].message


@pytest.mark.parametrize(
    ("minutes", "length", "coarse"), [(15, 4, True), (15, 1, False), (60, 4, False), (60, 1, False), (None, 4, False)]
)
def test_hours_are_coarse_where_quarters_are_meant(minutes, length, coarse):
    day = date(2026, 11, 20)
    assert is_coarse(point(minutes=minutes), every(day, day, length=length)) is coarse
    assert not is_coarse(point(minutes=minutes), every(day, day, length=length)[:0])


def test_hours_of_former_days_are_not():
    hours, quarters = (
        every(date(2026, 11, 19), date(2026, 11, 19), length=4),
        every(date(2026, 11, 20), date(2026, 11, 20)),
    )
    assert is_coarse(point(minutes=15), hours)
    assert not is_coarse(point(minutes=15), quarters)
