"""How often a customer's bills come, and the words for it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from portal.kit.i18n import Text, text


class BillingRhythm(StrEnum):
    """How often bills come."""

    MONTHLY = "monthly"
    TWO_MONTHS = "two-months"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


RHYTHMS: Final[Mapping[BillingRhythm, Text]] = {
    BillingRhythm.MONTHLY: text("Every month"),
    BillingRhythm.TWO_MONTHS: text("Every two months"),
    BillingRhythm.QUARTERLY: text("Every three months"),
    BillingRhythm.YEARLY: text("Once a year"),
}
