"""How contracts and prices are put before a customer: rows, states, prices with VAT, what happened and what comes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final
from uuid import UUID

from portal.contracts.kinds import Basis, ContractKind
from portal.contracts.labels import BY_MWH, CENTS_A_KWH_TO_EUROS_A_MWH, COMMODITY, KINDS, PRICES, STATES
from portal.contracts.queries import HeldContract
from portal.contracts.rules import ContractState, DatedPrice, When, dated_prices, state, with_vat
from portal.customers.models import PartyKind
from portal.kit import formats
from portal.kit.formats import NBSP
from portal.kit.i18n import Language, Text, text
from portal.kit.labels import Label
from portal.sites.kinds import Commodity

YEAR: Final = timedelta(days=365)


ORIGINS: Final[Mapping[str, Text]] = {
    "hydro": text("Hydropower"),
    "wind": text("Wind power"),
    "solar": text("Solar power"),
    "nuclear": text("Nuclear power"),
    "renewable": text("Renewable energy sources"),
    "mixed": text("Mix of energy sources"),
    "biomass-and-waste-heat": text("Biomass and waste heat"),
}


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract in a list."""

    id: UUID
    commodity: Commodity
    icon: str
    title: str
    subtitle: str
    state: Label


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure and its unit, apart."""

    figure: str
    unit: Text | str

    def said(self, language: Language) -> str:
        """Both together."""
        unit = self.unit.said(language) if isinstance(self.unit, Text) else self.unit
        return f"{self.figure}{NBSP}{unit}"


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A part of the price, without VAT and with; vat and gross are None where no rate is known."""

    name: str
    validity: Text | str
    net: Amount
    vat: str | None
    gross: Amount | None
    state: Label


@dataclass(frozen=True, slots=True)
class ContractEvent:
    """Something that happened or will happen to a contract."""

    on: date
    contract_id: UUID
    title: str
    says: Text | str
    is_ahead: bool


def row(held: HeldContract, today: date, language: Language) -> ContractRow:
    """A contract as lists show it."""
    return ContractRow(
        id=held.id,
        commodity=COMMODITY[held.kind],
        icon=KINDS[held.kind].icon,
        title=held.product.said(language),
        subtitle=_subtitle(held, today, language),
        state=STATES[state_of(held, today)],
    )


def state_of(held: HeldContract, today: date) -> ContractState:
    """Where a contract stands."""
    return state(held.first, held.last, held.fixed_until, today)


def prices_of(held: HeldContract, today: date) -> Sequence[DatedPrice]:
    """The dated prices of a contract, past and coming."""
    return dated_prices(held.terms.prices, held.terms.vat, held.first, held.last, today)


def price_row(held: HeldContract, dated: DatedPrice, language: Language) -> PriceRow:
    """A part of the price as its table shows it."""
    percent = dated.vat_percent
    return PriceRow(
        name=dated.price.name.said(language),
        validity=_validity(dated.first, dated.last, language),
        net=_amount(held.kind, dated, dated.price.amount),
        vat=None if percent is None else formats.percent(percent),
        gross=gross(held.kind, dated),
        state=PRICES[dated.when],
    )


def about_vat(held: HeldContract, prices: Iterable[DatedPrice]) -> Text:
    """What VAT does to these prices."""
    percents = {one.vat_percent for one in prices}
    if held.kind is ContractKind.PURCHASE and held.holder is PartyKind.PERSON and not any(percents):
        return text("No VAT is added: this is surplus electricity that a private person sells.")
    if percents == {Decimal(0)}:
        return text("No VAT is added to these prices.")
    return text(
        "An invoice is worked out from prices without VAT, and VAT is added to their sum. "
        "Prices with VAT are rounded for you to compare."
    )


def gross(kind: ContractKind, dated: DatedPrice) -> Amount | None:
    """A price with VAT, rounded for show; None where no rate of VAT is known."""
    if dated.vat_percent is None:
        return None
    scaled, unit = _scaled(kind, dated, dated.price.amount)
    return Amount(formats.exact(with_vat(scaled, dated.vat_percent)), unit)


def origin(code: str | None) -> Text | str | None:
    """Where the energy comes from: in words where the code is one of ours, else as it was told."""
    return ORIGINS.get(code, code) if code else None


def happenings(held: HeldContract, today: date, language: Language) -> Sequence[ContractEvent]:
    """How a contract began, what happened to it in the last year, and what is known to come; oldest first."""
    told = [one for one in _told(held, today, language) if one.on >= today - YEAR or one.on <= held.first]
    return sorted(told, key=lambda one: one.on)


