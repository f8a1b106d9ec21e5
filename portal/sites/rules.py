"""Decisions about metering points: what a metering point's number may be, and on which days one was cut off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle

from portal.sites.kinds import Connection


@dataclass(frozen=True, slots=True)
class CutOff:
    """That no energy can flow from one day on, until it can on another; None while it cannot."""

    connection: Connection
    since: date
    until: date | None = None

    def lasts_on(self, day: date) -> bool:
        """Whether no energy can flow when a day ends."""
        return self.since <= day and (self.until is None or day < self.until)


def told_now(known: Iterable[CutOff], connection: Connection, since: date, today: date) -> Sequence[CutOff]:
    """What is known of a point of which it is told only how it stands now: what lasts and is told otherwise has ended.

    What begins now ends where a planned one begins: two do not hold at once.

    since: the day from which it is taken to be cut off, where that is news
    """
    known = sorted(known, key=lambda one: one.since)
    if [one.connection for one in known if one.lasts_on(today)] == ([connection] if connection.is_cut_off else []):
        return known
    before = [replace(one, until=max(one.since, today)) if one.lasts_on(today) else one for one in known]
    if not connection.is_cut_off:
        return before
    last = max((one.until or one.since for one in before if one.since <= today), default=since)
    planned = min((one.since for one in before if one.since > today), default=None)
    begun = CutOff(connection, max(since, last), planned)
    return [*(one for one in before if one.since != begun.since), begun]


def is_gsrn(number: str) -> bool:
    """Whether a text is a GSRN: 18 digits, the last one GS1's check digit (mod 10, weights 3 and 1)."""
    if len(number) != 18 or not (number.isascii() and number.isdigit()):
        return False
    *digits, check = map(int, number)
    weighted = sum(digit * weight for digit, weight in zip(reversed(digits), cycle((3, 1)), strict=False))
    return -weighted % 10 == check
