"""Moving in: where, from when, who lives there, how an empty home is kept warm, and which electricity is bought.

A move may begin on the same day; any other change of supplier takes 14 days (Electricity Market Act 588/2013, chapter
13). No contract comes of it before the customer has been told its key terms and has confirmed it (Consumer Protection
Act 38/1978, chapter 6).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portal.auth.reach import Theme
from portal.invoices import banking_days
from portal.kit.i18n import Spoken, Text, text
from portal.requests import offered
from portal.requests.asking import Answers, Question
from portal.requests.fields import (
    YES_OR_NO,
    AddressField,
    ChoiceField,
    DayField,
    NumberField,
    Option,
    PointField,
    said_day,
)
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import CustomerSubject

AHEAD: Final = timedelta(days=365)
ANSWERED_IN: Final = 1  # banking day: electricity may be wanted today
LATER: Final = "later"
MOST_RESIDENTS: Final = Decimal(50)
COLD: Final = frozenset({10, 11, 12, 1, 2, 3, 4})
"""Months in which water freezes in a home that is not heated."""


def hindrance(_about: CustomerSubject, _today: date) -> Text | None:
    """Nothing keeps anybody from moving."""
    return None


def questions(about: CustomerSubject, _answers: Answers, today: date) -> Sequence[Question]:
    """The home, the day, how it is lived in, and the product."""
    heated_by = (
        Option("electricity", text("With electricity")),
        Option("district-heat", text("With district heat")),
        Option("other", text("In another way")),
        Option("unknown", text("I do not know")),
    )
    passed = text("A day that has passed cannot be chosen. If you have moved in already, choose today.")
    return [
        Question("address", text("Where do you move in?"), AddressField()),
        Question(
            "point",
            text("What is the number of the metering point?"),
            PointField(),
            hint=text(
                "18 digits, in the lease or on an invoice of the holder before. Leave it empty if you do not know it."
            ),
        ),
        Question(
            "first",
            text("From which day is the home yours?"),
            DayField(today, today + AHEAD, passed),
            hint=text("The day on which you get the keys. It can be today."),
        ),
        Question(
            "residents",
            text("How many people live there?"),
            NumberField(Decimal(1), MOST_RESIDENTS),
            hint=text("You and everybody else. We estimate the use by it."),
        ),
        Question("heated_by", text("How is the home heated?"), ChoiceField(heated_by)),
        Question(
            "is_empty",
            text("Does the home stand empty before you move in?"),
            YES_OR_NO,
            hint=text("An empty home may have no electricity. We see to it that it has by your first day."),
        ),
        *([_product(about)] if about.offers else []),
    ]


def _product(about: CustomerSubject) -> Question:
    """Which electricity; whoever does not know yet is told what there is."""
    later = Option(LATER, text("I choose later"), text("We send you the products that we sell there."))
    return Question(
        "product",
        text("Which electricity product do you choose?"),
        ChoiceField((*(offered.option(one) for one in about.offers), later)),
        hint=text("Prices with VAT, of the sale of electricity alone: distribution and its tax come beside them."),
    )


def promise(about: CustomerSubject, answers: Answers, today: date) -> Promise:
    """A contract to confirm, with its key terms where one was chosen, and heat where it is cold."""
    first = answers.day("first") or today
    means = [
        text(
            "We send you the contracts and their key terms, from %(day)s on. They begin when you have confirmed them.",
            day=said_day(first),
        )
    ]
    if chosen := next((one for one in about.offers if one.code == answers.get("product")), None):
        means.append(text("You have chosen %(product)s.", product=Spoken(chosen.name.said)))
        means.extend(offered.key_terms(chosen, first))
    if answers.is_yes("is_empty") and first.month in COLD:
        means.append(text("Keep the heating on from your first day: pipes of an empty home freeze in winter."))
    return Promise(means, banking_days.after(today, ANSWERED_IN))


MOVE_IN: Final = Kind(
    code="move-in",
    theme=Theme.MOVES,
    subject=CustomerSubject,
    title=text("Move in"),
    explained=text("When you get a new home or other premises, and need electricity or heat there."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
)
