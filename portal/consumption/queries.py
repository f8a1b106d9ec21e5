"""What a person may see of consumption: the points of the sites they hold, on the days on which they hold them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.consumption import by_site as of_sites
from portal.consumption import corrections, days, pairs, store
from portal.consumption.by_site import Uses
from portal.consumption.corrections import Corrected
from portal.consumption.freshness import Freshness
from portal.consumption.models import Series
from portal.consumption.pairs import Comparison
from portal.consumption.periods import All, Day, Hour, Month, Period, Span
from portal.consumption.rules import Compare, PeriodStep, Tally, year_before
from portal.consumption.selection import HeldDays, Point, PointSeries, Selection, ViewRequest
from portal.consumption.store import PointDays
from portal.consumption.tallies import clipped, held_days, looked_at, tallies
from portal.consumption.zeros import ZeroDays, zero_days
from portal.kit.clock import day_of
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.i18n import text
from portal.kit.intervals import Intervals, instant_of, joined
from portal.kit.questions import any_of
from portal.kit.ranges import Range
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from portal.sites.models import Disconnection, MeteringPoint, Occupancy, Rhythm, Site


def _held(*row: Any) -> Point:  # noqa: ANN401 - the columns of POINTS
    """A metering point on the days of one time for which a party holds its site."""
    point_id, gsrn, commodity, site_id, number, name, street, *more = row
    party_id, since, until, reading_type, first_quarter, until_quarter, *is_there = more
    first, last, minutes, rhythm, cut_off, connected = is_there
    held = HeldDays(party_id, max(since, All.first), min(until or All.last, All.last))
    return Point(
        id=point_id,
        gsrn=gsrn,
        commodity=Commodity(commodity),
        site_id=site_id,
        site_number=number,
        site_name=name,
        street=street,
        held_days=(held,) if held.first <= held.last else (),
        series=(PointSeries(ReadingType(reading_type), first_quarter, until_quarter),) if reading_type else (),
        days=Range.of_days(first or All.first, last),
        cut_off=(Range.of_days(cut_off, connected),) if cut_off else (),
        minutes=minutes,
        rhythm=Rhythm(rhythm) if rhythm else None,
    )


POINT, SITE, HELD = table_of(MeteringPoint), table_of(Site), table_of(Occupancy)
SERIES, CUT_OFF = table_of(Series), table_of(Disconnection)
SCOPE: Final = Scope(HELD.c.party_id, SITE.c.id, {Theme.CONSUMPTION})
HELD_POINTS: Final = (
    select(
        *POINT.c["id", "gsrn", "energy", "site_id"],
        *SITE.c["number", "name", "street"],
        *HELD.c["party_id", "since", "until"],
        *SERIES.c["reading_type", "first_quarter", "until_quarter"],
        *POINT.c["valid_from", "valid_to", "minutes", "rhythm"],
        *CUT_OFF.c["since", "until"],
    )
    .join_from(POINT, SITE)
    .join(HELD, HELD.c.site_id == SITE.c.id)
    .outerjoin(SERIES, (SERIES.c.metering_point_id == POINT.c.id) & SERIES.c.until_quarter.is_not(None))
    .outerjoin(CUT_OFF, CUT_OFF.c.metering_point_id == POINT.c.id)
    .order_by(SITE.c.street, SITE.c.number, POINT.c.energy, POINT.c.gsrn)
)
POINTS: Final = SCOPE.question(_held, HELD_POINTS)
SOME_POINTS: Final = SCOPE.question(_held, HELD_POINTS.where(any_of(POINT.c.id, "points")))


class NoSuchSite(NotThere):
    """No site of that id whose consumption this person may see."""

    says = text("We could not find the site.")


@dataclass(frozen=True, slots=True)
class PointReadings:
    """The readings of a metering point that are looked at."""

    point: Point
    intervals: Intervals


def points(db: Session, who: User, today: date) -> tuple[Point, ...]:
    """The metering points of every site that the person's parties hold, held or will hold, street by street."""
    return _by_point(POINTS.all(db, who), who, today)


def some_points(db: Session, who: User, ids: Collection[UUID], today: date) -> tuple[Point, ...]:
    """Those of some metering points whose consumption the person may see."""
    return _by_point(SOME_POINTS.all(db, who, points=ids), who, today) if ids else ()


