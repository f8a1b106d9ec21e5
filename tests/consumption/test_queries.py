from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import uuid4

import numpy as np
import pytest
from sqlmodel import select

from portal.auth.reach import Reach
from portal.consumption import by_site, days, queries, recording, store
from portal.consumption.charts import Mark
from portal.consumption.freshness import Freshness, freshness
from portal.consumption.gaps import gaps
from portal.consumption.periods import All, Day, Hour, Month, NoSuchPeriod, Quarter, Year, read, read_span
from portal.consumption.queries import NoSuchSite
from portal.consumption.rules import Compare, Tally
from portal.consumption.selection import ViewRequest
from portal.customers.models import Party
from portal.kit.clock import start_of
from portal.kit.errors import NotThere
from portal.kit.intervals import Quality, instant_of, start_quarter
from portal.sites.commodities import Commodity
from portal.sites.models import Disconnection, MeteringPoint, Occupancy, Site
from tests.consumption.readings import Reading, every, intervals, listed
from tests.people import user

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
MOVED = date(2025, 3, 15)  # when Aino came and Eino left
DAY = timedelta(days=1)
PERIODS = (
    *map(read, ("all", "2024", "2025", "2026", "2025-03", "2026-03", "2026-10", "2026-11", "2026-12")),
    *map(read, ("2025-W11", "2026-W47", "2025-03-14", "2025-03-15", "2026-03-29", "2026-10-25", "2026-11-09")),
    *map(read, ("2026-11-20", "2026-11-21", "2026-10-25T03", "2026-10-25T03B", "2025-03-15T00", "2026-11-20T22")),
    read_span("2025-03-01", "2026-11-30"),
    read_span("2026-10-20", "2026-11-30"),
    read_span("2025-02-10", "2025-03-20"),
)


def value(quarter):
    return quarter * 7919 % 1000 - 50


class Register:
    """Two people, two homes: Eino moved out of one, Aino in; she also has a cottage with panels."""

    def __init__(self, db):
        self.db = db
        self.aino, self.eino = self.party("1"), self.party("2")
        self.home, self.cottage = self.site("Esimerkkikatu 4"), self.site("Rantapolku 12")
        self.hold(self.aino, self.home, MOVED)
        self.hold(self.eino, self.home, date(2020, 1, 1), MOVED - DAY)
        self.hold(self.aino, self.cottage, date(2025, 6, 1))
        self.power = self.point(self.home, Commodity.ELECTRICITY)
        self.heat = self.point(self.home, Commodity.HEAT)
        self.cottage_power = self.point(self.cottage, Commodity.ELECTRICITY)
        self.panels = self.point(self.cottage, Commodity.PRODUCTION)

    def party(self, number):
        party = Party(id=uuid4(), customer_number=number, kind="person", name=f"Customer {number}")
        self.db.add(party)
        return party.id

    def site(self, street):
        site = Site(id=uuid4(), number=str(uuid4()), street=street, postcode="20100", town="Turku")
        self.db.add(site)
        return site.id

    def hold(self, party, site, since, until=None):
        self.db.flush()
        self.db.add(Occupancy(site_id=site, party_id=party, since=since, until=until))

    def point(self, site, energy):
        self.db.flush()
        point = MeteringPoint(id=uuid4(), gsrn=f"{uuid4().int % 10**18:018}", site_id=site, energy=energy)
        self.db.add(point)
        return point.id

    def record(self, point, readings):
        recording.record(self.db, point, readings, NOW)

    def seen_by(self, who, period, point):
        """What a person may see of a point in a period, reading by reading."""
        found = store.read(self.db, point, period.first, period.last)
        held = {self.power: MOVED, self.cottage_power: date(2025, 6, 1), self.heat: MOVED}
        begins, ends = max(period.begins, start_quarter(held[point])), period.ends
        if who.parties == {self.eino}:
            begins, ends = period.begins, min(period.ends, start_quarter(MOVED))
        told = found.length <= period.ends - period.begins  # an hour tells nothing of its quarters
        return listed(found[(begins <= found.quarter) & (found.quarter < ends) & told])


def person(*parties):
    return user(Reach(frozenset(parties)))


