"""The words of customers: ways of billing, roles of contact people, matters and reach of mandates, languages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from portal.auth.reach import Level, Theme
from portal.customers.change_requests import Channel
from portal.customers.models import PartyKind
from portal.kit.i18n import Language, Text, text

CHANNELS: Final[Mapping[Channel, Text]] = {
    Channel.E_INVOICE: text("E-invoice to the online bank"),
    Channel.EMAIL: text("By email"),
    Channel.OMAPOSTI: text("To OmaPosti"),
    Channel.MOBILE: text("To a mobile payment app"),
    Channel.PAPER: text("On paper by post"),
    Channel.ELECTRONIC: text("Electronically, as agreed with customer service"),
    Channel.DIRECT_DEBIT: text("By direct payment"),
    Channel.OTHER: text("In another way, as agreed with customer service"),
}
COMPANY_CHANNELS: Final[Mapping[Channel, Text]] = {
    Channel.E_INVOICE: text("E-invoice to the invoicing system"),
}
ROLES: Final[Mapping[str, Text]] = {
    "AL01": text("Guardian"),
    "AL02": text("Contracts"),
    "AL03": text("Invoicing"),
    "AL04": text("Connections"),
    "AL05": text("Faults and outages"),
}
THEMES: Final[Mapping[Theme, Text]] = {
    Theme.CONSUMPTION: text("Consumption"),
    Theme.BILLING: text("Invoices"),
    Theme.CONTRACTS: text("Contracts"),
    Theme.MOVES: text("Moves"),
}
LEVELS: Final[Mapping[Level, Text]] = {Level.SEE: text("May look"), Level.MANAGE: text("May manage")}
LANGUAGES: Final[Mapping[Language, str]] = {
    Language.FI: "Suomi",
    Language.SV: "Svenska",
    Language.EN: "English",
}


def themes_of(written: str) -> frozenset[Theme]:
    """The matters of a mandate as its row has them: codes with commas between."""
    return frozenset(map(Theme, written.split(",")))


def theme_words(themes: Collection[Theme]) -> Sequence[Text]:
    """Matters in words, in the order in which they are told."""
    return [words for theme, words in THEMES.items() if theme in themes]


def channel(way: Channel, kind: str) -> Text:
    """A way of billing, as a customer of a kind calls it."""
    return COMPANY_CHANNELS.get(way, CHANNELS[way]) if kind == PartyKind.COMPANY else CHANNELS[way]
