"""The words of contracts that tables, feeds and rules share: kinds, what prices rest on, names in three languages."""

from dataclasses import dataclass
from enum import StrEnum

from portal.kit.i18n import Language


class ContractKind(StrEnum):
    SALES = "sales"
    NETWORK = "network"
    CONNECTION = "connection"
    HEAT = "heat"
    COOLING = "cooling"
    GAS = "gas"
    PURCHASE = "purchase"  # what we buy from a customer, as solar electricity; its prices are negative


class Basis(StrEnum):
    """What a price part is multiplied by."""

    ENERGY = "energy"  # c/kWh times the energy of the part's time window
    SPOT = "spot"  # the spot price of each billing interval times its energy, plus this margin in c/kWh
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
