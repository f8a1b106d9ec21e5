"""Reads the days of metering points, each point by itself, as far as somebody may see them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import numpy as np
from sqlmodel import Session

from portal.consumption import pairs, store
from portal.consumption.blocks import FIGURES, Figures
from portal.consumption.pairs import Comparison, PointsByDay
from portal.consumption.rules import Compare, day_before, due_until
from portal.consumption.store import PointDays
from portal.consumption.tallies import clipped
from portal.kit.clock import DAY, next_month
from portal.kit.intervals import day_starts

Days = tuple[date, date]
"""A first day and a last."""


def by_day(
    db: Session, rows: Mapping[UUID, int], occupancies: Sequence[PointDays], spans: Sequence[Days], today: date
) -> Sequence[PointsByDay]:
    """The days of each span, of the points of `rows`, which tells the row of each; read at once."""
    held = [clipped(occupancies, first, last) for first, last in spans]
    known = list(store.days_by_point(db, [occupancy for of_span in held for occupancy in of_span]))
    return [_by_day(rows, of_span, known, span, today) for span, of_span in zip(spans, held, strict=True)]


def _by_day(
    rows: Mapping[UUID, int],
    held: Sequence[PointDays],
    known: Sequence[tuple[UUID, date, Figures]],
    span: Days,
    today: date,
) -> PointsByDay:
    first, last = span
    edges = day_starts(first, last)
    figures = np.zeros((len(rows), len(edges) - 1, len(FIGURES)), np.int64)
    looked_at, cut_off = np.zeros((2, *figures.shape[:2]), np.bool_)
    since, reach, until = np.zeros((3, len(rows), 1), np.int64)
    for point, month, of_month in known:
        begins, ends = max(first, month), min(last + DAY, next_month(month))
        if begins < ends:
            within = of_month[begins.day - 1 :][: (ends - begins).days]
            figures[rows[point], (begins - first).days : (ends - first).days] = within
    for occupancy in held:
        row = rows[occupancy.metering_point_id]
        on = slice((occupancy.first - first).days, (occupancy.last - first).days + 1)
        looked_at[row, on], cut_off[row, on] = True, occupancy.is_cut_off
        since[row] = occupancy.since_quarter
        reach[row] = max(reach[row, 0], occupancy.ends)
        until[row] = max(until[row, 0], occupancy.due_until(today))
    figures *= looked_at[:, :, None]
    quarters = np.diff(edges.clip(since, np.maximum(since, reach))) * looked_at
    due = np.diff(edges.clip(since, np.maximum(since, until))) * looked_at
    delivered = figures[:, :, 1:4].sum(axis=2)  # measured, estimated or missing
    expected = np.where(edges[1:] <= due_until(today), due, delivered)
    valued = figures[:, :, 1:3].sum(axis=2)
    quarters, expected = np.where(cut_off, valued, quarters), np.where(cut_off, valued, expected)
    return PointsByDay(first, figures, quarters, expected, np.diff(edges))


def comparison(
    db: Session, occupancies: Sequence[PointDays], first: date, last: date, compare: Compare, today: date
) -> Comparison | None:
    """What the days from the first to the last come to, now and a year before; None where nothing can be compared."""
    rows = {point: row for row, point in enumerate({occupancy.metering_point_id: None for occupancy in occupancies})}
    if not rows:
        return None
    return pairs.together(
        one
        for span in _years(max(first, min(occupancy.first for occupancy in occupancies)), min(last, today))
        if (before := _before(*span, compare))
        for now, then in [by_day(db, rows, occupancies, [span, before], today)]
        for one in pairs.compared(now, then, compare)
    )


def _years(first: date, last: date) -> Iterator[Days]:
    """The days in parts of a year at most: memory holds no more, whatever an address names."""
    while first <= last:
        until = min(last, date(first.year, 12, 31))
        yield first, until
        first = until + DAY


def _before(first: date, last: date, compare: Compare) -> Days | None:
    """The first and the last day that stand beside days; None where there are none."""
    begins = day_before(first, compare) or day_before(first + DAY, compare)
    ends = day_before(last, compare) or day_before(last - DAY, compare)
    return (begins, ends) if begins and ends and begins <= ends else None
