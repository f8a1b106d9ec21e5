"""What sites use month by month, and in the newest month beside the same days a year before: for lists of many sites.

Months that a site is held in whole are summed from the totals of months, others and the newest from those of days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from portal.consumption import rules, store
from portal.consumption.blocks import FIGURES
from portal.consumption.periods import Month
from portal.consumption.rules import Comparison, Tally, due
from portal.consumption.selection import Point
from portal.consumption.tallies import Stay, clipped, split
from portal.kit import clock
from portal.kit.clock import DAY, next_month
from portal.kit.energy import Energy
from portal.kit.intervals import day_starts, start_quarter
from portal.sites.models import Commodity

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SiteUse:
    """What the metering points of one site, or of several sites together, came to.

    months: each of the months that are looked at, the newest last
    newest: what is known of the newest month
    compared: its days that are known in full, beside the same days a year before; None where there are none
    """

    months: tuple[Energy, ...]
    newest: Tally
    compared: Comparison | None

    @property
    def is_known(self) -> bool:
        """Whether there is any reading of the newest month."""
        return bool(self.newest.measured or self.newest.estimated)


@dataclass(frozen=True, slots=True)
class Uses:
    """What sites use of one energy.

    energies: everything that is metered there
    months: their first days, from January of the year before the newest month to the newest
    last: the last day of which there are readings
    by_site: the sites that have a metering point of the energy
    """

    energy: Commodity
    energies: tuple[Commodity, ...]
    months: tuple[date, ...]
    last: date
    by_site: Mapping[UUID, SiteUse]


def uses(
    db: Session, points: Sequence[Point], parties: frozenset[UUID], months: Sequence[date], today: date
) -> Mapping[UUID, SiteUse]:
    """What the points come to, site by site, on the days on which the parties hold them; months follow each other."""
    rows = {point.id: row for row, point in enumerate(points)}
    stays = [
        Stay(point.id, first, last, point.first_quarter)
        for point in points
        if point.first_quarter is not None
        for first, last in point.held_by(parties)
    ]
    sums = _months(db, rows, stays, months[:-1])
    now = _days(db, rows, stays, Month.of(months[-1]), today)
    then = _days(db, rows, stays, Month.of(months[-1].replace(year=months[-1].year - 1)), today)
    of_site: defaultdict[UUID, list[SiteUse]] = defaultdict(list)
    for point, earlier, tally, compared in zip(points, sums.tolist(), now.tallies, _compared(now, then), strict=True):
        of_site[point.site_id].append(SiteUse((*map(Energy, earlier), tally.energy), tally, compared))
    return {site_id: together(of_points) for site_id, of_points in of_site.items()}


def together(every: Iterable[SiteUse]) -> SiteUse:
    """Several as one; there is at least one, and all are of the same months."""
    parts = list(every)
    months = zip(*(part.months for part in parts), strict=True)
    compared = [part.compared for part in parts if part.compared]
    return SiteUse(
        months=tuple(Energy(sum(energy.mwh for energy in month)) for month in months),
        newest=rules.total(part.newest for part in parts),
        compared=Comparison(
            Energy(sum(one.now.mwh for one in compared)),
            Energy(sum(one.then.mwh for one in compared)),
            max(one.days for one in compared),
        )
        if compared
        else None,
    )


def months_up_to(newest: date) -> tuple[date, ...]:
    """The months from January of the year before to the newest."""
    return tuple(clock.months(date(newest.year - 1, 1, 1), newest))


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """A month day by day: a row for each point, a column for each day; counts are quarter hours.

    figures: of the days that are looked at, with FIGURES as third dimension
    quarters: that are looked at, from the first reading of the point on
    expected: those whose readings are due, or have come early
    lengths: of each day
    """

    figures: Whole
    quarters: Whole
    expected: Whole
    lengths: Whole

    @property
    def tallies(self) -> Sequence[Tally]:
        """Each point's month."""
        mwh, measured, estimated, _, revised = np.moveaxis(self.figures.sum(axis=1), -1, 0)
        columns = (mwh, self.quarters.sum(axis=1), self.expected.sum(axis=1), measured, estimated, revised)
        return [Tally(*row) for row in np.column_stack(columns).tolist()]

    @property
    def is_full(self) -> NDArray[np.bool_]:
        """Whether every quarter hour of a day is looked at and has a value."""
        valued = self.figures[:, :, 1] + self.figures[:, :, 2]
        return np.asarray((valued == self.lengths) & (self.quarters == self.lengths))


def _months(db: Session, rows: Mapping[UUID, int], stays: Sequence[Stay], months: Sequence[date]) -> Whole:
    """The sum of each point in each month."""
    column = {month: number for number, month in enumerate(months)}
    sums = np.zeros((len(rows), len(months)), np.int64)
    last = next_month(months[-1]) - DAY
    whole, parts = split(clipped(stays, months[0], last), last)
    for point, month, mwh in store.totals_by_point(db, whole):
        sums[rows[point], column[month]] += mwh
    of_point: defaultdict[UUID, list[Stay]] = defaultdict(list)
    for part in parts:
        of_point[part.metering_point_id].append(part)
    for point, month, figures in store.days_by_point(db, [part.days for part in parts]):
        for part in clipped(of_point[point], month, next_month(month) - DAY):
            sums[rows[point], column[month]] += figures[part.first.day - 1 : part.last.day, 0].sum()
    return sums


def _days(db: Session, rows: Mapping[UUID, int], stays: Sequence[Stay], month: Month, today: date) -> _Days:
    """The month day by day."""
    edges = day_starts(month.first, month.last)
    due_until = start_quarter(due(today) + DAY)
    held = clipped(stays, month.first, month.last)
    figures = np.zeros((len(rows), len(edges) - 1, len(FIGURES)), np.int64)
    quarters = np.zeros(figures.shape[:2], np.int64)
    looked_at = np.zeros(figures.shape[:2], np.bool_)
    for point, _, of_month in store.days_by_point(db, [stay.days for stay in held]):
        figures[rows[point]] = of_month
    for stay in held:
        row, of_stay = rows[stay.metering_point_id], slice(stay.first.day - 1, stay.last.day)
        looked_at[row, of_stay] = True
        quarters[row, of_stay] = np.diff(np.maximum(edges, stay.since_quarter))[of_stay]
    figures *= looked_at[:, :, None]
    delivered = figures[:, :, 1:4].sum(axis=2)  # measured, estimated or missing
    expected = np.where(edges[1:] <= due_until, quarters, delivered)
    return _Days(figures, quarters, expected, np.diff(edges))


def _compared(now: _Days, then: _Days) -> Sequence[Comparison | None]:
    """Each point's days that are known in full in both years; 29 February has none beside it."""
    both = min(len(now.lengths), len(then.lengths))
    full = now.is_full[:, :both] & then.is_full[:, :both]
    columns = [(one.figures[:, :both, 0] * full).sum(axis=1) for one in (now, then)]
    rows = np.column_stack([*columns, full.sum(axis=1)]).tolist()
    return [Comparison(Energy(mwh), Energy(before), days) if days else None for mwh, before, days in rows]
