"""The words of contracts that tables, feeds and rules share: kinds, what prices rest on, names in three languages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

from portal.kit.i18n import Language, Text, text
from portal.kit.labels import Label
from portal.sites.commodities import Commodity


class Covers(StrEnum):
    """What a kind of contract has somebody pay for."""

    ENERGY = "energy"  # delivered under a contract of its own
    DELIVERY = "delivery"
    BOTH = "both"
    PURCHASE = "purchase"  # what we buy from a customer; its prices are negative


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a kind of contract is about.

    commodity: the one under which it stands
    covers: what is paid for by it
    label: what it is called, and its picture
    measured: what a metering point measures that it is about
    """

    commodity: Commodity
    covers: Covers
    label: Label
    measured: frozenset[Commodity]


def _of_one(commodity: Commodity, covers: Covers = Covers.BOTH, called: Text | None = None) -> Agreement:
    """About one commodity alone, called and drawn as that is where nothing else is said."""
    label = replace(commodity.label, words=called) if called else commodity.label
    return Agreement(commodity, covers, label, frozenset({commodity}))


class ContractKind(StrEnum):
    """A kind of contract. `AGREEMENTS` tells what each is about."""

    SALES = "sales"
    NETWORK = "network"
    CONNECTION = "connection"
    HEAT = "heat"
    COOLING = "cooling"
    GAS = "gas"
    PURCHASE = "purchase"

    @property
    def label(self) -> Label:
        """What it is called, and its picture."""
        return AGREEMENTS[self].label

    @property
    def commodity(self) -> Commodity:
        """The commodity under which it stands."""
        return AGREEMENTS[self].commodity

    @property
    def covers(self) -> Covers:
        """What is paid for by it."""
        return AGREEMENTS[self].covers

    @property
    def measured(self) -> frozenset[Commodity]:
        """What a metering point measures that it is about."""
        return AGREEMENTS[self].measured

    @property
    def is_by_the_mwh(self) -> bool:
        """Whether its energy is sold by the megawatt-hour, and not by the kilowatt-hour."""
        return self.commodity.trade.by_the_mwh


AGREEMENTS: Final[Mapping[ContractKind, Agreement]] = {
    ContractKind.SALES: _of_one(Commodity.ELECTRICITY, Covers.ENERGY, text("Electricity sales")),
    ContractKind.NETWORK: Agreement(
        Commodity.ELECTRICITY,
        Covers.DELIVERY,
        Label(text("Electricity distribution"), icon="utility-pole"),
        frozenset({Commodity.ELECTRICITY, Commodity.PRODUCTION}),
    ),
    ContractKind.CONNECTION: Agreement(
        Commodity.ELECTRICITY, Covers.DELIVERY, Label(text("Connection"), icon="cable"), frozenset(Commodity)
    ),
    ContractKind.HEAT: _of_one(Commodity.HEAT),
    ContractKind.COOLING: _of_one(Commodity.COOLING),
    ContractKind.GAS: _of_one(Commodity.GAS),
    ContractKind.PURCHASE: _of_one(Commodity.PRODUCTION, Covers.PURCHASE, text("Purchase of solar electricity")),
}

Sold = Literal["sales", "heat", "cooling", "gas"]
"""The kinds of contracts that sell energy, as feeds write them."""


class Basis(StrEnum):
    """What a price part is multiplied by."""

    ENERGY = "energy"  # c/kWh times the energy of the part's time window
    SPOT = "spot"  # the spot price of each billing interval times its energy (less than nothing for what we buy), plus
    # this margin in c/kWh
    MONTH = "month"  # EUR/month, by days
    POWER = "power"  # EUR/kW of the month's highest 15-minute mean power above a threshold


class TariffPeriod(StrEnum):
    """When a price part applies, by local time."""

    ALL = "all"
    DAY = "day"  # 7-22
    NIGHT = "night"  # 22-7
    WINTER_DAY = "winter-day"  # 1 November to 31 March, Monday to Saturday, 7-22
    OTHER = "other"  # whatever winter-day is not


class TaxKind(StrEnum):
    VAT = "vat"  # per cent
    ELECTRICITY_TAX = "electricity-tax"  # c/kWh without VAT, strategic stockpile fee included


class EnergySource(StrEnum):
    """Where energy comes from, as the law has it told; columns of `fuel_mix` are called so."""

    RENEWABLE = "renewable"
    SURPLUS_HEAT = "surplus_heat"  # of industry, data centres, sewage
    NUCLEAR = "nuclear"
    PEAT = "peat"
    FOSSIL = "fossil"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Names:
    """What something is called, in each language."""

    fi: str
    sv: str
    en: str

    def said(self, language: Language) -> str:
        """The name in a language."""
        match language:
            case Language.FI:
                return self.fi
            case Language.SV:
                return self.sv
            case Language.EN:
                return self.en
