"""The words of sites that tables, feeds and rules share."""

from enum import StrEnum
from typing import Final


class ReadingType(StrEnum):
    """What a series of readings tells of its metering point.

    Those of electricity are Datahub's codes; what Datahub does not carry has a word. Quantities are whole millionths of
    the unit: milliwatt-hours, millilitres, millionths of a degree.
    """

    METERED = "BN01"
    NETTED = "BN02"  # what is left of each hour or quarter when use and production of the same one are set off
    COMMUNITY = "BN03"  # what is left when a share of an energy community's production is set off too
    REACTIVE = "reactive"
    ESTIMATED = "estimate"  # of a point without a meter
    LOWER = "lower"  # gas by its lower heating value; what is metered is by the upper one
    VOLUME = "volume"
    FLOW = "flow"
    RETURN = "return"

    @property
    def unit(self) -> str:
        """The unit of its quantities, as files write it."""
        return UNITS.get(self, "kWh")

    @property
    def is_energy(self) -> bool:
        """Whether its quantities are energy."""
        return self not in UNITS

    @property
    def adds_up(self) -> bool:
        """Whether the quantities of a day are a sum; temperatures have a mean."""
        return self not in {ReadingType.FLOW, ReadingType.RETURN}


UNITS: Final = {
    ReadingType.REACTIVE: "kvarh",
    ReadingType.VOLUME: "m3",
    ReadingType.FLOW: "°C",
    ReadingType.RETURN: "°C",
}


class Connection(StrEnum):
    """Whether energy can flow at a metering point, by Datahub's codes."""

    CONNECTED = "AE01"
    DISCONNECTED = "AE02"
    METER_REMOVED = "AN04"

    @property
    def is_cut_off(self) -> bool:
        """Whether no energy can flow."""
        return self is not Connection.CONNECTED
