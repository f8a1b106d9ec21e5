"""Due dates and planned outages as a calendar (RFC 5545): lines folded at 75 octets, an alarm the day before.

The same bills and outages make the same bytes: the stamp of an event is a day that does not change with the hour.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from portal.kit.clock import HELSINKI, day_of

LONGEST: Final = 75  # octets of a line, without its break (RFC 5545, 3.1)
RINGS: Final = time(9)  # of the day before, in Helsinki
MADE_BY: Final = "-//Portal//Due dates//EN"


@dataclass(frozen=True, slots=True)
class DueDay:
    """A bill that falls due: its id and its page, what is said of it, when it was made and when it is to be paid."""

    uid: str
    says: str
    url: str
    made_on: date
    on: date

    @property
    def times(self) -> Iterator[str]:
        """The whole day."""
        yield f"DTSTART;VALUE=DATE:{self.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{self.on + timedelta(days=1):%Y%m%d}"

    @property
    def alarm(self) -> str:
        """When it rings: 15 hours before the day begins."""
        return "TRIGGER:-PT15H"


@dataclass(frozen=True, slots=True)
class PlannedOutage:
    """Hours without supply that were announced; `until` is None where nobody can say when they end."""

    uid: str
    says: str
    url: str
    made_on: date
    starts_at: datetime
    until: datetime | None

    @property
    def times(self) -> Iterator[str]:
        """From when until when, in UTC."""
        yield f"DTSTART:{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        if self.until and self.until > self.starts_at:  # an event ends after it began (3.8.2.2)
            yield f"DTEND:{self.until.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    @property
    def alarm(self) -> str:
        """When it rings: on the morning of the day before, at whatever hour it begins."""
        rings = datetime.combine(day_of(self.starts_at) - timedelta(days=1), RINGS, HELSINKI)
        return f"TRIGGER;VALUE=DATE-TIME:{rings.astimezone(UTC):%Y%m%dT%H%M%SZ}"


Entry = DueDay | PlannedOutage


def calendar(name: str, entries: Sequence[Entry]) -> bytes:
    """The whole calendar, under a name."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{MADE_BY}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    refreshed = ("REFRESH-INTERVAL;VALUE=DURATION:PT12H", f"X-WR-CALNAME:{_escaped(name)}")
    lines = [*head, *refreshed, *(line for entry in entries for line in _event(entry)), "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _event(entry: Entry) -> Iterator[str]:
    says = _escaped(entry.says)
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{entry.made_on:%Y%m%d}T000000Z"
    yield from entry.times
    yield f"SUMMARY:{says}"
    yield f"URL:{entry.url}"
    yield "TRANSP:TRANSPARENT"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{says}", entry.alarm, "END:VALARM")
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """A value of kind TEXT (3.3.11)."""
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", r"\n")


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, none of which ends within a letter (3.1)."""
    pieces, rest = [], line.encode()
    room = LONGEST
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:  # a byte inside of a letter
            cut -= 1
        pieces.append(rest[:cut])
        rest, room = rest[cut:], LONGEST - 1  # the space that goes on takes one
    return b"\r\n ".join([*pieces, rest]) + b"\r\n"
