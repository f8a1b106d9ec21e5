"""Files for spreadsheets: CSV that Excel opens by a double click where Finnish is its language, and shows as meant.

That is semicolons, decimal commas and a byte order mark. Numbers arrive as numbers, and words as the words they are.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from portal.kit import formats
from portal.kit.i18n import Language

FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets begin to compute from
LONGEST_QUOTED: Final = 255  # characters of a text within a formula
MONTHS: Final = "|".join(
    sorted(
        {
            re.escape(month)
            for language in Language
            for names in (formats.names(language).months, formats.names(language).months_short)
            for month in names
        },
        key=len,
        reverse=True,
    )
)
TAKEN_FOR_ANOTHER: Final = re.compile(
    rf"(?=.*[0-9])(?:[0-9\s.,:;/()+%€$\u2212\u2013-]|e|am?|pm?|{MONTHS})+|true|false|tosi|epätosi|sant|falskt",
    re.IGNORECASE | re.DOTALL,
)  # numbers, days, times of day, truths


Cell = str | int | Decimal | date | None
"""What a cell holds: words, a number with the decimals that it has, a day, or nothing."""


def written(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file."""
    file = io.StringIO()
    csv.writer(file, delimiter=";", lineterminator="\r\n").writerows([_cell(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def figure(value: Decimal, digits: int) -> Decimal:
    """A number with so many decimals, rounded half-up."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def as_words(words: str) -> str:
    """Words that arrive as these words: 00100, 3-12 and +358 are neither numbers nor days, and nothing is a formula."""
    if TAKEN_FOR_ANOTHER.fullmatch(words) and len(words) <= LONGEST_QUOTED:
        return f'="{words}"'
    return harmless(words)


def harmless(words: str) -> str:
    """Words that no spreadsheet takes for a formula: those that look like one get an apostrophe before them."""
    return f"'{words}" if words.startswith(FORMULAS) else words


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return as_words(cell)
        case date():
            return as_words(cell.isoformat())
        case _:
            return str(cell).replace(".", ",")
