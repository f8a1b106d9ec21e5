"""Sums readings of several points over periods, from the coarsest totals that hold them.

Years and months are summed from the totals of months, days from the totals of days; only hours and quarters unpack
readings. Months of which a point is looked at in part, and those not due yet, are summed by days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from portal.consumption import store
from portal.consumption.blocks import FIGURES, Figures
from portal.consumption.periods import Hour, Month, Period, Quarter, Year
from portal.consumption.rules import Tally, due, due_until, quarters_valued, standings
from portal.consumption.selection import Point
from portal.consumption.store import PointDays
from portal.kit import clock
from portal.kit.clock import DAY, first_of_month, next_month
from portal.kit.intervals import day_starts, start_quarter
from portal.kit.ranges import Range

Whole = NDArray[np.int64]
LookedAt = frozenset[tuple[UUID, int, int]]
"""Points, each with the quarters of a period that are not looked at: from its beginning on, and to its end."""


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Figures of stretches of time that follow each other.

    edges: the quarters with which they begin, then the one after the last
    early: the quarter hours of each that were delivered before they were due
    """

    edges: Whole
    figures: Figures
    early: Whole


def tallies(db: Session, occupancies: Sequence[PointDays], periods: Sequence[Period], today: date) -> list[Tally]:
    """What is known of each period, over all occupancies.

    The periods are hours, or quarters, or anything longer. Readings of whole hours tell nothing of quarters.
    """
    if not periods:
        return []
    first, last = min(period.first for period in periods), max(period.last for period in periods)
    during = clipped(occupancies, first, last)
    awaited = [one for one in during if not one.is_cut_off]
    grid = _grid(db, awaited, periods, first, last, today)
    columns = _columns(grid, awaited, today)
    if cut_off := [one for one in during if one.is_cut_off]:
        columns += _valued(_grid(db, cut_off, periods, first, last, today))
    upto = np.concatenate([np.zeros((1, 6), np.int64), columns.cumsum(axis=0)])
    begins = np.searchsorted(grid.edges, [period.begins for period in periods])
    ends = np.searchsorted(grid.edges, [period.ends for period in periods])
    return [Tally(*columns) for columns in (upto[ends] - upto[begins]).tolist()]


def held_days(points: Iterable[Point], parties: frozenset[UUID]) -> list[PointDays]:
    """The days on which parties hold points, of those that have readings; when one is cut off, and when not, apart."""
    return [
        PointDays(
            point.id,
            part.start,
            part.last or last,
            told.first_quarter,
            told.reading_type,
            point.monthly_until,
            any(part.start in days for days in point.cut_off),
        )
        for point in points
        if (told := point.told)
        for first, last in point.held_by(parties)
        for part in Range.of_days(first, last).cut(point.cut_off)
    ]


def clipped(occupancies: Iterable[PointDays], first: date, last: date) -> list[PointDays]:
    """The parts of occupancies that lie between two days, both included."""
    parts = (occupancy.between(first, last) for occupancy in occupancies)
    return [part for part in parts if part.first <= part.last]


def looked_at(occupancies: Iterable[PointDays], period: Period) -> LookedAt:
    """Which points are looked at in a period; what of it is not, in quarters from its beginning and to its end."""
    return frozenset(
        (occupancy.metering_point_id, max(0, occupancy.begins - period.begins), max(0, period.ends - occupancy.ends))
        for occupancy in occupancies
        if occupancy.begins < period.ends and period.begins < occupancy.ends
    )


def _grid(
    db: Session, during: Sequence[PointDays], periods: Sequence[Period], first: date, last: date, today: date
) -> _Grid:
    """The figures of days of points, in the coarsest stretches of which the periods are made."""
    if isinstance(periods[0], Hour | Quarter):
        return _by_quarter(db, during, first, last, today, longest=periods[0].ends - periods[0].begins)
    if all(isinstance(period, Year | Month) for period in periods):
        return _by_month(db, during, first, last, today)
    return _by_day(db, during, first, last, today)