@pytest.fixture
def register(db):
    register = Register(db)
    register.record(register.power, every(date(2025, 1, 10), date(2025, 9, 30), milliwatt_hours=value))
    register.record(register.power, every(date(2025, 10, 1), date(2026, 11, 8), milliwatt_hours=value))
    register.record(register.power, every(date(2026, 11, 10), date(2026, 11, 20), milliwatt_hours=value))
    estimated = every(date(2026, 11, 16), date(2026, 11, 16))
    estimated.quality[:] = Quality.EST
    register.record(register.power, estimated)
    register.record(
        register.cottage_power, every(date(2025, 9, 10), date(2026, 5, 31), length=4, milliwatt_hours=value)
    )
    register.record(register.cottage_power, every(date(2026, 6, 1), date(2026, 11, 19), milliwatt_hours=value))
    register.record(register.heat, every(date(2026, 9, 1), date(2026, 11, 20), length=4, milliwatt_hours=value))
    return register


@pytest.fixture
def aino(register):
    return person(register.aino)


@pytest.fixture
def eino(register):
    return person(register.eino)


def look(db, who, at="2026-11", **asked):
    return queries.selection(db, who, ViewRequest(read(at), compare=Compare.DATE, **asked), TODAY)


def compared(db, who, selection):
    return queries.comparison(db, who, selection, queries.steps(db, who, selection, TODAY), TODAY)


def test_a_person_sees_the_points_of_their_sites(db, register, aino, eino):
    assert [(point.street, point.commodity) for point in queries.points(db, aino, TODAY)] == [
        ("Esimerkkikatu 4", "electricity"),
        ("Esimerkkikatu 4", "heat"),
        ("Rantapolku 12", "electricity"),
        ("Rantapolku 12", "production"),
    ]
    assert {point.id for point in queries.points(db, eino, TODAY)} == {register.power, register.heat}


def test_a_stranger_sees_nothing(db, register):
    stranger = person(uuid4())
    assert queries.points(db, stranger, TODAY) == queries.points(db, person(), TODAY) == ()
    selection = look(db, stranger)
    assert (selection.points, selection.commodities, selection.sites) == ((), [], [])
    steps = queries.steps(db, stranger, selection, TODAY)
    assert {step.now for step in steps} == {Tally()}
    assert queries.comparison(db, stranger, selection, steps, TODAY) is None
    assert queries.readings(db, stranger, selection) == ()


def test_what_one_person_selected_shows_another_nothing(db, aino, eino):
    selection = look(db, aino)
    assert {step.now.milliwatt_hours for step in queries.steps(db, eino, selection, TODAY)} == {0}
    assert queries.readings(db, eino, selection) == ()


@pytest.mark.parametrize("name", ["aino", "eino"])
def test_every_step_is_the_sum_of_the_readings_that_one_may_see(db, register, request, name):
    for period in PERIODS:
        check_sums(db, register, request.getfixturevalue(name), period)


def check_sums(db, register, who, period):
    selection = queries.selection(db, who, ViewRequest(period, Commodity.ELECTRICITY), TODAY)
    for step in queries.steps(db, who, selection, TODAY):
        seen = [one for point in selection.points for one in register.seen_by(who, step.period, point.id)]
        estimated = sum(one.length for one in seen if one.quality is Quality.EST)
        assert step.now.milliwatt_hours == sum(one.milliwatt_hours for one in seen), step.period
        assert step.now.estimated == estimated, step.period
        assert step.now.measured == sum(one.length for one in seen) - estimated, step.period
        if step.before:
            then = [one for point in selection.points for one in register.seen_by(who, step.before, point.id)]
            assert step.then.milliwatt_hours == sum(one.milliwatt_hours for one in then), step.before


def test_days_say_what_is_to_be_known_of_them(db, register, aino):
    marks = [step.now.mark for step in queries.steps(db, aino, look(db, aino, site_id=register.home), TODAY)]
    assert [number for number, mark in enumerate(marks, 1) if mark is Mark.MISSING] == [9]
    assert [number for number, mark in enumerate(marks, 1) if mark is Mark.ESTIMATED] == [16]
    assert [number for number, mark in enumerate(marks, 1) if mark is Mark.AHEAD] == list(range(21, 31))
    assert marks.count(Mark.MEASURED) == 18


