"""What can be true only once a day: which dated rows compete, and how it is said that two of them contradict.

A metering point has one seller, a kind of contract one rate of VAT. Rows compete by what they are about, their key;
those of one key hold on days that no two of them share.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from portal.kit.clock import DAY
from portal.kit.ranges import Overlap, Range, overlaps

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A dated row: what it competes for, what the utility calls it, and the days on which it holds."""

    key: Key
    name: str
    days: Range


@dataclass(frozen=True)
class Once:
    """How rows of a kind compete.

    of: a row of the feed as it would stand in the register; None for one that competes with no other
    standing: the rows of some keys that stand in the register
    rule: what a key allows, in a sentence
    """

    of: Callable[[Any], DatedRow | None]
    standing: Callable[[Session, Collection[Key]], Iterable[DatedRow]]
    rule: Callable[[Key], str]


def contradictions(rows: Iterable[DatedRow]) -> dict[DatedRow, Overlap[DatedRow]]:
    """The rows of each key of which two hold on one day, each with two that do: itself and another, if it is one."""
    of_key: defaultdict[Key, list[DatedRow]] = defaultdict(list)
    for row in rows:
        of_key[row.key].append(row)
    found: dict[DatedRow, Overlap[DatedRow]] = {}
    for every in of_key.values():
        pairs = list(overlaps((row.days, row) for row in sorted(every, key=lambda row: row.name)))
        for pair in pairs[::-1]:
            found |= dict.fromkeys((pair.one, pair.other), pair)
        found |= {row: pairs[0] for row in every if pairs and row not in found}
    return found


def said(pair: Overlap[DatedRow], rule: str) -> str:
    """Which two rows contradict each other on which days, and what to do about it."""
    one, other = pair.one, pair.other
    if one.days.start < other.days.start:
        way_out = f"end {one.name} on {other.days.start - DAY}, or leave one of them out"
    else:
        way_out = "only one of them can be right; leave the other out"
    both = f"{one.name} ({one.days.said}) and {other.name} ({other.days.said}) both hold {pair.shared.said}"
    return f"{both}, but {rule}; {way_out}"
