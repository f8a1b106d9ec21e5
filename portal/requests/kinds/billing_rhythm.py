"""How often bills come, and on which day of the month they fall due.

Bills by what was used come once a year at least, and what was used is told every month where meters are read from afar
(Directive (EU) 2019/944, Annex I, 2), which the portal does each day. Beyond that the utility's terms say what may be
chosen (terms.py), and those of each contract whether its bills may come once a year.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from portal.auth.reach import Theme
from portal.customers.rhythms import RHYTHMS, BillingRhythm
from portal.invoices import banking_days
from portal.kit.i18n import Text, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import ChoiceField, Option
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import CustomerSubject

ANSWERED_IN: Final = 5  # banking days
ANY: Final = "any"  # no due day is wished for


def hindrance(about: CustomerSubject, _today: date) -> Text | None:
    """Bills come of contracts, and there is something to choose."""
    if not about.holds:
        return text("You have no contract in force of which invoices come.")
    if len(rhythms(about)) < 2 and not about.billing.due_days:
        return text("How often invoices come and when they fall due is agreed by phone. Call us.")
    return None


def rhythms(about: CustomerSubject) -> Sequence[BillingRhythm]:
    """What may be chosen: once a year where the terms of each contract that is held let it, or of all customers."""
    terms = about.billing
    by_contracts = bool(about.holds) and about.holds <= terms.yearly
    return [one for one in BillingRhythm if one in terms.rhythms or (one is BillingRhythm.YEARLY and by_contracts)]


def questions(about: CustomerSubject, _answers: Answers, _today: date) -> Sequence[Question]:
    """The rhythm and the day, as far as there is something to choose."""
    offered = rhythms(about)
    days = (Option(ANY, text("No particular day")), *(Option(str(day), due_day(day)) for day in about.billing.due_days))
    asked = [
        Question(
            "rhythm",
            text("How often should invoices come?"),
            ChoiceField(tuple(Option(one, RHYTHMS[one]) for one in offered)),
            hint=text("What you use, and what a month has cost so far, is here every day whatever you choose."),
            suggested=about.rhythm or "",
        ),
        Question(
            "due_day",
            text("On which day of the month should invoices fall due?"),
            ChoiceField(days),
            hint=text("A day that is no banking day is kept by paying on the next banking day."),
            suggested=str(about.due_day) if about.due_day else ANY,
        ),
    ]
    wanted = (len(offered) > 1, bool(about.billing.due_days))
    return [one for one, is_asked in zip(asked, wanted, strict=True) if is_asked]


def due_day(day: int) -> Text:
    """A day of every month."""
    return text("Day %(n)s of the month", n=day)


def promise(_about: CustomerSubject, answers: Answers, today: date) -> Promise:
    """It is about invoices to come."""
    rhythm, day = answers.get("rhythm"), answers.get("due_day")
    means = [text("If we accept it, it applies from the next invoice on that has not been made yet.")]
    if rhythm and rhythm != BillingRhythm.MONTHLY:
        means.append(text("An invoice is then for several months at once, and larger by as much."))
    if day and day != ANY:
        means.append(text("No invoice falls due sooner after it is made than it does now."))
    return Promise(means, banking_days.after(today, ANSWERED_IN))


BILLING_RHYTHM: Final = Kind(
    code="billing-rhythm",
    theme=Theme.BILLING,
    subject=CustomerSubject,
    title=text("Change how often invoices come"),
    explained=text("How often invoices come, and on which day of the month they fall due."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
    binds=False,
)
