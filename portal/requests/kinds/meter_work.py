"""Work on a meter: opening the port by which a customer reads it, a relay that controls load, a meter of one's own.

The network company does it within four months of the asking (Government Decree 767/2021, chapter 6).
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from portal.auth.reach import Theme
from portal.kit.clock import months_after
from portal.kit.i18n import Text, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import YES_OR_NO, ChoiceField, Option, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import SiteSubject
from portal.sites.commodities import Commodity

WITHIN_MONTHS: Final = 4


class Work(StrEnum):
    """What is to be done."""

    PORT = "port"
    RELAY = "relay"
    OWN_METER = "own-meter"


def hindrance(about: SiteSubject, _today: date) -> Text | None:
    """A meter of electricity at a site that is held."""
    if not about.is_held:
        return text("You do not hold this site now.")
    if not _electric(about):
        return text("This site has no meter of electricity.")
    return None


def questions(about: SiteSubject, answers: Answers, _today: date) -> Sequence[Question]:
    """What, at which metering point, and who lets us in."""
    works = (
        Option(
            Work.PORT,
            text("Open the customer port"),
            text("A device of yours then reads the meter every ten seconds."),
        ),
        Option(
            Work.RELAY,
            text("Connect the relay for controlling load"),
            text("It switches heating or a water heater on and off by the price."),
        ),
        Option(
            Work.OWN_METER,
            text("A meter of its own"),
            text("For production or for charging a car, beside the present one."),
        ),
    )
    points = tuple(Option(gsrn, text("Metering point %(gsrn)s", gsrn=gsrn)) for gsrn in _electric(about))
    asked = [
        Question("work", text("What shall be done?"), ChoiceField(works)),
        Question("point", text("At which metering point?"), ChoiceField(points), suggested=points[0].code),
    ]
    if answers.get("work") != Work.PORT:
        asked.append(
            Question(
                "lets_in",
                text("Can somebody let us in on a weekday?"),
                YES_OR_NO,
                hint=text("Whoever comes calls you before, and agrees on the time."),
            )
        )
    return asked


def promise(_about: SiteSubject, answers: Answers, today: date) -> Promise:
    """Done within four months."""
    by = months_after(today, WITHIN_MONTHS)
    means = [text("The network company does it by %(day)s at the latest, within four months.", day=said_day(by))]
    if answers.get("work") == Work.PORT:
        means.append(text("The port is opened from afar. Nobody has to come, and the electricity is not cut."))
    return Promise(means, by)


def _electric(about: SiteSubject) -> Sequence[str]:
    return [one.gsrn for one in about.points if one.commodity is Commodity.ELECTRICITY]


METER_WORK: Final = Kind(
    code="meter-work",
    theme=Theme.CONTRACTS,
    subject=SiteSubject,
    title=text("Work on a meter"),
    explained=text("The customer port, a relay for controlling load, or a meter for production or charging."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
    binds=False,
)
