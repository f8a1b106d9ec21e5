"""How values of the register read for people: by what their column is."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final, TypeVar

from sqlalchemy import Date, Numeric
from sqlmodel import SQLModel

from portal.consents.labels import level
from portal.customers import change_requests
from portal.customers.change_requests import Billing, PostalAddress
from portal.customers.words import LANGUAGES
from portal.kit import formats
from portal.kit.db import Instant
from portal.kit.energy import Energy
from portal.kit.i18n import Language, Text, text
from portal.kit.money import Money
from portal.kit.privacy import Value
from portal.privacy.catalogue import field_named
from portal.privacy.words import CODES, Words

NOTHING: Final = formats.DASH
YES, NO = text("Yes"), text("No")
LEVELS: Final = ("acr", "assurance")
WISHES: Final = ("contact_change.before", "contact_change.after")
ELSEWHERE: Final[Mapping[str, Text]] = dict.fromkeys(
    ("outbox_event.payload", "audit_entry.details"), text("in data.json, for programs")
)
Wording = Callable[[Value], str]
Told = TypeVar("Told", PostalAddress, Billing)


def said(table: str, column: str, value: Value, language: Language) -> str:
    """A value in words; codes that have none, as they are kept."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return (YES if value else NO).said(language)
    return _wording(table, column, language)(value)


def _worded(words: Text | str, language: Language) -> str:
    return words.said(language) if isinstance(words, Text) else words


@cache
def _wording(table: str, column: str, language: Language) -> Wording:
    """How the values of a column are worded; asked once, for a column has many."""
    kind = getattr(SQLModel.metadata.tables[table].c.get(column), "type", None)
    by_place = _by_place(f"{table}.{column}", language)
    return by_place or _by_name(column, language) or _by_kind(kind, language) or str


def _by_place(place: str, language: Language) -> Wording | None:
    """Of a column that has words of its own."""
    codes = CODES.get(place)
    if codes:
        return lambda value: _coded(codes, str(value), language)
    if place in ELSEWHERE:
        return lambda _value: ELSEWHERE[place].said(language)
    if place in WISHES:
        return lambda value: _change(str(value), language)
    if place == "privacy_case.field":
        return lambda value: _worded(field_named(str(value)) or str(value), language)
    return None


def _by_name(column: str, language: Language) -> Wording | None:
    """Of columns that mean the same in every table."""
    if column.endswith("cents"):
        return lambda value: formats.money(Money(int(value or 0)))
    if column.endswith("_mwh"):
        return lambda value: formats.kwh(Energy(int(value or 0)))
    if column in LEVELS:
        return lambda value: _worded(level(str(value)), language)
    if column == "country":
        return lambda value: formats.country(str(value), language)
    return None


def _by_kind(kind: object, language: Language) -> Wording | None:
    """By what kind of value a column holds."""
    if isinstance(kind, Instant):
        return lambda value: formats.instant(datetime.fromisoformat(str(value)), language)
    if isinstance(kind, Date):
        return cache(lambda value: formats.full_date(date.fromisoformat(str(value)), language))
    if isinstance(kind, Numeric):
        return lambda value: formats.exact(Decimal(str(value)), 0)
    return None


def _coded(codes: Words, value: str, language: Language) -> str:
    """The words of a code, or of several that stand beside each other; what has none, as it is kept."""
    whole = codes.get(value) or codes.get(value.casefold())
    if whole:
        return _worded(whole, language)
    return ", ".join(_worded(codes.get(part, part), language) for part in value.split(","))


def _change(value: str, language: Language) -> str:
    """What a contact detail was, or is to be: an address, a way of billing, or a plain value."""
    if place := _read(change_requests.address, value):
        return f"{place.street}, {place.postcode} {place.town}, {formats.country(place.country, language)}"
    if way := _read(change_requests.billing, value):
        said = _worded(CODES["billing_details.channel"][way.channel], language)
        return ", ".join(part for part in (said, way.email, way.reference) if part)
    return _coded(LANGUAGES, value, language)


def _read(reader: Callable[[str], Told | None], value: str) -> Told | None:
    try:
        return reader(value) if value.startswith("{") else None
    except (ValueError, TypeError, KeyError):
        return None
