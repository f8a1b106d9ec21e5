"""How values of the register read for people: by what their column is."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Final

from sqlalchemy import Date
from sqlmodel import SQLModel

from portal.consents.shown import level
from portal.kit import formats
from portal.kit.db import Instant
from portal.kit.i18n import Language, Text, text
from portal.kit.money import Money
from portal.kit.privacy import Value

NOTHING: Final = formats.DASH
YES, NO = text("Yes"), text("No")
CODES: Final[Mapping[tuple[str, str], Mapping[Value, Text]]] = {
    ("party", "kind"): {"person": text("Person"), "company": text("Company")},
    ("metering_point", "connection"): {
        "AE01": text("Connected"),
        "AE02": text("Disconnected"),
        "AN04": text("Meter removed"),
    },
}


LEVELS: Final = ("acr", "assurance")


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
def _wording(table: str, column: str, language: Language) -> Callable[[Value], str]:
    """How the values of a column are worded; asked once, for a column has many."""
    kind = getattr(SQLModel.metadata.tables[table].c.get(column), "type", None)
    if column.endswith("cents"):
        return lambda value: formats.money(Money(int(value or 0)))
    if column in LEVELS:
        return lambda value: _worded(level(str(value)), language)
    if isinstance(kind, Instant):
        return lambda value: formats.instant(datetime.fromisoformat(str(value)), language)
    if isinstance(kind, Date):
        return cache(lambda value: formats.full_date(date.fromisoformat(str(value)), language))
    codes = CODES.get((table, column), {})
    return lambda value: codes[value].said(language) if value in codes else str(value)
