"""What each kind of energy is called, and its picture: the same on every page."""

from collections.abc import Mapping
from typing import Final

from portal.kit.i18n import text
from portal.kit.labels import Label
from portal.sites.kinds import Commodity

COMMODITIES: Final[Mapping[Commodity, Label]] = {
    Commodity.ELECTRICITY: Label(text("Electricity"), icon="zap"),
    Commodity.PRODUCTION: Label(text("Production"), icon="sun"),
    Commodity.HEAT: Label(text("District heat"), icon="flame"),
    Commodity.COOLING: Label(text("District cooling"), icon="snowflake"),
    Commodity.GAS: Label(text("Natural gas"), icon="cylinder"),
}
