"""The words of sites: kinds of buildings, heating and energies as the feed codes them."""

from collections.abc import Mapping
from typing import Final

from portal.kit.formats import capital
from portal.kit.i18n import Spoken, Text, text
from portal.sites.kinds import Connection
from portal.sites.models import MeterKind, Rhythm

KINDS: Final[Mapping[str, Text]] = {
    "detached house": text("Detached house"),
    "semi-detached house": text("Semi-detached house"),
    "terraced house": text("Terraced house"),
    "flat": text("Flat"),
    "apartment building": text("Block of flats"),
    "holiday home": text("Holiday home"),
    "office": text("Office"),
    "school": text("School"),
    "shop": text("Shop"),
    "hall": text("Hall"),
    "warehouse": text("Warehouse"),
    "factory": text("Factory"),
    "car park": text("Car park"),
    "server room": text("Server room"),
}
HEATING: Final[Mapping[str, Text]] = {
    "district heat": text("District heat"),
    "district heat of the building": text("District heat of the building"),
    "electricity": text("Electric heating"),
    "air-source heat pump": text("Air-source heat pump"),
    "air-to-water heat pump": text("Air-to-water heat pump"),
    "exhaust-air heat pump": text("Exhaust-air heat pump"),
    "ground-source heat pump": text("Ground-source heat pump"),
    "gas": text("Natural gas"),
    "oil": text("Oil"),
    "wood": text("Wood"),
}
OWNERSHIP: Final[Mapping[str, Text]] = {
    "owned": text("Owned"),
    "rented": text("Rented"),
    "right of occupancy": text("Right of occupancy"),
}
USE_TIMING: Final[Mapping[str, Text]] = {
    "all year": text("All year"),
    "weekends and holidays": text("Weekends and holidays"),
    "summer": text("Summer"),
    "winter": text("Winter"),
    "working hours": text("Working hours"),
}
USED_FOR: Final[Mapping[str, Text]] = {
    "heating and hot water": text("Heating and hot water"),
    "heating": text("Heating"),
    "hot water": text("Hot water"),
    "cooling": text("Cooling"),
    "cooking": text("Cooking"),
    "car charging": text("Car charging"),
}
CONNECTIONS: Final[Mapping[Connection, Text]] = {
    Connection.CONNECTED: text("Connected"),
    Connection.DISCONNECTED: text("Disconnected"),
    Connection.METER_REMOVED: text("Meter removed"),
}
RHYTHMS: Final[Mapping[Rhythm, Text]] = {
    Rhythm.SIX_HOURS: text("Every six hours"),
    Rhythm.DAY: text("Every day"),
    Rhythm.MONTH: text("Every month"),
}
DEVICES: Final[Mapping[MeterKind, Text]] = {
    MeterKind.METER: text("Meter"),
    MeterKind.HEAT_EXCHANGER: text("Heat exchanger"),
}


def kind(code: str | None) -> Text | Spoken | None:
    """A kind of building in words: None where none is told, as it was told where we have no word for it."""
    return _said(KINDS, code)


def heating(code: str | None) -> Text | Spoken | None:
    """A kind of heating in words."""
    return _said(HEATING, code)


def ownership(code: str | None) -> Text | Spoken | None:
    """How a site is held, in words."""
    return _said(OWNERSHIP, code)


def use_timing(code: str | None) -> Text | Spoken | None:
    """When a site is used, in words."""
    return _said(USE_TIMING, code)


def used_for(code: str | None) -> Text | Spoken | None:
    """What the energy of a metering point is for, in words."""
    return _said(USED_FOR, code)


def _said(words: Mapping[str, Text], code: str | None) -> Text | Spoken | None:
    if not code:
        return None
    return words.get(code.casefold()) or Spoken(lambda _: capital(code))
