"""What series of readings tell, in words: the same on every page."""

from collections.abc import Mapping
from typing import Final

from portal.kit.i18n import text
from portal.kit.labels import Label
from portal.sites.kinds import ReadingType

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
