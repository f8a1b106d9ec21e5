"""A reading of a meter, by hand.

It is taken as it is told. Where it is hard to believe, by the reading before, the season and the use until then, a
sentence says so before it is sent: the meter may be right.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Final

from portal.auth.reach import Theme
from portal.consumption.labels import UNIT_SIGNS
from portal.consumption.registers import rules
from portal.consumption.registers.records import ReadRegister
from portal.invoices import banking_days
from portal.kit import formats
from portal.kit.clock import DAY
from portal.kit.i18n import Text, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import PHOTO, ChoiceField, DayField, NumberField, Option, PhotoField, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import SiteSubject

CODE: Final = "reading"
ANSWERED_IN: Final = 2  # banking days
TIMES: Final = 3  # so many times the usual use, or as small a part of it, is asked about
DECIMALS: Final = 3
MOST: Final = Decimal(999_999_999)
YEAR: Final = 365


def hindrance(about: SiteSubject, today: date) -> Text | None:
    """A meter that has been read by hand before, at a site that is held."""
    if not about.is_held:
        return text("You do not hold this site now.")
    if not about.registers:
        return text("The meters of this site are read remotely. You need not send any readings.")
    if all(one.until >= today for one in about.registers):
        return text("The meters of this site have been read today already.")
    return None


def questions(about: SiteSubject, answers: Answers, today: date) -> Sequence[Question]:
    """Which register, on which day, what it shows, and a photo of it."""
    open_ones = [one for one in about.registers if one.until < today]
    register = next((one for one in open_ones if code_of(one) == answers.get("register")), open_ones[0])
    last = register.lines[0]
    too_early = text(
        "It was read on %(day)s. Choose a later day, today at the latest.", day=said_day(last.read.read_on)
    )
    return [
        Question(
            "register",
            text("Which meter did you read?"),
            ChoiceField(tuple(_option(one) for one in open_ones)),
            suggested=code_of(open_ones[0]),
        ),
        Question(
            "read_on",
            text("When did you read it?"),
            DayField(last.read.read_on + DAY, today, too_early),
            suggested=today.isoformat(),
        ),
        Question(
            "reading",
            text("What does the meter show?"),
            NumberField(Decimal(0), MOST, DECIMALS, UNIT_SIGNS[last.read.unit]),
            hint=text("On %(day)s it showed %(reading)s.", day=said_day(last.read.read_on), reading=last.shown),
            doubt=partial(doubt, register, answers.day("read_on") or today),
        ),
        Question(
            PHOTO,
            text("Would you like to send a photo of the meter?"),
            PhotoField(),
            hint=text("You need not. It helps where a reading is hard to believe: let the digits and the number show."),
        ),
    ]


def code_of(register: ReadRegister) -> str:
    """A register as an answer: its metering point, what it counts, and the number of its meter."""
    read = register.lines[0].read
    return f"{register.gsrn}/{read.register}/{read.serial}"


def doubt(register: ReadRegister, read_on: date, shown: str) -> Text | None:
    """Why what a register shows on a day is hard to believe; None where it is not."""
    last = register.lines[0]
    used = rules.counted(last.read, replace(last.read, value=Decimal(shown), read_on=read_on))
    if used is None:
        return text(
            "That is less than on %(day)s, when it showed %(reading)s. Check the digits; if they are right, send it.",
            day=said_day(last.read.read_on),
            reading=last.shown,
        )
    usual = usual_a_day(register, last.read.read_on, read_on)
    days = (read_on - last.read.read_on).days
    if usual is None or usual * days / TIMES <= used <= usual * days * TIMES:
        return None
    sign = UNIT_SIGNS[last.read.unit]
    return text(
        "That makes %(used)s since the reading before, where some %(usual)s is usual at this time of year. "
        "Check the digits; if they are right, send it.",
        used=f"{formats.exact(used, 0)}{formats.NBSP}{sign}",
        usual=f"{formats.number(usual * days)}{formats.NBSP}{sign}",
    )


def usual_a_day(register: ReadRegister, first: date, last: date) -> Decimal | None:
    """What was used a day between two readings, in its unit: of those nearest in the year; None where none tell."""
    middle = first + (last - first) / 2
    known = [
        (_apart(before.read.read_on + (now.read.read_on - before.read.read_on) / 2, middle), now.counted / days)
        for now, before in pairwise(register.lines)
        if now.counted is not None and (days := (now.read.read_on - before.read.read_on).days) > 0
    ]
    return min(known, key=lambda one: one[0])[1] if known else None


def promise(_about: SiteSubject, _answers: Answers, today: date) -> Promise:
    """It is taken into the register of readings, and into the next bill."""
    means = [text("We look at the reading, and take it into the readings of the site and its next invoice.")]
    return Promise(means, banking_days.after(today, ANSWERED_IN))


def _apart(one: date, other: date) -> int:
    """How many days two days are apart in the year."""
    days = abs((one - other).days) % YEAR
    return min(days, YEAR - days)


def _option(register: ReadRegister) -> Option:
    serial = register.lines[0].read.serial
    about = text("%(counts)s, meter %(serial)s", counts=register.words, serial=serial)
    return Option(code_of(register), register.label.words, about)


READING: Final = Kind(
    code=CODE,
    theme=Theme.CONSUMPTION,
    subject=SiteSubject,
    title=text("Send a meter reading"),
    explained=text("When a meter is read by hand. You need the number that it shows, and when you read it."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
    binds=False,
)
