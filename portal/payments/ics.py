"""Due dates as a calendar (RFC 5545): whole days, lines folded at 75 octets, an alarm the day before.

The same bills make the same bytes: the stamp of an event is the day on which its bill was made.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LONGEST: Final = 75  # octets of a line, without its break (RFC 5545, 3.1)
ALARM: Final = "-PT15H"  # at nine in the morning of the day before
MADE_BY: Final = "-//Portal//Due dates//EN"


@dataclass(frozen=True, slots=True)
class DueDay:
    """A bill that falls due: its id and its page, what is said of it, when it was made and when it is to be paid."""

    uid: str
    says: str
    url: str
    made_on: date
    on: date


def calendar(name: str, days: Sequence[DueDay]) -> bytes:
    """The whole calendar, under a name."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{MADE_BY}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
    refreshed = ("REFRESH-INTERVAL;VALUE=DURATION:PT12H", f"X-WR-CALNAME:{_escaped(name)}")
    lines = [*head, *refreshed, *(line for day in days for line in _event(day)), "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _event(day: DueDay) -> Iterator[str]:
    says = _escaped(day.says)
    yield "BEGIN:VEVENT"
    yield f"UID:{day.uid}"
    yield f"DTSTAMP:{day.made_on:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{says}"
    yield f"URL:{day.url}"
    yield "TRANSP:TRANSPARENT"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{says}", f"TRIGGER:{ALARM}", "END:VALARM")
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
