"""What becomes of the readings that are known when others arrive for the same time.

For the same interval a newer value takes the place of an older one; that is a revision, and it stays marked. A reading
that is marked missing says only that somebody does not know: it never takes the place of a value.

The same hour may be told as a whole and by its quarters, and is never counted twice. Four quarters that are all known
say more than the hour, the hour says more than an incomplete set of quarters, and whatever says less changes nothing.
So a file that comes again changes nothing, and one that knows less takes nothing away.

What an hour was before a delivery changed it is kept; `before` gives it back. What only follows the readings that are
known changes none of them: of it only the time of its arrival is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.kit.intervals import NOTHING, QUARTERS_AN_HOUR, Intervals, Quality, joined

ABSENT = 255  # in the place of a quality: nothing was ever delivered
UNCHANGED = 254  # the same among what was before: it is still so
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Readings as they were last delivered. `revised` (bool) marks those whose value was another one before."""

    intervals: Intervals
    revised: Flags

    def __getitem__(self, which: slice | Flags | NDArray[np.intp]) -> "Known":
        return Known(self.intervals[which], self.revised[which])


UNKNOWN = Known(NOTHING, np.empty(0, np.bool_))


def as_new(intervals: Intervals) -> Known:
    """Readings that nothing was known of before."""
    return Known(intervals, np.zeros(len(intervals), np.bool_))


def in_a_row(parts: Iterable[Known]) -> Known:
    """Readings of one metering point one after the other."""
    every = [UNKNOWN, *parts]
    return Known(joined(part.intervals for part in every), np.concatenate([part.revised for part in every]))


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """What is known now, and how many of the arriving intervals changed it; a revision is accepted too.

    contradicting: hours that came as a whole and differ from the sum of their quarters, which are known and stay
    former: what the hours were that were changed, ABSENT where nothing was known; without those that only follow
    """

    known: Known
    accepted: int
    revised: int
    contradicting: int
    former: Known


@dataclass(frozen=True, slots=True, eq=False)
class _Hours:
    """Readings in rows of an hour, with four columns for its quarters; ABSENT where nothing was told.

    `whole` has one column: which hours were told as one reading, which stands in their first column.
    """

    whole: Flags
    milliwatt_hours: NDArray[np.int64]
    quality: NDArray[np.uint8]
    revised: Flags

    @property
    def told(self) -> Flags:
        told: Flags = self.quality != ABSENT
        return told

    @property
    def valued(self) -> Flags:
        valued: Flags = self.told & (self.quality != Quality.MISSING)
        return valued


