"""Codes that scanners read, as drawings for a page: the bank barcode and the QR code, black on white."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import segno

from portal.invoices import code128

BAR_HEIGHT: Final = 50
BAR_HIGH: Final = 64
QR_MODULE: Final = 3
QUIET: Final = 4  # modules of white around a QR code (ISO/IEC 18004)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Black shapes on a white ground of some units across and down; the path is SVG's.

    wide, high: in pixels of the page; a module is a whole number of them, or scanners fail on plain screens
    """

    width: int
    height: int
    path: str
    wide: int
    high: int


def barcode(digits: str) -> Drawing:
    """The bars of Code 128, set C, one unit and pixel a module.

    Raises ValueError for anything but an even number of digits.
    """
    width = code128.width(digits)
    return Drawing(width, BAR_HEIGHT, code128.path(digits, BAR_HEIGHT), width, BAR_HIGH)


def qr(text: str) -> Drawing:
    """A QR code of error correction level M, as EPC069-12 asks for."""
    code = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8")
    rows = [bytes(row) for row in code.matrix]
    size = len(rows) + 2 * QUIET
    path = "".join(_row(y, row) for y, row in enumerate(rows, QUIET))
    return Drawing(size, size, path, QR_MODULE * size, QR_MODULE * size)


def _row(y: int, modules: bytes) -> str:
    """The dark stretches of one row."""
    x, path = QUIET, ""
    for dark, stretch in groupby(modules):
        long = len(list(stretch))
        path += f"M{x} {y}h{long}v1h-{long}z" if dark else ""
        x += long
    return path
