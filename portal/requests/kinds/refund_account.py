"""The account to which money goes back: of a credit, of what was paid twice, of a last bill that was too high.

Money goes to the customer and to nobody else: the account is theirs, its digits are checked (ISO 13616), and it is
given by whoever has just proved who they are with their bank. The utility compares the names before it pays anything.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from portal.auth.reach import Theme
from portal.invoices import banking_days
from portal.kit.i18n import Text, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import IbanField, LineField
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import CustomerSubject

ANSWERED_IN: Final = 5  # banking days


def hindrance(_about: CustomerSubject, _today: date) -> Text | None:
    """Every customer may have an account."""
    return None


def questions(about: CustomerSubject, _answers: Answers, _today: date) -> Sequence[Question]:
    """The account, and whose it is."""
    return [
        Question(
            "iban",
            text("What is the number of the account?"),
            IbanField(),
            hint=text("The IBAN, such as FI21 1234 5600 0007 85. It must be an account of the customer."),
        ),
        Question(
            "holder",
            text("In whose name is the account?"),
            LineField(),
            hint=text("As the bank knows the name. We compare it with the name of the customer before we pay."),
            suggested=about.customer,
        ),
    ]


def promise(_about: CustomerSubject, answers: Answers, today: date) -> Promise:
    """Nothing is paid before the names were compared."""
    shown = IbanField().said(answers.get("iban"))
    means = [
        text("Money that we owe you goes to the account %(iban)s, once we have compared the names.", iban=shown),
        text("The account from which you pay your invoices, or a direct payment, stays as it is."),
    ]
    return Promise(means, banking_days.after(today, ANSWERED_IN))


REFUND_ACCOUNT: Final = Kind(
    code="refund-account",
    theme=Theme.BILLING,
    subject=CustomerSubject,
    title=text("Give an account for refunds"),
    explained=text("When money is to come back to you: a credit, an invoice that was paid twice, or a final invoice."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
)