def test_a_day_that_is_not_due_yet_is_ahead(db, register, aino):
    steps = queries.steps(db, aino, look(db, aino, site_id=register.cottage), TODAY)
    assert [step.now.mark for step in steps[18:21]] == [Mark.MEASURED, Mark.AHEAD, Mark.AHEAD]
    late = queries.steps(db, aino, look(db, aino, site_id=register.cottage), TODAY + 2 * DAY)
    assert [step.now.mark for step in late[18:22]] == [Mark.MEASURED, Mark.MISSING, Mark.MISSING, Mark.AHEAD]


def test_nothing_is_missing_before_the_first_reading(db, register, aino):
    steps = queries.steps(db, aino, look(db, aino, "2025-09", site_id=register.cottage), TODAY)
    assert [step.now.mark for step in steps[7:11]] == [Mark.OUTSIDE, Mark.OUTSIDE, Mark.MEASURED, Mark.MEASURED]


def test_a_gap_counts_as_missing_in_its_month_and_year(db, register, aino):
    (november,) = (
        step
        for step in queries.steps(db, aino, look(db, aino, "2026", site_id=register.home), TODAY)
        if step.period == Month(2026, 11)
    )
    assert (november.now.missing, november.now.estimated, november.now.mark) == (96, 96, Mark.PARTLY)
    assert november.now.quarters == 30 * 96
    everything = queries.steps(db, aino, look(db, aino, "all", site_id=register.home), TODAY)
    assert [(step.period, step.now.missing) for step in everything] == [(Year(2025), 0), (Year(2026), 96)]
    assert [step.then for step in everything] == [None, None]


def test_the_month_is_compared_over_the_days_that_both_years_have(db, register, aino):
    selection = look(db, aino, site_id=register.home)
    found = compared(db, aino, selection)
    same = [day for day in Month(2026, 11).days[:20] if day.day.day != 9]
    assert found.days == 19
    assert found.now.milliwatt_hours == sum(
        one.milliwatt_hours for day in same for one in register.seen_by(aino, day, register.power)
    )
    before = [Day(day.day.replace(year=2025)) for day in same]
    assert found.then.milliwatt_hours == sum(
        one.milliwatt_hours for day in before for one in register.seen_by(aino, day, register.power)
    )


def test_the_year_is_compared_day_by_day_where_a_month_is_not_whole(db, register, aino):
    selection = look(db, aino, "2026", site_id=register.home)
    found = compared(db, aino, selection)
    days = [day for month in Year(2026).steps for day in month.days if date(2026, 3, 15) <= day.first < TODAY]
    same = [day for day in days if day.first != date(2026, 11, 9)]
    assert found.days == len(same)
    assert found.now.milliwatt_hours == sum(
        one.milliwatt_hours for day in same for one in register.seen_by(aino, day, register.power)
    )


def test_each_point_is_compared_on_its_own_days(db, register, aino):
    """The gap of the home, and the days that the cottage has not sent yet, take nothing from the other."""
    selection = look(db, aino)
    found = compared(db, aino, selection)
    home, cottage = (compared(db, aino, look(db, aino, site_id=site)) for site in (register.home, register.cottage))
    assert (home.days, cottage.days, found.days) == (19, 19, 20)
    assert (found.now, found.then) == (home.now + cottage.now, home.then + cottage.then)


@pytest.mark.parametrize("compare", [Compare.DATE, Compare.WEEKDAY])
def test_what_is_a_pair_by_itself_needs_no_second_look(db, register, aino, compare):
    """Whether the steps are known or not, what the period comes to is the same."""
    for period in PERIODS:
        selection = queries.selection(db, aino, ViewRequest(period, compare=compare), TODAY)
        if not isinstance(period, All | Hour):
            occupancies = queries._occupancies(aino, selection)
            found = days.comparison(db, occupancies, period.first, period.last, compare, TODAY)
            assert compared(db, aino, selection) == found, period


def test_who_moved_is_not_compared_with_another_home(db, register):
    flat = register.site("Uusikatu 1")
    mover = register.party("3")
    register.hold(mover, register.cottage, date(2023, 1, 1), date(2024, 12, 31))
    register.hold(mover, flat, date(2025, 1, 1))
    new = register.point(flat, Commodity.ELECTRICITY)
    register.record(register.cottage_power, every(date(2024, 6, 1), date(2024, 12, 31)))
    register.record(new, every(date(2025, 1, 1), date(2025, 12, 31)))
    who = person(mover)
    selection = look(db, who, "2025-08")
    (step, *_) = queries.steps(db, who, selection, TODAY)
    assert step.now.complete
    assert step.then.complete
    assert not step.comparable
    assert compared(db, who, selection) is None


