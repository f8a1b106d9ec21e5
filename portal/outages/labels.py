"""What outages are called where people read of them."""

from collections.abc import Mapping
from typing import Final

from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.outages.kinds import OutageKind, OutageState
from portal.sites.kinds import Commodity

STATES: Final[Mapping[OutageState, Label]] = {
    OutageState.ANNOUNCED: Label(text("Announced"), icon="calendar-clock", tone="brand"),
    OutageState.ONGOING: Label(text("Ongoing"), icon="zap-off", tone="bad"),
    OutageState.RESTORED: Label(text("Over"), icon="circle-check", tone="ok"),
    OutageState.CANCELLED: Label(text("Cancelled"), icon="circle-x"),
}

TITLES: Final[Mapping[tuple[Commodity, OutageKind], Text]] = {
    (Commodity.ELECTRICITY, OutageKind.FAULT): text("Power outage"),
    (Commodity.ELECTRICITY, OutageKind.WORK): text("Planned power outage"),
    (Commodity.HEAT, OutageKind.FAULT): text("District heating outage"),
    (Commodity.HEAT, OutageKind.WORK): text("Planned district heating outage"),
    (Commodity.COOLING, OutageKind.FAULT): text("District cooling outage"),
    (Commodity.COOLING, OutageKind.WORK): text("Planned district cooling outage"),
    (Commodity.GAS, OutageKind.FAULT): text("Gas supply outage"),
    (Commodity.GAS, OutageKind.WORK): text("Planned gas supply outage"),
}
