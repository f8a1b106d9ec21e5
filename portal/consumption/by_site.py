"""What sites use month by month, and in the newest month beside the same days a year before: for lists of many sites.

Months that a site is held in whole are summed from the totals of months, others and the newest from those of days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from sqlmodel import Session

from portal.consumption import pairs, rules, store
from portal.consumption.days import by_day
from portal.consumption.pairs import Comparison, Whole
from portal.consumption.rules import Compare, Tally
from portal.consumption.selection import Point
from portal.consumption.store import PointDays
from portal.consumption.tallies import clipped, held_days, split
from portal.kit import clock
from portal.kit.clock import DAY, next_month
from portal.kit.energy import Energy
from portal.sites.commodities import Commodity


@dataclass(frozen=True, slots=True)
class SiteUse:
    """What the metering points of one site, or of several sites together, came to.

    milliwatt_hours: of each of the months that are looked at, the newest last
    newest: what is known of the newest month
    compared: of its days, by the rule of pairs.py
    """

    milliwatt_hours: tuple[int, ...]
    newest: Tally
    compared: Comparison | None

    @property
    def months(self) -> tuple[Energy, ...]:
        """What the months came to."""
        return tuple(map(Energy, self.milliwatt_hours))

    @property
    def is_known(self) -> bool:
        """Whether there is any reading of the newest month."""
        return bool(self.newest.measured or self.newest.estimated)


@dataclass(frozen=True, slots=True)
class Uses:
    """What sites use of one commodity.

    commodities: everything that is metered there
    months: their first days, from January of the year before the newest month to the newest
    last: the last day of which there are readings
    by_site: the sites that have a metering point of it
    """

    commodity: Commodity
    commodities: tuple[Commodity, ...]
    months: tuple[date, ...]
    last: date
    by_site: Mapping[UUID, SiteUse]


def uses(
    db: Session, points: Sequence[Point], parties: frozenset[UUID], months: Sequence[date], today: date
) -> Mapping[UUID, SiteUse]:
    """What the points come to, site by site, on the days on which the parties hold them; months follow each other."""
    rows = {point.id: row for row, point in enumerate(points)}
    held = held_days(points, parties)
    sums = _months(db, rows, held, months[:-1])
    newest = months[-1], months[-1].replace(year=months[-1].year - 1)
    now, then = by_day(db, rows, held, [(month, next_month(month) - DAY) for month in newest], today)
    compared = pairs.compared(now, then, Compare.DATE)
    of_site: defaultdict[UUID, list[SiteUse]] = defaultdict(list)
    for point, earlier, tally, pair in zip(points, sums.tolist(), now.tallies, compared, strict=True):
        of_site[point.site_id].append(SiteUse((*earlier, tally.milliwatt_hours), tally, pair))
    return {site_id: together(of_points) for site_id, of_points in of_site.items()}


def together(every: Iterable[SiteUse]) -> SiteUse:
    """Several as one; there is at least one, and all are of the same months."""
    parts = list(every)
    if len(parts) == 1:
        return parts[0]
    return SiteUse(
        milliwatt_hours=tuple(map(sum, zip(*(part.milliwatt_hours for part in parts), strict=True))),
        newest=rules.total(part.newest for part in parts),
        compared=pairs.together(part.compared for part in parts),
    )


def months_up_to(newest: date) -> tuple[date, ...]:
    """The months from January of the year before to the newest."""
    return tuple(clock.months(date(newest.year - 1, 1, 1), newest))


def _months(db: Session, rows: Mapping[UUID, int], held: Sequence[PointDays], months: Sequence[date]) -> Whole:
    """The sum of each point in each month."""
    column = {month: number for number, month in enumerate(months)}
    sums = np.zeros((len(rows), len(months)), np.int64)
    last = next_month(months[-1]) - DAY
    whole, parts = split(clipped(held, months[0], last), last)
    for point, totals in store.totals_by_point(db, whole):
        of_months = [column[month] for month, _ in totals]
        sums[rows[point], of_months] += [milliwatt_hours for _, milliwatt_hours in totals]
    of_point: defaultdict[UUID, list[PointDays]] = defaultdict(list)
    for part in parts:
        of_point[part.metering_point_id].append(part)
    for point, month, figures in store.days_by_point(db, parts):
        for part in clipped(of_point[point], month, next_month(month) - DAY):
            sums[rows[point], column[month]] += figures[part.first.day - 1 : part.last.day, 0].sum()
    return sums
