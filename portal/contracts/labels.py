"""What is said of contracts: their kinds, where they stand, prices and VAT, and what happens to them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from portal.contracts.kinds import Basis, ContractKind, EnergySource, Names
from portal.contracts.rules import ContractState, When
from portal.kit import formats
from portal.kit.formats import NBSP
from portal.kit.i18n import Language, Spoken, Text, text
from portal.kit.labels import Label

CENTS_A_KWH_TO_EUROS_A_MWH: Final = 10
BY_THE_MWH: Final = "€/MWh"
STATES: Final[Mapping[ContractState, Label]] = {
    ContractState.COMING: Label(text("Starts later"), icon="calendar-days", tone="brand"),
    ContractState.RUNNING: Label(text("In force"), icon="check", tone="ok"),
    ContractState.ENDING: Label(text("Ending"), icon="clock", tone="warn"),
    ContractState.ENDED: Label(text("Ended"), icon="minus"),
}
PRICES: Final[Mapping[When, Label]] = {
    When.NOW: STATES[ContractState.RUNNING],
    When.COMING: Label(text("Coming"), icon="calendar-days", tone="brand"),
    When.PAST: STATES[ContractState.ENDED],
}
UNTIL_FURTHER_NOTICE: Final = text("until further notice")
RUNNING: Final = STATES[ContractState.RUNNING]
ORIGINS: Final[Mapping[str, Text]] = {
    "hydro": text("Hydropower"),
    "wind": text("Wind power"),
    "solar": text("Solar power"),
    "nuclear": text("Nuclear power"),
    "renewable": text("Renewable energy sources"),
    "mixed": text("Mix of energy sources"),
    "biomass-and-waste-heat": text("Biomass and waste heat"),
}
SOURCES: Final[Mapping[EnergySource, Text]] = {
    EnergySource.RENEWABLE: ORIGINS["renewable"],
    EnergySource.SURPLUS_HEAT: text("Surplus heat"),
    EnergySource.NUCLEAR: ORIGINS["nuclear"],
    EnergySource.PEAT: text("Peat"),
    EnergySource.FOSSIL: text("Fossil fuels"),
    EnergySource.OTHER: text("Other sources"),
}
BY_THE_EXCHANGE: Final[Mapping[int, Text]] = {
    15: text(
        "The price of energy changes every quarter hour with the exchange. In a cold winter it can be many times "
        "that of summer, and what you pay is not known beforehand."
    ),
    60: text(
        "The price of energy changes every hour with the exchange. In a cold winter it can be many times that of "
        "summer, and what you pay is not known beforehand."
    ),
}
"""What it means to buy at the price of the exchange, by the minutes of what is billed."""

MARGIN: Final = text("Margin on the spot price")
MARGIN_TAKEN_OFF: Final = text("Margin taken off the spot price")
NO_VAT: Final = text("No VAT is added to these prices.")
NO_VAT_FOR_A_PERSON: Final = text("No VAT is added: this is surplus electricity that a private person sells.")
VAT_IS_ADDED: Final = text(
    "An invoice is worked out from prices without VAT, and VAT is added to their sum. "
    "Prices with VAT are rounded for you to compare."
)

# What happens to a contract: how it is said once it has happened, and before.
MADE: Final = text("The contract was made"), text("The contract is made")
BEGAN: Final = text("The contract began"), text("The contract begins")
FIXED_TERM_ENDED: Final = text("The fixed term ended"), text("The fixed term ends")
ENDED: Final = text("The contract ended"), text("The contract ends")


def until(last: date) -> Text:
    """Until when a contract runs whose last day is known."""
    return text("until %(date)s", date=_said(last))


def fixed_until(last: date) -> Text:
    """Until when the fixed term of a contract runs."""
    return text("fixed, until %(date)s", date=_said(last))


def ends(on: date) -> Label:
    """That a contract ends, and on which day."""
    return replace(STATES[ContractState.ENDING], words=text("Ends %(on)s", on=_said(on)))


def unit(kind: ContractKind, basis: Basis) -> Text | str:
    """What a price is of, in the unit of its trade."""
    match basis:
        case Basis.ENERGY | Basis.SPOT:
            return BY_THE_MWH if kind.is_by_the_mwh else "c/kWh"
        case Basis.MONTH:
            return text("€/month")
        case Basis.POWER:
            return "€/kW"


def with_vat(name: Text | Spoken) -> Text:
    """A price's name, and that its VAT is in it."""
    return text("%(name)s, incl. VAT", name=name)


def paid_to_the_customer(name: Spoken) -> Text:
    """The name of a price that we pay."""
    return text("We pay you: %(name)s", name=name)


def price_change(name: Names, before: Decimal, after: Decimal, unit: Text | str) -> Spoken:
    """`Energia: 8,39 → 8,49 c/kWh`."""

    def said(language: Language) -> str:
        of = unit.said(language) if isinstance(unit, Text) else unit
        return f"{name.said(language)}: {formats.exact(before)} → {formats.exact(after)}{NBSP}{of}"

    return Spoken(said)


def vat_change(before: Decimal | int, after: Decimal | int) -> Text:
    """`Alv: 24 % → 25,5 %`."""
    return text("VAT: %(before)s → %(after)s", before=formats.percent(before), after=formats.percent(after))


def _said(day: date) -> Spoken:
    return Spoken(lambda language: formats.full_date(day, language))
