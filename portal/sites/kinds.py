"""The words of sites that tables, feeds and rules share."""

from enum import StrEnum


class Commodity(StrEnum):
    """What a metering point measures."""

    ELECTRICITY = "electricity"
    PRODUCTION = "production"
    HEAT = "heat"
    COOLING = "cooling"
    GAS = "gas"
