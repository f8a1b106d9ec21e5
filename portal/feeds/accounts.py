"""What an import says of readings: how many, from when to when, what they come to, and what is odd about them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from portal.consumption.formats.datahub_file import Portion
from portal.consumption.recording import Recorded
from portal.feeds.report import grouped
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, instant_of, joined
from portal.sites.kinds import ReadingType

TOLD_ONE_BY_ONE: Final = 20  # series of a file; of more only the sum is told
SeriesOfPoint = tuple[str, ReadingType]
"""The GSRN of a metering point and a reading type."""


class Account:
    """What is said of a file's readings, portion by portion: a sentence for each series, or for each unit of many."""

    def __init__(self, names: Sequence[SeriesOfPoint], first_lines: NDArray[Any]) -> None:
        """Take the series of a file, and the line in which it comes to each."""
        self._names, self._first_lines = names, first_lines
        self._one_by_one = len(names) <= TOLD_ONE_BY_ONE
        self._sums: dict[int | str, _Sum] = {}  # by the number of the series, or by unit
        self._points: defaultdict[str, set[str]] = defaultdict(set)

    def hear(self, portion: Portion, recorded: Sequence[Recorded]) -> None:
        """Add what was taken in of some series."""
        together: defaultdict[int | str, list[tuple[Intervals, Recorded]]] = defaultdict(list)
        for (number, intervals), one in zip(portion.series, recorded, strict=True):
            gsrn, kind = self._names[number]
            together[number if self._one_by_one else kind.unit].append((intervals, one))
            self._points[kind.unit].add(gsrn)
        for what, every in together.items():
            total = _Sum.of([intervals for intervals, _ in every], sum((one for _, one in every), Recorded()))
            self._sums[what] = self._sums[what] + total if what in self._sums else total

    @property
    def sentences(self) -> Iterator[str]:
        """What is to be said by now."""
        if self._one_by_one:
            for number in sorted((what for what in self._sums if isinstance(what, int)), key=self._first_line):
                gsrn, kind = self._names[number]
                of_kind = "" if kind is ReadingType.METERED else f", reading type {kind}"
                yield f"metering point {gsrn}: {self._sums[number].said(kind.unit)}{of_kind}"
            return
        for unit in sorted(self._points, key=lambda unit: unit != "kWh"):
            yield f"{grouped(len(self._points[unit]))} metering points: {self._sums[unit].said(unit)}"

    def _first_line(self, number: int) -> int:
        return int(self._first_lines[number])


@dataclass(frozen=True, slots=True)
class _Sum:
    """Some readings: how many, from when to when, what they come to, and what is odd about them."""

    quarters: int
    hours: int
    first: int
    last: int
    millionths: int
    missing_quarters: int
    missing_hours: int
    first_missing: int | None
    revised: int
    contradicting: int

    @classmethod
    def of(cls, every: Sequence[Intervals], recorded: Recorded) -> "_Sum":
        """Of readings, one at least."""
        readings = joined(every)
        missing = readings[readings.quality == Quality.MISSING]
        return cls(
            *_counts(readings),
            int(readings.quarter.min()),
            int(readings.quarter.max()),
            int(readings.milliwatt_hours.sum()),
            *_counts(missing),
            int(missing.quarter.min()) if len(missing) else None,
            recorded.revised,
            recorded.contradicting,
        )

    def __add__(self, more: "_Sum") -> "_Sum":
        return _Sum(
            self.quarters + more.quarters,
            self.hours + more.hours,
            min(self.first, more.first),
            max(self.last, more.last),
            self.millionths + more.millionths,
            self.missing_quarters + more.missing_quarters,
            self.missing_hours + more.missing_hours,
            min((one for one in (self.first_missing, more.first_missing) if one is not None), default=None),
            self.revised + more.revised,
            self.contradicting + more.contradicting,
        )

    def said(self, unit: str) -> str:
        """`26 204 quarters, 2024-12-31T22:00Z to 2025-09-30T20:45Z, 9 057.93 kWh`, and what is odd about them.

        The two instants are those at which the first and the last interval begin.
        """
        parts = [
            _counted(self.quarters, self.hours),
            f"{_instant(self.first)} to {_instant(self.last)}",
            *([] if unit == "°C" else [f"{_in_full(self.millionths)} {unit}"]),
        ]
        if self.first_missing is not None:
            missing = _counted(self.missing_quarters, self.missing_hours)
            parts.append(f"{missing} missing, first {_instant(self.first_missing)}")
        if self.revised:
            parts.append(f"{grouped(self.revised)} revised")
        if self.contradicting:
            hours = _counted(0, self.contradicting)
            parts.append(f"{hours} unlike the quarters that are known, which stay: send quarters to correct them")
        return ", ".join(parts)


def _counts(readings: Intervals) -> tuple[int, int]:
    """How many quarters, and how many hours."""
    hours = int((readings.length == QUARTERS_AN_HOUR).sum())
    return len(readings) - hours, hours


def _counted(quarters: int, hours: int) -> str:
    counts = (quarters, "quarter"), (hours, "hour")
    return " and ".join(f"{grouped(count)} {unit}{'s' * (count != 1)}" for count, unit in counts if count)


def _instant(quarter: int) -> str:
    return f"{instant_of(quarter):%Y-%m-%dT%H:%MZ}"


def _in_full(millionths: int) -> str:
    """A quantity exactly, with two decimals at least: `9 057.93`."""
    whole, decimals = divmod(abs(millionths), MILLIWATT_HOURS_PER_KWH)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{grouped(whole)}.{f'{decimals:06}'.rstrip('0'):0<2}"
