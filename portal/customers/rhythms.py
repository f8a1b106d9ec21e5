"""How often a customer's bills come, and the words for it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from portal.kit.i18n import Text, text


class Rhythm(StrEnum):
    """How often bills come."""

    MONTHLY = "monthly"
    TWO_MONTHS = "two-months"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


RHYTHMS: Final[Mapping[Rhythm, Text]] = {
    Rhythm.MONTHLY: text("Every month"),
    Rhythm.TWO_MONTHS: text("Every two months"),
    Rhythm.QUARTERLY: text("Every three months"),
    Rhythm.YEARLY: text("Once a year"),
}
