"""Code 128, set C (ISO/IEC 15417): pairs of digits as bars, and the bars as a drawing."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

START_C: Final = 105
STOP: Final = "2331112"
QUIET: Final = 10  # modules of white that a scanner needs on either side

# Six digits for each value from 0: the widths of bar, gap, bar, gap, bar, gap in modules, 11 together.
WIDTHS: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)


def bars(digits: str) -> Sequence[int]:
    """The widths of bar, gap, bar ... bar in modules, from start to stop, without the quiet zones.

    Raises ValueError for anything but an even number of digits.
    """
    if not re.fullmatch(r"([0-9]{2})+", digits):
        raise ValueError("set C holds pairs of digits")
    values = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    check = (START_C + sum(place * value for place, value in enumerate(values, 1))) % 103
    symbols = [WIDTHS[6 * value :][:6] for value in (START_C, *values, check)]
    return [int(width) for width in "".join([*symbols, STOP])]


def width(digits: str) -> int:
    """The modules across, quiet zones included."""
    return sum(bars(digits)) + 2 * QUIET


def path(digits: str, height: int) -> str:
    """The bars as an SVG path, one unit a module, between quiet zones."""
    return "".join(f"M{at} 0h{wide}v{height}h-{wide}z" for at, wide in _black(bars(digits)))


def _black(widths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where each bar begins, and how wide it is."""
    at = QUIET
    for place, wide in enumerate(widths):
        if place % 2 == 0:
            yield at, wide
        at += wide
