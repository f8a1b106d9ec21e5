"""What each kind of energy is called, and its picture; what its series tell: the same on every page."""

from collections.abc import Mapping
from typing import Final

from portal.kit.i18n import text
from portal.kit.labels import Label
from portal.sites.kinds import Commodity, ReadingType

COMMODITIES: Final[Mapping[Commodity, Label]] = {
    Commodity.ELECTRICITY: Label(text("Electricity"), icon="zap"),
    Commodity.PRODUCTION: Label(text("Production"), icon="sun"),
    Commodity.HEAT: Label(text("District heat"), icon="flame"),
    Commodity.COOLING: Label(text("District cooling"), icon="snowflake"),
    Commodity.GAS: Label(text("Natural gas"), icon="cylinder"),
}

READING_TYPES: Final[Mapping[ReadingType, Label]] = {
    ReadingType.METERED: Label(text("Metered")),
    ReadingType.NETTED: Label(text("Netted")),
    ReadingType.COMMUNITY: Label(text("With the energy community's share")),
    ReadingType.REACTIVE: Label(text("Reactive energy")),
    ReadingType.ESTIMATED: Label(text("Estimate without a meter")),
    ReadingType.LOWER: Label(text("By lower heating value")),
    ReadingType.VOLUME: Label(text("Volume")),
    ReadingType.FLOW: Label(text("Flow temperature")),
    ReadingType.RETURN: Label(text("Return temperature")),
}
