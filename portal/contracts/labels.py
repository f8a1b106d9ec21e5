"""What is said of contracts: their kinds, where they stand, when a price holds, and in which unit they are sold."""

from collections.abc import Mapping
from typing import Final

from portal.contracts.kinds import ContractKind
from portal.contracts.rules import ContractState, When
from portal.kit.i18n import text
from portal.kit.labels import Label
from portal.sites.kinds import Commodity
from portal.sites.labels import COMMODITIES

CENTS_A_KWH_TO_EUROS_A_MWH: Final = 10
BY_MWH: Final = frozenset({ContractKind.HEAT, ContractKind.COOLING, ContractKind.GAS})
KINDS: Final[Mapping[ContractKind, Label]] = {
    ContractKind.SALES: Label(text("Electricity sales"), icon=COMMODITIES[Commodity.ELECTRICITY].icon),
    ContractKind.NETWORK: Label(text("Electricity distribution"), icon="utility-pole"),
    ContractKind.CONNECTION: Label(text("Connection"), icon="cable"),
    ContractKind.HEAT: COMMODITIES[Commodity.HEAT],
    ContractKind.COOLING: COMMODITIES[Commodity.COOLING],
    ContractKind.GAS: COMMODITIES[Commodity.GAS],
    ContractKind.PURCHASE: Label(text("Purchase of solar electricity"), icon=COMMODITIES[Commodity.PRODUCTION].icon),
}
COMMODITY: Final[Mapping[ContractKind, Commodity]] = {
    ContractKind.SALES: Commodity.ELECTRICITY,
    ContractKind.NETWORK: Commodity.ELECTRICITY,
    ContractKind.CONNECTION: Commodity.ELECTRICITY,
    ContractKind.HEAT: Commodity.HEAT,
    ContractKind.COOLING: Commodity.COOLING,
    ContractKind.GAS: Commodity.GAS,
    ContractKind.PURCHASE: Commodity.PRODUCTION,
}
"""What a contract is about: the heading under which it stands."""

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
