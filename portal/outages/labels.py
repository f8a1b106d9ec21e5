"""What outages are called where people read of them."""

from collections.abc import Mapping
from typing import Final

from portal.kit.i18n import text
from portal.kit.labels import Label
from portal.outages.kinds import OutageState

STATES: Final[Mapping[OutageState, Label]] = {
    OutageState.ANNOUNCED: Label(text("Announced"), icon="calendar-clock", tone="brand"),
    OutageState.ONGOING: Label(text("Ongoing"), icon="zap-off", tone="bad"),
    OutageState.RESTORED: Label(text("Over"), icon="circle-check", tone="ok"),
    OutageState.CANCELLED: Label(text("Cancelled"), icon="circle-x"),
}
