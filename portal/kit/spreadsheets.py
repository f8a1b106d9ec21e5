"""Cells that a spreadsheet takes as they are."""

from typing import Final

FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets begin to compute from


def harmless(words: str) -> str:
    """Words that no spreadsheet takes for a formula: those that look like one get an apostrophe before them."""
    return f"'{words}" if words.startswith(FORMULAS) else words
