"""The series of a selection beside each other: metered and netted energy, reactive energy, volume, temperatures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from portal.auth.people import User
from portal.consumption import queries
from portal.consumption.periods import Period
from portal.consumption.rules import PeriodStep, Tally, total
from portal.consumption.selection import Selection
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.labels import Label
from portal.sites.kinds import ReadingType
from portal.sites.labels import READING_TYPES


@dataclass(frozen=True, slots=True)
class SeriesBeside:
    """One series of the points that are looked at, over the same steps.

    is_shown: whether the chart is of it, at every point that tells it
    is_partly_shown: whether it is at some of them; at the others it is of their first one
    is_billed: whether a contract is billed by it
    each: step by step
    """

    reading_type: ReadingType
    is_shown: bool
    is_partly_shown: bool
    is_billed: bool
    each: Mapping[Period, Tally]

    @property
    def label(self) -> Label:
        """What it is called."""
        return READING_TYPES[self.reading_type]

    @property
    def unit(self) -> str:
        """Its unit."""
        return self.reading_type.unit

    @property
    def whole(self) -> Decimal | None:
        """What all steps come to, in its unit; of temperatures the mean. None where nothing is known."""
        return self._value(total(self.each.values()))

    def value(self, period: Period) -> Decimal | None:
        """The same of one step."""
        return self._value(self.each[period])

    def _value(self, tally: Tally) -> Decimal | None:
        known = tally.measured + tally.estimated
        if not known:
            return None
        quantity = Decimal(tally.milliwatt_hours) / MILLIWATT_HOURS_PER_KWH
        return quantity if self.reading_type.adds_up else quantity / known


def beside(
    db: Session,
    who: User,
    selection: Selection,
    steps: Sequence[PeriodStep],
    billed: Collection[ReadingType],
    today: date,
) -> Sequence[SeriesBeside]:
    """Every series of the points that are looked at, over the steps of the chart; none where there is but one."""
    kinds = selection.reading_types
    if len(kinds) < 2:
        return ()
    shown = {kind: [one.reading_type is kind for one in selection.points if one.told_by(kind).told] for kind in kinds}
    periods = [step.period for step in steps]
    return [
        SeriesBeside(
            kind,
            is_shown=all(shown[kind]),
            is_partly_shown=any(shown[kind]) and not all(shown[kind]),
            is_billed=kind in billed,
            each=dict(zip(periods, queries.tallies_told_by(db, who, selection, kind, periods, today), strict=True)),
        )
        for kind in kinds
    ]
