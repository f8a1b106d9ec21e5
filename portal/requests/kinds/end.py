"""Ending a contract: by a move, or by notice.

A consumer ends a contract until further notice by two weeks' notice, and is bound by a fixed term of electricity sales
for two years at most (Electricity Market Act 588/2013, chapter 13; contracts/rules.py). Whoever moves out may end it
on any day from today on; a fixed term says itself what follows then.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.auth.reach import Theme
from portal.contracts.kinds import ContractKind
from portal.contracts.records import HeldContract
from portal.invoices import banking_days
from portal.kit.i18n import Spoken, Text, counted, text
from portal.requests.asking import Answers, Question
from portal.requests.fields import YES_OR_NO, AddressField, ChoiceField, DayField, Option, address, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import ContractSubject

AHEAD: Final = timedelta(days=365)
ANSWERED_IN: Final = 2  # banking days


class Why(StrEnum):
    """Why a contract ends."""

    MOVE = "move"
    OTHER = "other"


def hindrance(about: ContractSubject, today: date) -> Text | None:
    """What keeps the contract from ending."""
    return hindrance_of(about.contract, today)


def hindrance_of(contract: HeldContract, today: date) -> Text | None:
    """A contract ends once, and a connection belongs to its house."""
    if contract.last is not None:
        return text("The contract has a last day already: %(day)s.", day=said_day(contract.last))
    if contract.kind is ContractKind.CONNECTION:
        return text("A connection belongs to the property and goes to its next owner. It is not ended by notice.")
    if today < contract.first:
        return text(
            "The contract has not begun yet. Within 14 days of making it you can withdraw from it; after that, call us."
        )
    return None


def earliest(contract: HeldContract, why: str, today: date) -> date:
    """The first day that may be its last one."""
    return today if why == Why.MOVE else contract.earliest_end(today) or today


def questions(about: ContractSubject, answers: Answers, today: date) -> Sequence[Question]:
    """Why, when, what else ends, and where the last bill goes."""
    return list(_questions(about, answers, today))


def promise(about: ContractSubject, answers: Answers, today: date) -> Promise:
    """The contract ends on its day, and those that end with it; the last bill follows."""
    last = answers.day("last") or today
    means = [
        text(
            "Your last day is %(day)s. We bill you until then, and send the final invoice after it.",
            day=said_day(last),
        )
    ]
    ending = [about.contract, *(one for one in about.others if answers.is_yes(f"also-{one.number}"))]
    means.extend(
        text(
            "Your contract is fixed until %(day)s. What it says of an earlier end applies, "
            "and we tell you of any charge before it ends.",
            day=said_day(one.fixed_until),
        )
        for one in ending
        if one.fixed_until and last < one.fixed_until
    )
    return Promise(means, banking_days.after(today, ANSWERED_IN))


def _questions(about: ContractSubject, answers: Answers, today: date) -> Iterator[Question]:
    moving = text("I am moving out")
    other = text("For another reason")
    seller = text("If you have chosen another seller, it ends this contract for you: you need not do anything.")
    is_sales = about.contract.kind is ContractKind.SALES
    yield Question(
        "why",
        text("Why does the contract end?"),
        ChoiceField((Option(Why.MOVE, moving), Option(Why.OTHER, other, seller if is_sales else None))),
    )
    why = answers.get("why")
    first = earliest(about.contract, why, today)
    yield Question(
        "last",
        text("Which day is the last one of the contract?"),
        DayField(first, first + AHEAD, _too_early(about.contract, why, first)),
        hint=_when(about.contract, why, first),
    )
    if why == Why.MOVE:
        for one in about.others:
            if hindrance_of(one, today) is None:
                yield Question(
                    f"also-{one.number}", text("Does %(contract)s end on the same day?", contract=_name(one)), YES_OR_NO
                )
    yield Question(
        "bill_to",
        text("Where do we send the final invoice?"),
        AddressField(),
        hint=text(
            "If your invoices come electronically, the final one does too. We use the address if that does not work."
        ),
        suggested=address(about.postal) if why != Why.MOVE else "",
    )


def _when(contract: HeldContract, why: str, first: date) -> Text:
    if why == Why.MOVE:
        return text("The day on which you give up the home. It can be today.")
    return _too_early(contract, why, first)


def _too_early(contract: HeldContract, why: str, first: date) -> Text:
    if why == Why.MOVE:
        return text("A day that has passed cannot be chosen. If you have moved out already, choose today.")
    if contract.fixed_until and first >= contract.fixed_until:
        return text("The contract is fixed, and binds until %(day)s. That is the earliest day.", day=said_day(first))
    return counted(
        "Your notice is %(n)s day, so the earliest day is %(day)s.",
        "Your notice is %(n)s days, so the earliest day is %(day)s.",
        contract.notice_days,
        day=said_day(first),
    )


def _name(contract: HeldContract) -> Spoken:
    return Spoken(lambda language: f"{contract.product.said(language)} ({contract.kind_label.words.said(language)})")


END: Final = Kind(
    code="end",
    theme=Theme.CONTRACTS,
    subject=ContractSubject,
    title=text("End a contract"),
    explained=text("When you move out, or want the contract to end for another reason. It takes a few minutes."),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
)