def selection(db: Session, who: User, asked: ViewRequest, today: date) -> Selection:
    """What a person looks at who asks for this: the newest month with readings, their first commodity, all sites.

    Raises NoSuchSite.
    """
    choices = points(db, who, today)
    there = [point for point in choices if asked.site_id in {None, point.site_id}]
    if asked.site_id and not there:
        raise NoSuchSite
    commodity = _commodity({point.commodity for point in there}, asked.commodity)
    of_commodity = [point for point in there if point.commodity == commodity]
    kinds = {one.reading_type for point in of_commodity for one in point.series if one.reading_type.is_energy}
    reading_type = asked.reading_type if asked.reading_type in kinds else None
    chosen = tuple(point.told_by(reading_type) for point in of_commodity)
    period = asked.period or _newest_month(chosen, who, today)
    return Selection(
        period, commodity, asked.compare, asked.site_id, chosen, choices, asked.show, reading_type=reading_type
    )


def steps(db: Session, who: User, selection: Selection, today: date) -> Sequence[PeriodStep]:
    """What a chart of the selection shows: each step of its period, and that of the year before beside it.

    An hour that any point knows only as a whole is one step.
    """
    occupancies = _occupancies(who, selection)
    compare = Compare.NONE if isinstance(selection.period, All) else selection.compare
    return _steps(db, occupancies, _parts(db, who, selection, today), compare, today)


def tallies_told_by(
    db: Session, who: User, selection: Selection, kind: ReadingType, periods: Sequence[Period], today: date
) -> Sequence[Tally]:
    """What another series of the same points tells of some periods."""
    of_kind = replace(selection, points=tuple(point.told_by(kind) for point in selection.points))
    return tallies(db, _occupancies(who, of_kind), periods, today)


def corrected(db: Session, who: User, selection: Selection) -> Sequence[Corrected]:
    """What deliveries corrected of the readings of the selected period, the newest first, and why."""
    period = selection.period
    return corrections.of_days(db, clipped(_occupancies(who, selection), period.first, period.last))


def hard_to_believe(db: Session, who: User, selection: Selection, fresh: Freshness, today: date) -> Sequence[ZeroDays]:
    """The selected points of which the newest days are zero and hard to believe, where the period shows these days."""
    ends = instant_of(selection.period.ends)
    return list(zero_days(db, [one for one in (*fresh.late, *fresh.on_time) if one.until <= ends], who.parties, today))


def by_site(
    db: Session, who: User, metered: Collection[Point], commodity: Commodity | None, today: date
) -> Uses | None:
    """What is used of one commodity at some points (their first where that asked for is not metered), month by month.

    None where no readings of them may be seen.
    """
    open_at = who.reach.sites(Theme.CONSUMPTION)
    seen = [point for point in metered if open_at is None or point.site_id in open_at]
    there = {point.commodity for point in seen}
    chosen = [point for point in seen if point.commodity == _commodity(there, commodity)]
    known = [until for point in chosen if (until := point.known_until(who.parties))]
    if not known:
        return None
    last = day_of(instant_of(max(known) - 1))
    months = of_sites.months_up_to(last)
    return Uses(
        commodity=chosen[0].commodity,
        commodities=tuple(one for one in Commodity if one in there),
        months=months,
        last=last,
        by_site=of_sites.uses(db, chosen, who.parties, months, today),
    )


def comparison(
    db: Session, who: User, selection: Selection, shown: Sequence[PeriodStep], today: date
) -> Comparison | None:
    """What the selected period, of which these are the steps, comes to now and a year before, by the rule of pairs.py.

    Only from the first step to the last that is not a pair by itself the points are looked at one by one. A day is one
    step: a year before, it may have had an hour more or less.
    """
    period = selection.period
    steps = () if isinstance(period, Day) else shown
    in_part = [step.period for step in steps if step.before and step.now.expected and not step.comparable]
    if isinstance(period, Day):
        in_part = [period]
    if not in_part:
        return pairs.whole(steps)
    first, last = in_part[0].first, in_part[-1].last
    aside = pairs.whole(step for step in steps if step.period.last < first or last < step.period.first)
    occupancies = _occupancies(who, selection)
    return pairs.together([aside, days.comparison(db, occupancies, first, last, selection.compare, today)])