def _subtitle(held: HeldContract, today: date, language: Language) -> str:
    kind = KINDS[held.kind].words.said(language)
    parts = (kind, _headline(held, today, language), _term(held, today, language).said(language))
    return " · ".join(filter(None, parts))


def _term(held: HeldContract, today: date, language: Language) -> Text:
    if today < held.first:
        return text("from %(date)s", date=formats.full_date(held.first, language))
    last = held.last or (held.fixed_until if held.fixed_until and held.fixed_until >= today else None)
    if last is not None:
        return text("until %(date)s", date=formats.full_date(last, language))
    return text("until further notice")


def _headline(held: HeldContract, today: date, language: Language) -> str | None:
    """The price of energy, where a contract has just one: what people compare."""
    if held.kind in {ContractKind.NETWORK, ContractKind.CONNECTION}:
        return None
    now = [one for one in prices_of(held, today) if one.when is When.NOW]
    energy = [one for one in now if one.price.basis in {Basis.ENERGY, Basis.SPOT}]
    price = gross(held.kind, energy[0]) if len(energy) == 1 else None
    if price is None:
        return None
    if energy[0].price.basis is Basis.SPOT:
        return text("spot price + %(margin)s", margin=price.said(language)).said(language)
    return price.said(language)


def _amount(kind: ContractKind, dated: DatedPrice, price: Decimal) -> Amount:
    scaled, unit = _scaled(kind, dated, price)
    return Amount(formats.exact(scaled), unit)


def _scaled(kind: ContractKind, dated: DatedPrice, price: Decimal) -> tuple[Decimal, Text | str]:
    """A price in the unit of its trade: heat, cooling and gas are sold by the megawatt-hour.

    What we buy has a price below zero, so that bills take it off; its contract says what we pay.
    """
    if kind is ContractKind.PURCHASE:
        price = abs(price)
    match dated.price.basis:
        case Basis.ENERGY | Basis.SPOT if kind in BY_MWH:
            return price * CENTS_A_KWH_TO_EUROS_A_MWH, "€/MWh"
        case Basis.ENERGY | Basis.SPOT:
            return price, "c/kWh"
        case Basis.MONTH:
            return price, text("€/month")
        case Basis.POWER:
            return price, "€/kW"


def _validity(first: date, last: date | None, language: Language) -> Text | str:
    if last is None:
        return text("from %(date)s", date=formats.full_date(first, language))
    return formats.date_range(first, last, language)


def _told(held: HeldContract, today: date, language: Language) -> Iterator[ContractEvent]:
    title = held.product.said(language)
    for on, before, ahead in (*_milestones(held), *_price_changes(held, today, language)):
        yield ContractEvent(on, held.id, title, ahead if on > today else before, on > today)


def _milestones(held: HeldContract) -> Iterator[tuple[date, Text | str, Text | str]]:
    """When, and how it is said afterwards and ahead."""
    if held.signed_on and held.signed_on < held.first:
        yield held.signed_on, text("The contract was made"), text("The contract is made")
    yield held.first, text("The contract began"), text("The contract begins")
    if held.fixed_until and (held.last is None or held.fixed_until <= held.last):
        yield held.fixed_until, text("The fixed term ended"), text("The fixed term ends")
    if held.last and held.last != held.fixed_until:
        yield held.last, text("The contract ended"), text("The contract ends")


def _price_changes(
    held: HeldContract, today: date, language: Language
) -> Iterator[tuple[date, Text | str, Text | str]]:
    """Where a part of the price follows itself at another amount, and where VAT changes."""
    by_code = sorted(prices_of(held, today), key=lambda one: (one.price.code, one.first))
    vat: dict[date, Text] = {}
    for _, history in groupby(by_code, key=lambda one: one.price.code):
        for before, after in pairwise(history):
            old, new = gross(held.kind, before), gross(held.kind, after)
            if old and new and before.price.amount != after.price.amount:
                says = f"{after.price.name.said(language)}: {old.figure} → {new.said(language)}"
                yield after.first, says, says
            if old and new and before.vat_percent != after.vat_percent:
                vat[after.first] = _vat_change(before, after)
    yield from ((on, says, says) for on, says in vat.items())


def _vat_change(before: DatedPrice, after: DatedPrice) -> Text:
    old, new = (formats.percent(one.vat_percent or 0) for one in (before, after))
    return text("VAT: %(before)s → %(after)s", before=old, after=new)
