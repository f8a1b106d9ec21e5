"""How a product that is on sale is offered: what is read when it is chosen, and its key terms."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from portal.contracts import labels
from portal.contracts.offers import ProductOffer
from portal.contracts.records import DatedPrice
from portal.kit import formats
from portal.kit.i18n import Language, Spoken, Text, text
from portal.requests.fields import Option, said_day
from portal.requests.subjects import YearCosts


def option(offer: ProductOffer, year: YearCosts | None = None) -> Option:
    """A product, with its prices, its term, and what a year with it would have cost."""
    term = text("fixed for %(n)s months", n=offer.fixed_months) if offer.fixed_months else text("until further notice")
    told: list[Text | Spoken] = [_prices(offer), term, *([_would(offer, year)] if year else [])]
    return Option(offer.code, Spoken(offer.name.said), Spoken(lambda language: _joined(told, " · ", language)))


def key_terms(chosen: ProductOffer, first: date) -> Iterator[Text]:
    """What a contract of it would say that begins on a day: price, term, notice, what following the exchange means."""
    yield text(
        "Its price: %(prices)s, incl. VAT. Distribution and electricity tax come beside it.",
        prices=_prices(chosen),
    )
    if last := chosen.fixed_until(first):
        yield text("It is fixed until %(day)s, and goes on until further notice after that.", day=said_day(last))
    else:
        yield text("It is valid until further notice. Your notice is 14 days.")
    if chosen.follows_spot:
        yield labels.BY_THE_EXCHANGE[chosen.terms.billing_minutes]


def _would(offer: ProductOffer, year: YearCosts) -> Text:
    would = year.would[offer.code]
    saved = year.paid - would
    if not saved:
        return text("the year would have cost the same")
    said = formats.money(would)
    if saved.cents > 0:
        return text("the year would have cost %(would)s, %(sum)s less", would=said, sum=formats.money(saved))
    return text("the year would have cost %(would)s, %(sum)s more", would=said, sum=formats.money(-saved))


def _prices(offer: ProductOffer) -> Spoken:
    """`Sähköenergia 8,49 c/kWh, Perusmaksu, myynti 4,89 €/kk`."""
    told = [Spoken(partial(_price, one)) for one in offer.prices]
    return Spoken(lambda language: _joined(told, "; ", language))


def _price(one: DatedPrice, language: Language) -> str:
    name = one.name.said(language)
    unit = one.unit if isinstance(one.unit, str) else one.unit.said(language)
    figure = formats.exact(one.net if one.gross is None else one.gross)
    return f"{name} {figure}{formats.NBSP}{unit}"


def _joined(told: Sequence[Text | Spoken], by: str, language: Language) -> str:
    return by.join(one.said(language) for one in told)