def readings(db: Session, who: User, selection: Selection) -> tuple[PointReadings, ...]:
    """The readings of the selected period, point by point, as they were last delivered."""
    occupancies = clipped(_occupancies(who, selection), selection.period.first, selection.period.last)
    known = store.read_all(db, occupancies)
    point_of = {point.id: point for point in selection.points}
    return tuple(
        PointReadings(point_of[point_id], joined(_during(part.intervals, selection.period) for _, part in parts))
        for point_id, parts in groupby(zip(occupancies, known, strict=True), key=lambda pair: pair[0].metering_point_id)
    )


def _by_point(rows: Iterable[Point], who: User, today: date) -> tuple[Point, ...]:
    return tuple(_point(list(of_point), who, today) for _, of_point in groupby(rows, key=lambda point: point.id))


def _point(times: Sequence[Point], who: User, today: date) -> Point:
    """A point as it is held at several times; what its site is called today is for whoever holds it today."""
    point = times[0]
    if len(times) > 1:
        held = dict.fromkeys(held for time in times for held in time.held_days)
        series = dict.fromkeys(one for time in times for one in time.series)
        cut_off = sorted({days for time in times for days in time.cut_off}, key=lambda days: days.start)
        point = replace(point, held_days=tuple(held), series=tuple(series), cut_off=tuple(cut_off))
    point = point.seen_by(who.parties)
    return point if point.is_held_by(who.parties, today) else replace(point, site_name=None)


def _commodity(there: Collection[Commodity], asked_for: Commodity | None) -> Commodity:
    """The one asked for where there is any of it, else the first one that there is."""
    first = next((commodity for commodity in Commodity if commodity in there), Commodity.ELECTRICITY)
    return asked_for if asked_for and asked_for in there else first


def _newest_month(chosen: Sequence[Point], who: User, today: date) -> Month:
    known = [until for point in chosen if (until := point.known_until(who.parties))]
    return Month.of(day_of(instant_of(max(known) - 1)) if known else today)


def _occupancies(who: User, selection: Selection) -> list[PointDays]:
    """The days on which the person's parties hold the selected points, of those that have readings."""
    return held_days(selection.points, who.parties)


def _parts(db: Session, who: User, selection: Selection, today: date) -> Sequence[Period]:
    """The steps of the selected period; of all years those with readings, of an hour the quarters if they are known.

    Of any days those from the first reading to today, since an address may name a century.
    """
    period = selection.period
    if isinstance(period, All):
        known = [until for point in selection.points if (until := point.known_until(who.parties))]
        begins = [occupancy.begins for occupancy in _occupancies(who, selection)]
        return [year for year in period.steps if known and min(begins) < year.ends and year.begins < max(known)]
    if isinstance(period, Span):
        begins = [occupancy.begins for occupancy in _occupancies(who, selection)]
        return [part for part in period.steps if begins and min(begins) < part.ends and part.first <= today]
    if isinstance(period, Hour) and any((of.intervals.length > 1).any() for of in readings(db, who, selection)):
        return [period]
    return period.steps


def _steps(
    db: Session, occupancies: Sequence[PointDays], parts: Sequence[Period], compare: Compare, today: date
) -> tuple[PeriodStep, ...]:
    if not parts:
        return ()
    before = [year_before(part, compare) for part in parts]
    now = tallies(db, occupancies, parts, today)
    then = iter(tallies(db, occupancies, [one for one in before if one], today))
    changing = _changing(occupancies, [*parts, *(one for one in before if one)])
    return tuple(
        PeriodStep(part, tally, earlier, next(then), _are_same(changing, part, earlier))
        if earlier
        else PeriodStep(part, tally)
        for part, tally, earlier in zip(parts, now, before, strict=True)
    )


def _changing(occupancies: Sequence[PointDays], periods: Sequence[Period]) -> Sequence[PointDays]:
    """The occupancies that do not last through all of some periods."""
    begins, ends = min(one.begins for one in periods), max(one.ends for one in periods)
    return [occupancy for occupancy in occupancies if occupancy.begins > begins or occupancy.ends < ends]


def _are_same(occupancies: Sequence[PointDays], period: Period, before: Period) -> bool:
    """Whether the same points are looked at in a period and in that of the year before, for as long."""
    return not occupancies or looked_at(occupancies, period) == looked_at(occupancies, before)


def _during(intervals: Intervals, period: Period) -> Intervals:
    return intervals[slice(*np.searchsorted(intervals.quarter, [period.begins, period.ends]))]
