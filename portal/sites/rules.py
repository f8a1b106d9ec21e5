"""Decisions about metering points: what a metering point's number may be."""

from itertools import cycle


def is_gsrn(number: str) -> bool:
    """Whether a text is a GSRN: 18 digits, the last one GS1's check digit (mod 10, weights 3 and 1)."""
    if len(number) != 18 or not (number.isascii() and number.isdigit()):
        return False
    *digits, check = map(int, number)
    weighted = sum(digit * weight for digit, weight in zip(reversed(digits), cycle((3, 1)), strict=False))
    return -weighted % 10 == check