@pytest.mark.parametrize(
    ("compare", "first"), [(Compare.DATE, date(2025, 11, 1)), (Compare.WEEKDAY, date(2025, 11, 2))]
)
def test_the_year_before_stands_beside_each_day(db, aino, compare, first):
    selection = queries.selection(db, aino, ViewRequest(read("2026-11"), compare=compare), TODAY)
    before = [step.before for step in queries.steps(db, aino, selection, TODAY)]
    assert before == [Day(first + number * DAY) for number in range(30)]


def test_an_hour_shows_its_quarters(db, register, aino):
    steps = queries.steps(db, aino, look(db, aino, "2026-11-20T14", site_id=register.home), TODAY)
    assert [type(step.period) for step in steps] == [Quarter] * 4
    assert {step.now.mark for step in steps} == {Mark.MEASURED}


def test_an_hour_that_is_known_only_as_a_whole_is_one_step(db, register, aino):
    hour = read("2026-05-20T14")
    for site in (register.cottage, None):  # the home has quarters
        (step,) = queries.steps(db, aino, look(db, aino, hour.at, site_id=site), TODAY)
        assert (step.period, step.now.mark) == (hour, Mark.MEASURED)


def test_quarters_are_not_compared_with_an_hour(db, register, aino):
    steps = queries.steps(db, aino, look(db, aino, "2026-10-05T14", site_id=register.cottage), TODAY)
    assert {step.then.mark for step in steps} == {Mark.MISSING}


def test_each_day_of_a_month_tells_what_it_misses(db, register, aino):
    selection = replace(look(db, aino, "2026-11", site_id=register.home), compare=Compare.NONE)
    days = queries.steps(db, aino, selection, TODAY)
    assert [step.now.missing for step in days] == [0] * 8 + [96] + [0] * 21
    assert {step.then for step in days} == {None}


def test_readings_come_point_by_point_for_the_selected_time(db, register, aino):
    selection = look(db, aino, "2025-10-26T03B")
    found = {one.point.id: listed(one.intervals) for one in queries.readings(db, aino, selection)}
    assert set(found) == {register.power, register.cottage_power}
    assert [one.quarter for one in found[register.power]] == list(range(selection.period.begins, selection.period.ends))
    assert [one.length for one in found[register.cottage_power]] == [4]


def test_readings_end_where_the_right_to_see_them_ends(db, register, aino, eino):
    month = Month(2025, 3)
    (before,) = queries.readings(db, eino, look(db, eino, month.at))
    (after,) = queries.readings(db, aino, look(db, aino, month.at))
    assert listed(before.intervals) + listed(after.intervals) == listed(
        store.read(db, register.power, month.first, month.last)
    )
    assert after.intervals.quarter[0] == start_quarter(MOVED)


def test_an_address_that_asks_for_nothing_shows_the_newest_month_of_the_first_commodity(db, register, aino, eino):
    selection = queries.selection(db, aino, ViewRequest(), TODAY)
    assert (selection.period, selection.commodity, selection.site_id) == (Month(2026, 11), "electricity", None)
    assert {point.id for point in selection.points} == {register.power, register.cottage_power}
    assert queries.selection(db, eino, ViewRequest(), TODAY).period == Month(2025, 3)
    assert queries.selection(db, person(), ViewRequest(), TODAY).period == Month(2026, 11)


def test_a_reading_of_a_year_to_come_moves_no_page_there(db, register, aino):
    """One such may stand from before imports refused them: a meter's clock was wrong."""
    before = queries.selection(db, aino, ViewRequest(), TODAY)
    uses = queries.by_site(db, aino, queries.points(db, aino, TODAY), Commodity.ELECTRICITY, TODAY)
    register.record(register.power, every(date(2031, 5, 20), date(2031, 5, 20)))
    after = queries.selection(db, aino, ViewRequest(), TODAY)
    assert (after.period, after.points) == (before.period, before.points)
    assert freshness(after.points, aino.parties, NOW) == freshness(before.points, aino.parties, NOW)
    now = queries.by_site(db, aino, queries.points(db, aino, TODAY), Commodity.ELECTRICITY, TODAY)
    assert now.last == uses.last
    years = queries.steps(db, aino, look(db, aino, "all", site_id=register.home), TODAY)
    assert [step.period for step in years] == [Year(2025), Year(2026)]


