"""Zeros that are hard to believe: a meter that shows nothing for days though it always did before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np
from sqlmodel import Session

from portal.consumption.days import Days, by_day
from portal.consumption.freshness import Awaited
from portal.consumption.rules import Compare, day_before
from portal.consumption.selection import Point
from portal.consumption.tallies import held_days
from portal.kit.clock import DAY, day_of
from portal.kit.energy import Energy
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType

LEAST_DAYS: Final = 3
MOST_DAYS: Final = 42  # what has been so for longer is known by now
DAYS_BEFORE: Final = 28
LEAST_KNOWN: Final = 21  # of them
NEARLY_ALWAYS: Final = 0.9
WINTER: Final = frozenset({11, 12, 1, 2, 3})

KnownDays = Mapping[date, int]
"""The milliwatt-hours of those days of a metering point that are known in full."""


@dataclass(frozen=True, slots=True)
class ZeroDays:
    """The newest days of a metering point, on which its meter showed nothing.

    usual: what a day came to in the four weeks before
    """

    point: Point
    first: date
    last: date
    usual: Energy


def unbelievable(point: Point, last: date, known: KnownDays) -> ZeroDays | None:
    """The days up to the last known one that are zero and hard to believe; None where they are not.

    They are three at least, and nearly every day of the four weeks before had some. They are to be believed where one
    of the same dates a year before had none either; where those are not known, what follows the seasons may have come
    to the end of one. A roof gives none under snow.
    """
    zeros = 0
    while known.get(last - zeros * DAY) == 0:
        zeros += 1
    if not LEAST_DAYS <= zeros <= MOST_DAYS or (point.commodity is Commodity.PRODUCTION and last.month in WINTER):
        return None
    days = [last - number * DAY for number in range(zeros + DAYS_BEFORE)]
    before = [known[day] for day in days[zeros:] if day in known]
    likes = [day_before(day, Compare.DATE) for day in days[:zeros]]
    then = [known[like] for like in likes if like and like in known]
    if len(before) < LEAST_KNOWN or sum(energy > 0 for energy in before) < NEARLY_ALWAYS * len(before):
        return None
    if not all(energy > 0 for energy in then) or (point.commodity.trade.by_season and len(then) < zeros):
        return None
    return ZeroDays(point, days[zeros - 1], last, Energy(sum(before) // len(before)))


def zero_days(db: Session, awaited: Sequence[Awaited], parties: frozenset[UUID], today: date) -> Iterator[ZeroDays]:
    """What is hard to believe of the newest days of metering points.

    The newest days of all are read first, more days only of the few that had none. Only what is metered is asked for:
    what is netted may well come to nothing.
    """
    ends = {
        one.point: day_of(one.until) - DAY
        for one in awaited
        if one.has_sent and one.point.reading_type is ReadingType.METERED
    }
    if not ends:
        return
    known = _known(db, list(ends), parties, [(min(ends.values()) - LEAST_DAYS * DAY, max(ends.values()))], today)
    zero = {point: last for point, last in ends.items() if _is_zero(known[point.id], last)}
    if not zero:
        return
    first, last = min(zero.values()) - (MOST_DAYS + DAYS_BEFORE) * DAY, max(zero.values())
    known = _known(db, list(zero), parties, [(first, last), (first - 366 * DAY, last - 365 * DAY)], today)
    yield from filter(None, (unbelievable(point, last, known[point.id]) for point, last in zero.items()))


def _is_zero(known: KnownDays, last: date) -> bool:
    return all(known.get(last - number * DAY) == 0 for number in range(LEAST_DAYS))


def _known(
    db: Session, points: Sequence[Point], parties: frozenset[UUID], spans: Sequence[Days], today: date
) -> Mapping[UUID, KnownDays]:
    rows = {point.id: row for row, point in enumerate(points)}
    held = [one for one in held_days(points, parties) if not one.is_cut_off]
    known: dict[UUID, dict[date, int]] = {point: {} for point in rows}
    for span in by_day(db, rows, held, spans, today):
        days, energies = span.days, span.figures[:, :, 0].tolist()
        for point, row in rows.items():
            known[point] |= {days[at]: energies[row][at] for at in np.flatnonzero(span.is_full[row]).tolist()}
    return known