def _valued(grid: _Grid) -> Whole:
    """The same of points that are cut off: nothing is expected of them but what has a value."""
    milliwatt_hours, measured, estimated, _, revised = grid.figures.T
    valued = measured + estimated
    return np.column_stack([milliwatt_hours, valued, valued, measured, estimated, revised])


def _columns(grid: _Grid, during: Sequence[PointDays], today: date) -> Whole:
    """The fields of a Tally for each stretch."""
    milliwatt_hours, measured, estimated, _, revised = grid.figures.T
    quarters = _quarters(grid.edges, [(one.begins, one.ends) for one in during])
    expected = _quarters(grid.edges, [(one.begins, one.due_until(today)) for one in during]) + grid.early
    return np.column_stack([milliwatt_hours, quarters, expected, measured, estimated, revised])


def _quarters(edges: Whole, parts: Sequence[tuple[int, int]]) -> Whole:
    """How many quarters of each stretch lie within parts of time, each from a quarter to another; summed."""
    begins, ends = np.array(parts, np.int64).reshape(-1, 2).T
    within = np.clip(edges, begins[:, None], np.maximum(begins, ends)[:, None])
    return np.asarray(np.diff(within, axis=1).sum(axis=0))


def _by_month(db: Session, during: Sequence[PointDays], first: date, last: date, today: date) -> _Grid:
    months = list(clock.months(first, last))
    edges = np.array([*map(start_quarter, months), start_quarter(next_month(months[-1]))])
    whole, parts = split(during, due(today))
    grid = _by_day(db, parts, first, last, today)
    figures, early = np.zeros((len(months), len(FIGURES)), np.int64), np.zeros(len(months), np.int64)
    of_day = np.searchsorted(edges, grid.edges[:-1], side="right") - 1
    np.add.at(figures, of_day, grid.figures)
    np.add.at(early, of_day, grid.early)
    for month, of_month in store.read_months(db, whole):
        figures[months.index(month)] += of_month.ravel()
    return _Grid(edges, figures, early)


def split(during: Sequence[PointDays], until: date) -> tuple[list[PointDays], list[PointDays]]:
    """The months that lie wholly within occupancies and before a day, and what is left of the occupancies."""
    whole, parts = [], []
    for occupancy in during:
        begins = occupancy.first if occupancy.first.day == 1 else next_month(occupancy.first)
        ends = first_of_month(min(occupancy.last, until) + DAY)
        if begins < ends:
            whole.append(occupancy.between(begins, ends - DAY))
            parts += [*clipped([occupancy], occupancy.first, begins - DAY), *clipped([occupancy], ends, occupancy.last)]
        else:
            parts.append(occupancy)
    return whole, parts


def _by_day(db: Session, during: Sequence[PointDays], first: date, last: date, today: date) -> _Grid:
    edges = day_starts(first, last)
    figures = store.read_days(db, during, first, last)
    return _Grid(edges, figures, _early(edges, figures, today))


def _by_quarter(
    db: Session, during: Sequence[PointDays], first: date, last: date, today: date, *, longest: int
) -> _Grid:
    edges = np.arange(start_quarter(first), start_quarter(last + DAY) + 1)
    figures = np.zeros((len(edges) - 1, len(FIGURES)), np.int64)
    for days, known in zip(during, store.read_all(db, during), strict=True):
        told = known[known.intervals.length <= longest]
        states = standings(told)
        weight = 1 if days.reading_type.adds_up else quarters_valued(states)  # as the sums of days are kept
        each = np.vstack([told.intervals.milliwatt_hours * weight, states]).T
        figures[told.intervals.quarter - edges[0]] += each
    return _Grid(edges, figures, _early(edges, figures, today))


def _early(edges: Whole, figures: Figures, today: date) -> Whole:
    delivered = figures[:, 1:4].sum(axis=1)  # measured, estimated or missing
    return np.where(edges[:-1] < due_until(today), 0, delivered)