def test_a_site_is_shown_with_an_energy_that_it_has(db, register, aino):
    selection = look(db, aino, site_id=register.home, commodity=Commodity.PRODUCTION)
    assert (selection.commodity, selection.commodities) == ("electricity", ["electricity", "heat"])
    selection = look(db, aino, commodity=Commodity.HEAT)
    assert [point.id for point in selection.points] == [register.heat]
    assert selection.commodities == ["electricity", "production", "heat"]
    assert [site.street for site in selection.sites] == ["Esimerkkikatu 4", "Rantapolku 12"]


def test_a_foreign_site_is_not_there(db, register, eino):
    for site in (register.cottage, uuid4()):
        with pytest.raises(NoSuchSite):
            look(db, eino, site_id=site)


def test_data_are_as_fresh_as_the_slowest_point(db, register, aino, eino):
    points = look(db, aino).points
    fresh = freshness(points, aino.parties, NOW)
    assert (fresh.until, fresh.late, fresh.silent) == (instant_of(start_quarter(date(2026, 11, 20))), (), ())
    assert fresh.next_by.day == TODAY
    assert [one.point.id for one in fresh.on_time] == [register.cottage_power, register.power]
    assert [one.point.id for one in freshness(points, aino.parties, NOW + DAY).late] == [register.cottage_power]
    assert len(freshness(points, aino.parties, NOW + 2 * DAY).late) == 2
    home = [point for point in points if point.id == register.power]
    assert freshness(home, aino.parties, NOW).until == instant_of(start_quarter(TODAY))
    assert freshness(home, eino.parties, NOW) == Freshness(None)


def test_a_silent_meter_holds_up_no_other_data(db, register, aino):
    points = look(db, aino).points
    fresh = freshness(points, aino.parties, NOW + 3 * DAY)
    assert [one.point.id for one in fresh.silent] == [register.cottage_power]
    assert [one.point.id for one in fresh.late] == [register.power]
    assert fresh.until == instant_of(start_quarter(TODAY))
    assert fresh.next_by is None
    all_silent = freshness(points, aino.parties, NOW + 9 * DAY)
    assert (len(all_silent.silent), all_silent.until) == (2, instant_of(start_quarter(TODAY)))


def test_a_point_that_never_sent_anything_is_awaited_where_the_register_says_how_often(db, register, aino):
    panels = partial(look, db, aino, commodity=Commodity.PRODUCTION)
    assert freshness(panels().points, aino.parties, NOW) == Freshness(None)
    point = db.get_one(MeteringPoint, register.panels)
    db.add(point.sqlmodel_update({"rhythm": "P1D"}))
    (silent,) = freshness(panels().points, aino.parties, NOW).silent
    assert (silent.has_sent, silent.until) == (False, start_of(date(2025, 6, 1)))


def test_a_point_that_is_read_by_the_month_misses_nothing_before_its_month_is_due(db, register, aino):
    read_until = date(2026, 9, 30)
    point = register.point(register.home, Commodity.COOLING)
    db.add(db.get_one(MeteringPoint, point).sqlmodel_update({"rhythm": "P1M"}))
    register.record(point, every(date(2026, 1, 1), read_until, length=4, milliwatt_hours=value))
    cooling = partial(look, db, aino, commodity=Commodity.COOLING)
    (october,) = [step for step in queries.steps(db, aino, cooling("2026"), TODAY) if step.period == Month(2026, 10)]
    assert (october.mark, october.now.expected) == (Mark.AHEAD, 0)
    by_day = queries.steps(db, aino, cooling("2026-10"), TODAY)
    assert {step.mark for step in by_day} == {Mark.AHEAD}
    later = date(2026, 12, 1)
    (october,) = [step for step in queries.steps(db, aino, cooling("2026"), later) if step.period == Month(2026, 10)]
    assert (october.mark, october.now.missing) == (Mark.MISSING, october.now.quarters)
    register.record(point, every(date(2026, 10, 3), date(2026, 10, 3), length=4))
    october = queries.steps(db, aino, cooling("2026-10"), TODAY)
    assert [step.mark for step in october[:4]] == [Mark.MISSING, Mark.MISSING, Mark.MEASURED, Mark.AHEAD]


