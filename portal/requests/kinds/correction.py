"""Correcting a fact of a site, of a metering point, or of a meter.

What the register holds of a site is about those who live there: it is to be right, and is corrected without delay, or
the customer is told within a month why it is not (GDPR, Articles 12(3), 12(4) and 16).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from portal.auth.reach import Theme
from portal.invoices import banking_days
from portal.kit.i18n import Text, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import ChoiceField, DayField, Option, TextField, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import SiteSubject

ANSWERED_IN: Final = 5  # banking days
OTHER: Final = "other"
BACK: Final = timedelta(days=3653)
AHEAD: Final = timedelta(days=92)


def hindrance(about: SiteSubject, _today: date) -> Text | None:
    """A site that is held: what is known of it now is its holder's."""
    return None if about.is_held else text("You do not hold this site now.")


def questions(about: SiteSubject, answers: Answers, today: date) -> Sequence[Question]:
    """Which fact, what it is in truth, and since when."""
    known = next((one for one in about.facts if one.code == answers.get("fact")), None)
    options = (
        *(Option(one.code, one.label, text("Now: %(value)s", value=one.shown)) for one in about.facts),
        Option(OTHER, text("Something else")),
    )
    return [
        Question("fact", text("What is wrong?"), ChoiceField(options)),
        Question(
            "value",
            text("What should it be?"),
            TextField(),
            hint=text("%(fact)s is now: %(value)s", fact=known.label, value=known.shown) if known else None,
        ),
        Question(
            "since",
            text("Since when has it been so?"),
            DayField(
                today - BACK,
                today + AHEAD,
                text("Choose a day within the last ten years, %(day)s at the earliest.", day=said_day(today - BACK)),
            ),
            hint=text("If you do not know the day, give one that is near. It may lie ahead."),
            suggested=today.isoformat(),
        ),
    ]


def promise(_about: SiteSubject, _answers: Answers, today: date) -> Promise:
    """It is checked, and corrected or not with the reason."""
    means = [
        text("We check it, and correct it. If we do not, we tell you why and what you can do."),
        text("Where a bill rests on it, the bill is corrected too."),
    ]
    return Promise(means, banking_days.after(today, ANSWERED_IN))


CORRECTION: Final = Kind(
    code="correction",
    theme=Theme.CONTRACTS,
    subject=SiteSubject,
    title=text("Correct what we know of a site"),
    explained=text("When something about a home, its heating, its fuse or its meter is wrong or has changed."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
    binds=False,
)
