"""How energies are drawn: one picture each, on every page."""

from collections.abc import Mapping
from typing import Final

from portal.sites.models import Commodity

ICONS: Final[Mapping[Commodity, str]] = {
    Commodity.ELECTRICITY: "zap",
    Commodity.PRODUCTION: "sun",
    Commodity.HEAT: "flame",
    Commodity.COOLING: "snowflake",
    Commodity.GAS: "cylinder",
}