def test_a_meter_that_tells_no_values_is_silent(db, register, aino):
    values_until = date(2026, 11, 19)
    missing = every(date(2026, 11, 20), date(2026, 11, 30))
    missing.quality[:] = Quality.MISSING
    recording.record(db, register.cottage_power, missing, NOW + 10 * DAY)
    points = look(db, aino, site_id=register.cottage).points
    assert freshness(points, aino.parties, NOW).until == instant_of(start_quarter(values_until + DAY))
    assert [one.point.id for one in freshness(points, aino.parties, NOW + 3 * DAY).silent] == [register.cottage_power]
    assert store.silent(db, TODAY + 3 * DAY) == 1
    register.record(register.panels, missing)
    panels = look(db, aino, commodity=Commodity.PRODUCTION).points
    assert [point.known_until(aino.parties) for point in panels] == [None], "it has never told any"


def test_a_metering_point_that_ended_misses_nothing_and_is_not_late(db, register, aino):
    ended = date(2026, 9, 14)
    point = db.get_one(MeteringPoint, register.heat)
    db.add(point.sqlmodel_update({"valid_to": ended}))
    db.add(Disconnection(metering_point_id=point.id, connection="AN04", since=ended))
    heat = partial(look, db, aino, commodity=Commodity.HEAT, site_id=register.home)
    september, year = queries.steps(db, aino, heat("2026-09"), TODAY), queries.steps(db, aino, heat("2026"), TODAY)
    assert [step.now.expected > 0 for step in september] == [day <= 14 for day in range(1, 31)]
    assert all(step.now.expected == step.now.measured for step in (*september, *year))
    later = freshness(heat().points, aino.parties, NOW + 30 * DAY)
    assert (later.late, later.silent, later.next_by) == ((), (), None)
    (heat_now,) = queries.selection(
        db, aino, ViewRequest(commodity=Commodity.HEAT, site_id=register.home), TODAY
    ).points
    assert heat_now.is_held_by(aino.parties, TODAY), "its site is still held"


def test_a_disconnected_metering_point_keeps_nobody_waiting(db, register, aino):
    db.add(Disconnection(metering_point_id=register.cottage_power, connection="AE02", since=date(2026, 11, 19)))
    points = look(db, aino).points
    fresh = freshness(points, aino.parties, NOW + DAY)
    assert (fresh.until, fresh.late) == (instant_of(start_quarter(TODAY)), ())


@pytest.mark.parametrize("connection", ["AE02", "AN04"])
def test_a_disconnected_metering_point_misses_nothing_from_that_day_on(db, register, aino, connection):
    """However long it stays so, and though its meter says every night that it knows nothing."""
    point = register.point(register.home, Commodity.COOLING)
    cut = start_quarter(date(2026, 9, 30)) + 50
    told = every(date(2025, 1, 1), date(2026, 9, 30))
    told = told[(told.quarter < cut) & (told.quarter != cut - 96)]
    register.record(point, told)
    silence = every(date(2026, 10, 1), TODAY)
    silence.quality[:] = Quality.MISSING
    register.record(point, silence)
    db.add(Disconnection(metering_point_id=point, connection=connection, since=date(2026, 9, 30)))
    look_at = partial(look, db, aino, commodity=Commodity.COOLING)
    for at, missing in (("2026", 1), ("2026-09", 1), ("2026-10", 0), ("2026-11", 0), ("2026-11-19", 0)):
        steps = queries.steps(db, aino, look_at(at), TODAY)
        assert sum(step.now.missing for step in steps) == missing, at
    outside = queries.steps(db, aino, look_at("2026-11"), TODAY)
    assert {step.mark for step in outside} == {Mark.OUTSIDE}
    autumn = look_at("2026-09")
    readings = queries.readings(db, aino, replace(autumn, period=read_span("2026-09-01", "2026-11-30")))
    assert len(readings[0].intervals) == 29 * 96 + 49 + len(silence), "a file tells all that was delivered"
    (gap,) = gaps(readings, aino.parties, read_span("2026-09-01", "2026-11-30"), TODAY)
    assert gap.begins == instant_of(cut - 96)
    (use,) = by_site.uses(db, autumn.points, aino.parties, [date(2026, 10, 1), date(2026, 11, 1)], TODAY).values()
    assert (use.newest.quarters, use.newest.missing) == (0, 0)
    (cut_off,) = db.exec(select(Disconnection))
    db.add(cut_off.sqlmodel_update({"until": date(2026, 11, 17)}))
    assert sum(step.now.missing for step in queries.steps(db, aino, look_at("2026-10"), TODAY)) == 0
    november = queries.steps(db, aino, look_at("2026-11"), TODAY)
    assert [step.now.missing for step in november] == [0] * 17 + [96] * 4 + [0] * 9, "what its meter says since"


