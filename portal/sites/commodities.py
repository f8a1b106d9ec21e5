"""What is metered and sold: each commodity, and all that is particular to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.sites.kinds import ReadingType


@dataclass(frozen=True, slots=True)
class Trade:
    """What is particular to the trade in a commodity.

    label: what it is called, and its picture
    used: what readings of it tell, as a heading
    series: the series that a metering point may have; shown and billed is the first one of energy
    read_by: who reads its meters and hands the readings on
    law: by which law readings are kept
    by_the_mwh: whether it is sold by the megawatt-hour, and not by the kilowatt-hour
    by_season: whether a part of a year without any is to be believed
    fault, work: what it is called when it does not flow; None where that is told of another commodity
    """

    label: Label
    used: Text
    series: Sequence[ReadingType]
    read_by: Text
    law: Text
    by_the_mwh: bool = False
    by_season: bool = False
    fault: Text | None = None
    work: Text | None = None


OF_ELECTRICITY: Final = (
    ReadingType.METERED,
    ReadingType.NETTED,
    ReadingType.COMMUNITY,
    ReadingType.REACTIVE,
    ReadingType.ESTIMATED,
)
OF_WATER: Final = (
    ReadingType.METERED,
    ReadingType.VOLUME,
    ReadingType.FLOW,
    ReadingType.RETURN,
    ReadingType.ESTIMATED,
)
BY_DATAHUB: Final = text("The network company reads electricity meters and sends us the data through Datahub.")
BY_US: Final = text("We read these meters ourselves.")
LAW_OF_ELECTRICITY: Final = text("for electricity Act 588/2013 and Decree 767/2021")
LAW_OF_HEAT: Final = text("for heat and cooling Act 1429/2014 and Decree 254/2021")


class Commodity(StrEnum):
    """What a metering point measures. `TRADES` tells what is particular to each."""

    ELECTRICITY = "electricity"
    PRODUCTION = "production"
    HEAT = "heat"
    COOLING = "cooling"
    GAS = "gas"

    @property
    def trade(self) -> Trade:
        """What is particular to it."""
        return TRADES[self]

    @property
    def label(self) -> Label:
        """What it is called, and its picture."""
        return self.trade.label

    @property
    def is_carried_by_water(self) -> bool:
        """Whether its meter counts water beside energy."""
        return ReadingType.FLOW in self.trade.series

    @property
    def is_metered_by_volume(self) -> bool:
        """Whether the main register of its meter may count cubic metres of itself."""
        return ReadingType.VOLUME in self.trade.series and not self.is_carried_by_water

    def usual(self, there: Collection[ReadingType]) -> ReadingType | None:
        """The series by which a metering point is shown and billed where nothing else is said; None without one."""
        return next((kind for kind in self.trade.series if kind.is_energy and kind in there), None)


TRADES: Final[Mapping[Commodity, Trade]] = {
    Commodity.ELECTRICITY: Trade(
        label=Label(text("Electricity"), icon="zap"),
        used=text("Electricity consumption"),
        series=OF_ELECTRICITY,
        read_by=BY_DATAHUB,
        law=LAW_OF_ELECTRICITY,
        fault=text("Power outage"),
        work=text("Planned power outage"),
    ),
    Commodity.PRODUCTION: Trade(
        label=Label(text("Production"), icon="sun"),
        used=text("Electricity production"),
        series=OF_ELECTRICITY,
        read_by=BY_DATAHUB,
        law=LAW_OF_ELECTRICITY,
    ),
    Commodity.HEAT: Trade(
        label=Label(text("District heat"), icon="flame"),
        used=text("District heat consumption"),
        series=OF_WATER,
        read_by=BY_US,
        law=LAW_OF_HEAT,
        by_the_mwh=True,
        by_season=True,
        fault=text("District heating outage"),
        work=text("Planned district heating outage"),
    ),
    Commodity.COOLING: Trade(
        label=Label(text("District cooling"), icon="snowflake"),
        used=text("District cooling consumption"),
        series=OF_WATER,
        read_by=BY_US,
        law=LAW_OF_HEAT,
        by_the_mwh=True,
        by_season=True,
        fault=text("District cooling outage"),
        work=text("Planned district cooling outage"),
    ),
    Commodity.GAS: Trade(
        label=Label(text("Natural gas"), icon="cylinder"),
        used=text("Natural gas consumption"),
        series=(ReadingType.METERED, ReadingType.LOWER, ReadingType.VOLUME, ReadingType.ESTIMATED),
        read_by=text("The gas network company reads gas meters and sends us the data."),
        law=text("for gas Act 587/2017"),
        by_the_mwh=True,
        by_season=True,
        fault=text("Gas supply outage"),
        work=text("Planned gas supply outage"),
    ),
}

Flowing = Literal["electricity", "heat", "cooling", "gas"]
"""The commodities that can fail to flow, as feeds write them; what a customer produces is told of as electricity."""
