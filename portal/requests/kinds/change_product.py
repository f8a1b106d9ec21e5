"""Going on with another product: a change of contract, or a new term after the present one.

The key terms stand before the customer when they sign (directive (EU) 2024/1711, article 11): prices, term, notice,
what a price that follows the exchange means, and how long they may withdraw (Consumer Protection Act 38/1978, chapter
6, section 14). A fixed term is kept as long as it binds (contracts/rules.py).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from portal.auth.reach import Theme
from portal.contracts.kinds import ContractKind
from portal.contracts.offers import ProductOffer
from portal.invoices import banking_days
from portal.kit import formats
from portal.kit.clock import DAY
from portal.kit.i18n import Spoken, Text, text
from portal.requests import offered
from portal.requests.asking import Answers, Question
from portal.requests.fields import ChoiceField, DayField, said_day
from portal.requests.kind import Kind, Promise
from portal.requests.subjects import SaleSubject, YearCosts

AHEAD: Final = timedelta(days=180)
ANSWERED_IN: Final = 2  # banking days


def hindrance(about: SaleSubject, _today: date) -> Text | None:
    """A contract of sale that goes on, and products to choose from."""
    contract = about.contract
    if contract.kind is not ContractKind.SALES:
        return text("Another product is chosen for the sale of electricity only.")
    if contract.last is not None:
        return text("The contract has a last day already: %(day)s.", day=said_day(contract.last))
    if not about.offers:
        return text("We have no products to choose from here just now. Call us, and we tell you what there is.")
    return None


def earliest(about: SaleSubject, today: date) -> date:
    """The first day of the new contract: the day after the present one can end, or begin."""
    contract = about.contract
    return max((contract.earliest_end(today) or today) + DAY, contract.first + DAY)


def questions(about: SaleSubject, _answers: Answers, today: date) -> Sequence[Question]:
    """Which product, and from which day."""
    first = earliest(about, today)
    until = about.contract.bound_until(today) or about.contract.fixed_until
    too_early = (
        text("The contract is fixed, and binds until %(day)s. Choose a later day.", day=said_day(until))
        if until and until >= first - DAY
        else text("The earliest day is %(day)s, for your notice runs until then.", day=said_day(first))
    )
    return [
        Question(
            "product",
            text("Which product do you choose?"),
            ChoiceField(tuple(offered.option(one, about.year) for one in about.offers)),
            hint=_about_year(about.year) if about.year else None,
        ),
        Question(
            "first",
            text("From which day?"),
            DayField(first, first + AHEAD, too_early),
            hint=text("The present contract ends the day before. %(day)s is the earliest day.", day=said_day(first)),
            suggested=first.isoformat(),
        ),
    ]


def promise(about: SaleSubject, answers: Answers, today: date) -> Promise:
    """The key terms of what is signed."""
    chosen = next(one for one in about.offers if one.code == answers.get("product"))
    first = answers.day("first") or earliest(about, today)
    return Promise(list(_key_terms(about, chosen, first)), banking_days.after(today, ANSWERED_IN))


def _key_terms(about: SaleSubject, chosen: ProductOffer, first: date) -> Iterator[Text]:
    yield text(
        "%(product)s begins on %(day)s, and %(old)s ends the day before.",
        product=Spoken(chosen.name.said),
        day=said_day(first),
        old=Spoken(about.contract.product.said),
    )
    yield from offered.key_terms(chosen, first)
    if about.year:
        yield _instead(chosen, about.year)
    if about.contract.is_a_persons:
        yield text("You can withdraw without a reason within 14 days of our confirmation, on the page of the contract.")


def _instead(chosen: ProductOffer, year: YearCosts) -> Text:
    """What the year would have cost, and what that rests on."""
    sums = {"would": formats.money(year.would[chosen.code]), "paid": formats.money(year.paid)}
    if chosen.follows_spot:
        return text(
            "With this product the last year would have cost %(would)s instead of %(paid)s, at the exchange's prices "
            "of then and the margin of today, without the hours whose readings are missing. Use and prices change: "
            "this is no promise.",
            **sums,
        )
    return text(
        "With this product the last year would have cost %(would)s instead of %(paid)s, at the prices of today and "
        "without the hours whose readings are missing. Use and prices change: this is no promise.",
        **sums,
    )


def _about_year(year: YearCosts) -> Text:
    return text(
        "From %(first)s to %(last)s you used %(used)s. It cost %(paid)s: energy and basic charge with VAT, "
        "without distribution and its tax.",
        first=said_day(year.days.first),
        last=said_day(year.days.last),
        used=f"{formats.number(year.used.kwh)}{formats.NBSP}kWh",
        paid=formats.money(year.paid),
    )


CHANGE_PRODUCT: Final = Kind(
    code="change-product",
    theme=Theme.CONTRACTS,
    subject=SaleSubject,
    title=text("Choose another electricity product"),
    explained=text(
        "When you want another product or a new fixed term. You see what the last year would have cost with each."
    ),
    hindrance=hindrance,
    questions=questions,
    promise=promise,
)