def test_data_of_a_former_home_end_with_it(db, register, eino):
    assert freshness(look(db, eino).points, eino.parties, NOW) == Freshness(instant_of(start_quarter(MOVED)))


def test_a_point_without_readings_expects_none(db, register, aino):
    selection = look(db, aino, commodity=Commodity.PRODUCTION)
    assert {step.now.mark for step in queries.steps(db, aino, selection, TODAY)} == {Mark.OUTSIDE}
    assert queries.steps(db, aino, look(db, aino, "all", commodity=Commodity.PRODUCTION), TODAY) == ()
    assert freshness(selection.points, aino.parties, NOW) == Freshness(None)


def test_two_holders_of_one_party_count_once(db, register):
    both = person(register.aino, register.eino)
    selection = look(db, both, "2025-03", site_id=register.home)
    steps = queries.steps(db, both, selection, TODAY)
    kept = store.read(db, register.power, date(2025, 3, 1), date(2025, 3, 31))
    assert sum(step.now.milliwatt_hours for step in steps) == kept.milliwatt_hours.sum()
    assert {step.now.mark for step in steps} == {Mark.MEASURED}


def test_corrected_values_are_marked(db, register, aino):
    quarter = start_quarter(date(2026, 10, 5))
    register.record(register.power, intervals([Reading(quarter, 1, 10**6)]))
    selection = look(db, aino, "2026-10-05", site_id=register.home)
    marks = [step.now.mark for step in queries.steps(db, aino, selection, TODAY)]
    assert marks == [Mark.REVISED, *[Mark.MEASURED] * 23]


def test_the_hours_of_a_long_day_are_compared_with_those_of_a_usual_one(db, register, aino):
    steps = queries.steps(db, aino, look(db, aino, "2026-10-25", site_id=register.home), TODAY)
    assert len(steps) == 25
    assert steps[3].before == steps[4].before == read("2025-10-25T03")


@pytest.mark.parametrize("count", [1, 12])
def test_a_page_asks_no_more_of_many_points_than_of_one(db, register, count, statements):
    for number in range(count):
        site = register.site(f"Katu {number}")
        register.hold(register.eino, site, date(2024, 1, 1))
        point = register.point(site, Commodity.GAS)
        register.record(point, every(date(2025, 1, 1), date(2026, 11, 20), length=4))
    who = person(register.eino)
    with statements() as asked:
        selection = look(db, who, "2026", commodity=Commodity.GAS)
        steps = queries.steps(db, who, selection, TODAY)
        queries.comparison(db, who, selection, steps, TODAY)
    assert np.array([step.now.milliwatt_hours for step in steps])[:10].all()
    assert len(asked) == 5  # the points; totals of both years, days of this; days of both years to compare


def test_an_address_is_read_as_a_wish():
    site = uuid4()
    query = {"at": "2026-11", "energy": "heat", "site": str(site), "compare": "weekday"}
    assert ViewRequest.read(query) == ViewRequest(Month(2026, 11), Commodity.HEAT, site, Compare.WEEKDAY)
    assert ViewRequest.read({}) == ViewRequest()
    assert ViewRequest.read({"site": "", "from": "2026-11-01", "to": "2026-11-02"}).period.at == "2026-11-01/2026-11-02"
    assert isinstance(ViewRequest.read({"at": "2026-11-21T14"}).period, Hour)


@pytest.mark.parametrize(
    "query", [{"energy": "coal"}, {"site": "home"}, {"compare": "price"}, {"at": "soon"}, {"from": "1", "to": "2"}]
)
def test_a_wish_for_what_does_not_exist_is_not_there(query):
    with pytest.raises(NotThere):
        ViewRequest.read(query)
    if "at" in query:
        with pytest.raises(NoSuchPeriod):
            ViewRequest.read(query)
