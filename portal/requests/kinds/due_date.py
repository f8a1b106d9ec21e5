"""Moving the due date of a bill: once, by some days, to a banking day.

No law gives a right to it; how far it goes the utility's own terms say (terms.py). What falls due on another day may be
paid on the next banking day (Promissory Notes Act 622/1947, section 5), so that only banking days are offered.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from portal.auth.reach import Theme
from portal.invoices import banking_days
from portal.invoices.kinds import InvoiceKind
from portal.kit.i18n import Text, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import DayField, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import InvoiceSubject

CODE: Final = "due-date"
PLAN: Final = "payment-plan"
ANSWERED_IN: Final = 2  # banking days


def hindrance(about: InvoiceSubject, today: date) -> Text | None:
    """A bill that is to be paid, of which we have not reminded, and whose due date was not moved before."""
    if reason := not_payable(about, about.terms.late_days, today):
        return reason
    if latest(about) <= max(today, about.invoice.due_on):
        return text("The due date of this invoice can no longer be moved. Call us, and we agree on how it is paid.")
    return None


def not_payable(about: InvoiceSubject, late_days: int, today: date) -> Text | None:
    """Why a bill is not paid later, or in parts: what both ask of it.

    late_days: until how many days after its due date it may be asked
    """
    invoice = about.invoice
    if invoice.kind is not InvoiceKind.INVOICE:
        return text("This can be asked for of invoices only, not of reminders or credit notes.")
    left = invoice.shares
    if not (left.asked or left.collected):
        return text("Nothing is left to pay of this invoice.")
    if left.collected or about.is_reminded:
        return _pursued(about)
    if invoice.is_late(today) and invoice.days_late(today) > late_days:
        return text(
            "The due date passed on %(day)s. Call us, and we agree on how it is paid.", day=said_day(invoice.due_on)
        )
    if about.granted & {CODE, PLAN}:
        return text("The time to pay this invoice has been prolonged once already. Call us if you need more.")
    return None


def _pursued(about: InvoiceSubject) -> Text:
    """Who is to be asked about a bill that is in collection, or of which we have reminded."""
    if about.invoice.in_collection_since:
        return text("This invoice is in collection. Ask whoever collects it when and how it can be paid.")
    return text("We have sent a reminder of this invoice. Call us, and we agree on how it is paid.")


def latest(about: InvoiceSubject) -> date:
    """The last day to which it may be moved."""
    return banking_days.on_or_before(about.invoice.due_on + timedelta(days=about.terms.days))


def questions(about: InvoiceSubject, _answers: Answers, today: date) -> Sequence[Question]:
    """To which day."""
    last = latest(about)
    first = banking_days.after(max(about.invoice.due_on, today), 1)
    too_early = text("Choose a day after the due date, %(first)s at the earliest.", first=said_day(min(first, last)))
    return [
        Question(
            "due_on",
            text("Which is the new due date?"),
            DayField(min(first, last), last, too_early, banking_day),
            hint=text("A banking day, %(last)s at the latest. The amount stays the same.", last=said_day(last)),
            suggested=last.isoformat(),
        )
    ]


def banking_day(day: date) -> Text | None:
    """What to do where a day is none on which banks move money."""
    if banking_days.is_banking_day(day):
        return None
    before = said_day(banking_days.on_or_before(day))
    return text("%(day)s is not a banking day. The one before it is %(before)s.", day=said_day(day), before=before)


def promise(about: InvoiceSubject, answers: Answers, today: date) -> Promise:
    """The present due date holds until we have answered."""
    due_on = answers.day("due_on") or latest(about)
    means = [
        text(
            "If we accept it, you pay on %(day)s, and no late interest runs until then.",
            day=said_day(due_on),
        ),
        text("Until we have answered, the due date is %(day)s.", day=said_day(about.invoice.due_on)),
    ]
    return Promise(means, banking_days.after(today, ANSWERED_IN))


DUE_DATE: Final = Kind(
    code=CODE,
    theme=Theme.BILLING,
    subject=InvoiceSubject,
    title=text("Move a due date"),
    explained=text("When you need some more days to pay an invoice. It can be done once for each invoice."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
    binds=False,
)
