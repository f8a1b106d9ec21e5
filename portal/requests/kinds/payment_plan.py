"""Paying a bill in monthly parts, as the utility's terms allow (terms.py).

The parts come to the bill to the cent; each falls due on a banking day (Promissory Notes Act 622/1947, section 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.auth.reach import Theme
from portal.invoices import banking_days
from portal.kit import formats
from portal.kit.clock import months_after
from portal.kit.i18n import Text, text
from portal.kit.money import Money
from portal.requests.asking import Answers, Question
from portal.requests.fields import ChoiceField, DayField, Option, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.kinds.due_date import ANSWERED_IN, PLAN, banking_day, not_payable
from portal.requests.subjects import InvoiceSubject

FEWEST: Final = 2
FIRST_IN: Final = 10  # banking days from today, or from the due date where that is later


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is to be paid by a day."""

    due_on: date
    amount: Money


def hindrance(about: InvoiceSubject, today: date) -> Text | None:
    """What keeps any bill from being paid later; a plan may be asked for longer after the due date."""
    if about.terms.parts < FEWEST:
        return text("Paying in parts is agreed by phone. Call us, and we agree on how it is paid.")
    return not_payable(about, about.terms.parts_late_days, today)


def parts(total: Money, number: int, first: date) -> Sequence[Instalment]:
    """A sum in equal monthly parts from a day on; the cents that are left over are in the first ones."""
    each, over = divmod(total.cents, number)
    days = (banking_days.on_or_after(months_after(first, month)) for month in range(number))
    return [Instalment(day, Money(each + (place < over))) for place, day in enumerate(days)]


def questions(about: InvoiceSubject, _answers: Answers, today: date) -> Sequence[Question]:
    """How many parts, and when the first one is paid."""
    total = about.invoice.to_pay
    earliest = banking_days.after(today, 1)
    latest = banking_days.after(max(today, about.invoice.due_on), FIRST_IN)
    said = said_day(earliest)
    options = tuple(_option(total, number) for number in range(FEWEST, about.terms.parts + 1))
    return [
        Question("parts", text("In how many parts do you pay?"), ChoiceField(options)),
        Question(
            "first_on",
            text("When do you pay the first part?"),
            DayField(
                earliest, latest, text("The first part is paid on %(day)s at the earliest.", day=said), banking_day
            ),
            hint=text(
                "A banking day, %(last)s at the latest. The others follow month by month.", last=said_day(latest)
            ),
            suggested=banking_days.on_or_after(max(earliest, about.invoice.due_on)).isoformat(),
        ),
    ]


def promise(about: InvoiceSubject, answers: Answers, today: date) -> Promise:
    """Each part with its day."""
    planned = parts(about.invoice.to_pay, int(answers.get("parts")), answers.day("first_on") or today)
    means = [text("%(day)s: %(amount)s", day=said_day(one.due_on), amount=formats.money(one.amount)) for one in planned]
    means.append(text("Until we have answered, the due date is %(day)s.", day=said_day(about.invoice.due_on)))
    return Promise(means, banking_days.after(today, ANSWERED_IN))


def _option(total: Money, number: int) -> Option:
    each = Money(-(-total.cents // number))
    return Option(
        str(number),
        text("%(n)s parts", n=number),
        text("%(amount)s a month at most", amount=formats.money(each)),
    )


PAYMENT_PLAN: Final = Kind(
    code=PLAN,
    theme=Theme.BILLING,
    subject=InvoiceSubject,
    title=text("Pay an invoice in parts"),
    explained=text(
        "When an invoice is too large to pay at once. You choose how many parts, and when to pay the first."
    ),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
)
