"""The one rule by which energy is compared with the year before: a metering point's day, known in full in both.

A total of other days or other points than its year before has no change that anybody could compute from the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from portal.consumption.rules import Compare, PeriodStep, Tally, day_before
from portal.kit.clock import DAY
from portal.kit.energy import Energy

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A sum and that of the year before, of the same points on the same days.

    dates: the days of now on which anything is compared
    """

    now: Energy
    then: Energy
    dates: frozenset[date]

    @property
    def days(self) -> int:
        """How many days are compared."""
        return len(self.dates)

    @property
    def change(self) -> Decimal | None:
        """How much more it is, as a share of then: 0.12, or -0.12 for less; None when then was nothing."""
        return (
            Decimal(self.now.milliwatt_hours - self.then.milliwatt_hours) / abs(self.then.milliwatt_hours)
            if self.then
            else None
        )


@dataclass(frozen=True, slots=True, eq=False)
class PointsByDay:
    """Days that follow each other: a row for each point, a column for each day; counts are quarter hours.

    first: the first day
    figures: of the days that are looked at, with FIGURES as third dimension
    quarters: that are looked at, from the first reading of the point on
    expected: those whose readings are due, or have come early
    lengths: of each day
    """

    first: date
    figures: Whole
    quarters: Whole
    expected: Whole
    lengths: Whole

    @property
    def tallies(self) -> Sequence[Tally]:
        """Each point's days together."""
        milliwatt_hours, measured, estimated, _, revised = np.moveaxis(self.figures.sum(axis=1), -1, 0)
        columns = (milliwatt_hours, self.quarters.sum(axis=1), self.expected.sum(axis=1), measured, estimated, revised)
        return [Tally(*row) for row in np.column_stack(columns).tolist()]

    @property
    def days(self) -> Sequence[date]:
        """The day of each column."""
        return [self.first + number * DAY for number in range(len(self.lengths))]

    @property
    def is_full(self) -> NDArray[np.bool_]:
        """Whether every quarter hour of a day is looked at and has a value."""
        valued = self.figures[:, :, 1] + self.figures[:, :, 2]
        return np.asarray((valued == self.lengths) & (self.quarters == self.lengths))


def compared(now: PointsByDay, then: PointsByDay, compare: Compare) -> Sequence[Comparison | None]:
    """Each point's days that both years know in full; None where there are none. Both have the same points.

    A day without its like a year before is left out: 29 February, where dates are compared.
    """
    likes = [(day, like) for day in now.days if (like := day_before(day, compare)) is not None]
    pairs = [(day, like) for day, like in likes if 0 <= (like - then.first).days < len(then.lengths)]
    at_now = [(day - now.first).days for day, _ in pairs]
    at_then = [(like - then.first).days for _, like in pairs]
    full = now.is_full[:, at_now] & then.is_full[:, at_then]
    sums = [(of.figures[:, at, 0] * full).sum(axis=1).tolist() for of, at in ((now, at_now), (then, at_then))]
    dates = [frozenset(pairs[at][0] for at in np.flatnonzero(of_point).tolist()) for of_point in full]
    return [
        Comparison(Energy(milliwatt_hours), Energy(before), days) if days else None
        for milliwatt_hours, before, days in zip(*sums, dates, strict=True)
    ]


def whole(steps: Iterable[PeriodStep]) -> Comparison | None:
    """Steps that may be compared in full, as one pair: each day of each of their points is known in both years."""
    pairs = [step for step in steps if step.then is not None and step.comparable]
    if not pairs:
        return None
    return Comparison(
        Energy(sum(step.now.milliwatt_hours for step in pairs)),
        Energy(sum(step.then.milliwatt_hours for step in pairs if step.then)),
        frozenset(step.period.first + number * DAY for step in pairs for number in range(step.period.number_of_days)),
    )


def together(every: Iterable[Comparison | None]) -> Comparison | None:
    """Several as one; None where nothing is compared."""
    parts = [one for one in every if one]
    if not parts:
        return None
    return Comparison(
        Energy(sum(one.now.milliwatt_hours for one in parts)),
        Energy(sum(one.then.milliwatt_hours for one in parts)),
        frozenset[date]().union(*(one.dates for one in parts)),
    )
