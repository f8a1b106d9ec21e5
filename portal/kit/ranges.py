"""Days from one to another: which are shared, which are missing between, and where something changes.

A range is half-open: it holds its first day and not its `end`, so that ranges that follow each other share an edge and
no day. Feeds, tables and pages name the last day; `of_days` and `last` go between the two.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Generic, TypeVar

from portal.kit.clock import DAY

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Range:
    """Days from `start` until before `end`; None: without an end. It holds one day at least.

    Raises ValueError for an end that is not later than the start.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("a range ends after it starts")

    @staticmethod
    def of_days(first: date, last: date | None) -> "Range":
        """From the first day to the last, both included; None while it lasts.

        Raises ValueError for a last day before the first.
        """
        return _of_days(first, last)

    @property
    def last(self) -> date | None:
        """The last day; None without an end."""
        return None if self.end is None else self.end - DAY

    @property
    def said(self) -> str:
        """The days in words, for operators."""
        if self.last is None:
            return f"from {self.start} on"
        return f"on {self.start}" if self.last == self.start else f"from {self.start} to {self.last}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def __and__(self, other: "Range") -> "Range | None":
        """The days that both hold; None where they share none."""
        start, end = max(self.start, other.start), _earlier(self.end, other.end)
        if start is self.start and end is self.end:
            return self
        return Range(start, end) if end is None or start < end else None

    def cut(self, others: Iterable["Range"]) -> Iterator["Range"]:
        """The parts of this range in which no other begins or ends, in time order; together they are all of it."""
        edges = {edge for one in others for edge in (one.start, one.end) if edge and edge != self.start}
        bounds = [self.start, *sorted(edge for edge in edges if edge in self), self.end]
        return (Range(start, end) for start, end in pairwise(bounds) if start)

    def outlasts(self, other: "Range") -> bool:
        """Whether it still holds when the other has ended."""
        return other.end is not None and (self.end is None or other.end < self.end)


@dataclass(frozen=True, slots=True)
class Overlap(Generic[T]):
    """Two things that hold on the same days; `one` begins no later than `other`."""

    one: T
    other: T
    shared: Range


def overlaps(dated: Iterable[tuple[Range, T]]) -> Iterator[Overlap[T]]:
    """Things that hold on the same days, in the order in which they begin; nothing where each day has one at most.

    Whatever shares days with anything stands in one pair at least; not every pair is told.
    """
    longest: tuple[Range, T] | None = None
    for held, what in sorted(dated, key=lambda pair: pair[0].start):
        if longest is None:
            longest = held, what
            continue
        if shared := longest[0] & held:
            yield Overlap(longest[1], what, shared)
        if held.outlasts(longest[0]):
            longest = held, what


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same days in as few ranges as hold them, in time order."""
    found: list[Range] = []
    for one in sorted(ranges, key=lambda one: one.start):
        if not found or (found[-1].end is not None and found[-1].end < one.start):
            found.append(one)
        elif one.outlasts(found[-1]):
            found[-1] = Range(found[-1].start, one.end)
    return found


def gaps(within: Range, ranges: Iterable[Range]) -> list[Range]:
    """The days of a range that none of the others holds, in as few ranges as hold them, in time order."""
    held = merged(ranges)
    return [part for part in within.cut(held) if not any(part.start in one for one in held)]


@lru_cache(maxsize=10_000)
def _of_days(first: date, last: date | None) -> Range:
    """The same days are told of many things: prices, rates of VAT, whoever holds a site."""
    return Range(first, None if last is None or last == date.max else last + DAY)


def _earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two ends, of which None never comes."""
    if one is None or other is None:
        return one or other
    return min(one, other)