def merged(old: Known, new: Intervals) -> Merged:
    """Readings that were known together with those that arrive."""
    if not len(old.intervals):
        return Merged(as_new(new), len(new), 0, 0, UNKNOWN)
    if new.quarter[0] // QUARTERS_AN_HOUR > old.intervals.quarter[-1] // QUARTERS_AN_HOUR:  # it only follows
        return Merged(in_a_row([old, as_new(new)]), len(new), 0, 0, UNKNOWN)
    if _tells_again(old.intervals, new):
        return Merged(old, 0, 0, 0, UNKNOWN)
    begins, ends = _bounds(old.intervals, new)
    was, came = _by_hour(old, begins, ends), _by_hour(as_new(new), begins, ends)
    otherwise = _any(was.told) & _any(came.told) & (was.whole != came.whole)  # as a whole, or by quarters
    replaced = otherwise & (_weight(came) > _weight(was))
    updated = came.told & ~otherwise & _updates(was, came)
    corrected = updated & was.valued & (
        was.milliwatt_hours != came.milliwatt_hours
    ) | came.told & replaced & _has_another_sum(was, came)
    stands = otherwise & ~replaced & came.whole & came.valued[:, :1]
    taken = updated | came.told & replaced
    now = _Hours(
        whole=np.where(replaced | ~_any(was.told), came.whole, was.whole),
        milliwatt_hours=np.where(taken, came.milliwatt_hours, was.milliwatt_hours),
        quality=np.where(taken | replaced, came.quality, was.quality),
        revised=np.where(replaced, _any(was.revised), was.revised) | corrected,
    )
    changed = _any(taken | replaced)
    changed[int(old.intervals.quarter[-1]) // QUARTERS_AN_HOUR + 1 - begins :] = False  # what only follows
    return Merged(
        _in_line(now, begins),
        accepted=int(np.count_nonzero(taken)),
        revised=int(np.count_nonzero(corrected)),
        contradicting=int(np.count_nonzero(stands & _has_another_sum(came, was))),
        former=_in_line(was, begins, changed),
    )


def _tells_again(old: Intervals, new: Intervals) -> bool:
    """Whether all of it stands there already, reading by reading."""
    begins = int(old.quarter.searchsorted(new.quarter[0]))
    same = old[begins : begins + len(new)]
    return len(same) == len(new) and all(
        np.array_equal(getattr(same, name), getattr(new, name)) for name in Intervals.__slots__
    )


def before(known: Known, former: Known) -> Known:
    """What was known before some hours were changed, from what they were then."""
    hours = np.unique(former.intervals.quarter // QUARTERS_AN_HOUR)
    kept = known[~np.isin(known.intervals.quarter // QUARTERS_AN_HOUR, hours)]
    together = in_a_row([kept, former[former.intervals.quality != ABSENT]])
    return together[np.argsort(together.intervals.quarter, kind="stable")]


def _updates(was: _Hours, came: _Hours) -> Flags:
    """Where a reading of the same interval differs, and does not only say that its value is missing."""
    differs = (was.milliwatt_hours != came.milliwatt_hours) | (was.quality != came.quality)
    updates: Flags = differs & (came.valued | ~was.valued)
    return updates


def _weight(hours: _Hours) -> NDArray[np.int64]:
    """How much is known of each hour: 0 nothing, 1 some quarters, 2 all as one, 3 all quarters."""
    quarters = np.count_nonzero(hours.valued, axis=1, keepdims=True)
    weight: NDArray[np.int64] = np.where(hours.whole, 2 * quarters, np.array([0, 1, 1, 1, 3])[quarters])
    return weight


def _has_another_sum(hours: _Hours, quarters: _Hours) -> Flags:
    """Which hours are known as a whole, with another value than their quarters have together."""
    together = quarters.milliwatt_hours.sum(1, keepdims=True)
    differs: Flags = hours.whole & hours.valued[:, :1] & (hours.milliwatt_hours[:, :1] != together)
    return differs


def _any(flags: Flags) -> Flags:
    """Which hours have the flag on any of their quarters."""
    return np.asarray(flags.any(1, keepdims=True))


def _bounds(old: Intervals, new: Intervals) -> tuple[int, int]:
    """The first hour of both and the one after the last, counted from 1970."""
    begins = min(int(old.quarter[0]), int(new.quarter[0])) // QUARTERS_AN_HOUR
    return begins, max(int(old.quarter[-1]), int(new.quarter[-1])) // QUARTERS_AN_HOUR + 1


def _by_hour(known: Known, begins: int, ends: int) -> _Hours:
    readings, size = known.intervals, (ends - begins) * QUARTERS_AN_HOUR
    place = readings.quarter - begins * QUARTERS_AN_HOUR
    length, milliwatt_hours = np.zeros(size, np.int64), np.zeros(size, np.int64)
    quality, revised = np.full(size, ABSENT, np.uint8), np.zeros(size, np.bool_)
    length[place], milliwatt_hours[place] = readings.length, readings.milliwatt_hours
    quality[place], revised[place] = readings.quality, known.revised
    shape = (-1, QUARTERS_AN_HOUR)
    whole = length.reshape(shape)[:, :1] == QUARTERS_AN_HOUR
    return _Hours(whole, milliwatt_hours.reshape(shape), quality.reshape(shape), revised.reshape(shape))


def _in_line(hours: _Hours, begins: int, absent_in: Flags | None = None) -> Known:
    """The readings of hours; of some hours (a column of flags) alone where these are given, the absent ones too."""
    if absent_in is None:
        told = np.flatnonzero(hours.told)
    else:
        told = np.flatnonzero(absent_in & (hours.told | ~(hours.whole & _any(hours.told))))
    length = np.where(hours.whole[told // QUARTERS_AN_HOUR, 0], QUARTERS_AN_HOUR, 1)
    readings = Intervals(
        begins * QUARTERS_AN_HOUR + told, length, hours.milliwatt_hours.ravel()[told], hours.quality.ravel()[told]
    )
    return Known(readings, hours.revised.ravel()[told])
