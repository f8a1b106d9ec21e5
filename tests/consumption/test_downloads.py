"""A selection as a file: every byte against a naive writer, and made without holding on to anything."""

import dataclasses
from datetime import date
from itertools import groupby, pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption import downloads, queries, recording
from portal.consumption.downloads import Format, Resolution
from portal.consumption.formats.columns import AT_ONCE
from portal.consumption.formats.datahub import HEADERS
from portal.consumption.periods import All, read, read_span
from portal.consumption.queries import PointReadings
from portal.consumption.rules import by_hour
from portal.consumption.selection import Point, PointSeries, ViewRequest
from portal.kit.clock import DAY
from portal.kit.intervals import Quality, joined, start_quarter
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from tests.consumption import naive
from tests.consumption.readings import Reading, every, intervals, listed
from tests.consumption.test_queries import NOW, TODAY, Register, person

pytestmark = pytest.mark.sqlite

HOURS = st.sampled_from([420_768, 490_000, 490_001, 490_030, 876_000])  # from 2018 to 2069
VALUES = st.one_of(st.integers(-3, 3), st.integers(-(10**9), 10**9), st.integers(-(10**17), 10**17))
NAIVE = {Format.DATAHUB: naive.datahub, Format.JSON: naive.for_programs}


def reading(quarter, length, milliwatt_hours, quality):
    return Reading(quarter, length, 0 if quality is Quality.MISSING else milliwatt_hours, quality)


@st.composite
def of_a_point(draw):
    """Some readings, quarters and hours, of any size, sign and quality."""
    told = {}
    for hour in draw(st.lists(HOURS, max_size=6)):
        length = draw(st.sampled_from([1, 4]))
        told[hour] = reading(hour * 4, length, draw(VALUES), draw(st.sampled_from(Quality)))
    return intervals([told[hour] for hour in sorted(told)])


def point(number):
    site = {"site_id": uuid4(), "site_number": "", "site_name": None, "street": ""}
    return Point(id=uuid4(), gsrn=f"6430000000000000{number:02}", commodity=Commodity.ELECTRICITY, held_days=(), **site)


def written(parts, format_, resolution=Resolution.QUARTER):
    return b"".join(downloads.written(parts, format_, resolution))


@pytest.mark.parametrize("format_", Format)
@given(of_points=st.lists(of_a_point(), max_size=3), cut=st.integers(0, 6))
def test_every_byte_is_what_a_naive_writer_writes(format_, of_points, cut):
    points = [(point(number), readings) for number, readings in enumerate(of_points)]
    parts = [PointReadings(one, part) for one, readings in points for part in (readings[:cut], readings[cut:])]
    assert written(parts, format_) == NAIVE[format_]([(one.gsrn, readings) for one, readings in points])


@pytest.mark.parametrize("format_", Format)
def test_nothing_is_lost_where_rows_are_written_in_pieces(format_):
    quarters = every(
        date(2026, 1, 1), date(2026, 7, 1), milliwatt_hours=lambda quarter: quarter * 7919 % 1_000_003 - 500
    )
    assert len(quarters) > 2 * AT_ONCE
    only = point(1)
    assert written([PointReadings(only, quarters)], format_) == NAIVE[format_]([(only.gsrn, quarters)])


@pytest.mark.parametrize("format_", Format)
def test_by_the_hour_it_is_the_sums_of_the_hours(format_):
    only, quarters = (
        point(1),
        every(date(2026, 10, 24), date(2026, 10, 26), milliwatt_hours=lambda quarter: quarter % 1000),
    )
    found = written([PointReadings(only, quarters)], format_, Resolution.HOUR)
    assert found == NAIVE[format_]([(only.gsrn, by_hour(quarters))])


def test_a_value_larger_than_any_meter_tells_is_written_out():
    only, most = point(1), intervals([Reading(0, 1, 2**63 - 1), Reading(1, 1, -(2**63 - 1))])
    assert written([PointReadings(only, most)], Format.DATAHUB) == naive.datahub([(only.gsrn, most)])


def test_a_file_of_nothing_is_its_frame():
    assert written([], Format.DATAHUB) == f"\ufeff{HEADERS[0]}\n".encode()
    assert written([], Format.JSON) == b'{"version": 1, "unit": "kWh", "metering_points": []}\n'


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.tuples(st.integers(1_060_000, 4_500_000), st.integers(1_060_000, 4_500_000)),
)  # fmt: skip
def test_the_parts_of_a_period_are_the_whole_period(one_day, other_day, quarters):
    period = read_span(f"{min(one_day, other_day)}", f"{max(one_day, other_day)}")
    known = PointSeries(ReadingType.METERED, min(quarters), max(quarters) + 1)
    of = dataclasses.replace(point(1), series=(known,))
    parts = downloads._years(period, of)
    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    assert all(then.first == one.last + DAY for one, then in pairwise(parts))
    known = [min(part.ends, of.until_quarter) - max(part.begins, of.first_quarter) for part in parts]
    assert max(known) <= 366 * 96


@pytest.fixture
def register(database):
    with database.writing() as db:
        register = Register(db)
        register.record(
            register.power, every(date(2024, 11, 10), date(2026, 11, 8), milliwatt_hours=lambda quarter: quarter % 999)
        )
        register.record(register.cottage_power, every(date(2025, 9, 10), date(2026, 5, 31), length=4))
        register.record(register.heat, every(date(2026, 9, 1), date(2026, 11, 20), length=4))
    return register


@pytest.mark.parametrize("period", [All(), *map(read, ("2025", "2026-10", "2026-10-25T03B"))], ids=lambda one: one.at)
def test_what_is_read_in_parts_is_what_the_selection_holds(database, register, period):
    for who in map(person, (register.aino, register.eino)):
        with database.reading() as db:
            selection = queries.selection(db, who, ViewRequest(period), TODAY)
            whole = {one.point.id: listed(one.intervals) for one in queries.readings(db, who, selection)}
        parts = groupby(downloads.read(database, who, selection), key=lambda part: part.point.id)
        assert {id_: listed(joined(part.intervals for part in of)) for id_, of in parts} == whole
        assert list(whole) == [one.id for one in selection.points if one.id in whole]


def test_no_connection_is_held_between_two_pieces(database, register):
    who = person(register.aino)
    with database.reading() as db:
        selection = queries.selection(db, who, ViewRequest(All()), TODAY)
    pieces = downloads.made(who, selection, Format.DATAHUB, Resolution.QUARTER, database)
    assert {database.engine.pool.checkedout() for _ in pieces} == {0}


def test_a_reading_that_comes_meanwhile_is_in_what_is_still_to_be_written(database, register):
    who = person(register.aino)
    with database.reading() as db:
        selection = queries.selection(db, who, ViewRequest(All()), TODAY)
    pieces = downloads.made(who, selection, Format.DATAHUB, Resolution.QUARTER, database)
    begun = next(pieces)
    late = intervals([Reading(start_quarter(date(2026, 11, 9)), 1, 424_242_000_000)])
    with database.writing() as db:
        recording.record(db, register.power, late, NOW)
    assert b";424242,000000;OK" in begun + b"".join(pieces)
