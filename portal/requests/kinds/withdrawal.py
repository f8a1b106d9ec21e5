"""Withdrawing from a contract that was made at a distance: within 14 days, without a reason.

Consumer Protection Act 38/1978, chapter 6, section 14: 14 days from the day on which the contract was made, which
does not count (Act on the Calculation of Statutory Time Limits 150/1930, section 2). Where the last of them is a
Saturday, a holiday, or Midsummer or Christmas Eve, the next working day will do (section 5). It is done here by two
presses, and nobody has to prove anew who they are: to withdraw is to be no harder than to make the contract, and its
receipt says what was sent and when (Directive (EU) 2023/2673).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from portal.auth.reach import Theme
from portal.contracts.kinds import ContractKind
from portal.contracts.records import HeldContract, MadeContract
from portal.invoices import banking_days
from portal.kit.i18n import Spoken, Text, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import YES_OR_NO, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import ContractSubject

CODE: Final = "withdrawal"
WITHIN: Final = timedelta(days=14)
ANSWERED_IN: Final = 2  # banking days
SUPPLIES: Final = frozenset(ContractKind) - {ContractKind.CONNECTION, ContractKind.PURCHASE}
"""What a consumer buys; a connection belongs to its house, and a purchase is ours from them."""


def last_day(contract: MadeContract) -> date | None:
    """The last day on which the customer may withdraw from a contract; None where there is no such right.

    Where nobody has told when it was made, its first day stands for that, which is not earlier.
    """
    if not contract.is_a_persons or contract.kind not in SUPPLIES:
        return None
    return banking_days.on_or_after((contract.signed_on or contract.first) + WITHIN)


def hindrance(about: ContractSubject, today: date) -> Text | None:
    """A consumer's contract that was made within the last 14 days."""
    last = last_day(about.contract)
    if last is None:
        return text("There is no right to withdraw from this contract: that is for what a consumer buys.")
    if CODE in about.granted:
        return text("You have withdrawn from the contract already.")
    if today > last:
        return text(
            "The right to withdraw from the contract ended on %(day)s. You can end it by notice.", day=said_day(last)
        )
    return None


def questions(about: ContractSubject, _answers: Answers, today: date) -> Sequence[Question]:
    """Which of the others at the site go with it; nothing else, and no reason."""
    return [
        Question(
            f"also-{one.number}",
            text("Do you withdraw from %(contract)s as well?", contract=_name(one)),
            YES_OR_NO,
            hint=text("You can until %(day)s.", day=said_day(last)),
        )
        for one in about.others
        if (last := last_day(one)) is not None and today <= last
    ]


def promise(about: ContractSubject, answers: Answers, today: date) -> Promise:
    """What becomes of the contract, of the supply and of money."""
    means = [
        text("The contract ends as if it had not been made. You need not give a reason, and it costs nothing."),
        text(
            "If supply has begun at your wish, you pay for what was supplied until now. Anything else you have paid "
            "comes back within 14 days."
        ),
    ]
    left = [about.contract, *(one for one in about.others if answers.is_yes(f"also-{one.number}"))]
    if any(one.kind is ContractKind.SALES for one in left):
        means.append(
            text("Choose another seller soon: without a contract of sale the supply of electricity may be cut.")
        )
    return Promise(means, banking_days.after(today, ANSWERED_IN))


def _name(contract: HeldContract) -> Spoken:
    return Spoken(lambda language: f"{contract.product.said(language)} ({contract.kind_label.words.said(language)})")


WITHDRAWAL: Final = Kind(
    code=CODE,
    theme=Theme.CONTRACTS,
    subject=ContractSubject,
    title=text("Withdraw from a contract"),
    explained=text("Within 14 days from making a contract, without a reason."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
    binds=False,
    sends=text("Confirm the withdrawal"),
    tells=True,
)
