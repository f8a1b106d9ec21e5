"""A small chart of months as bars, the newest last; `ui.spark` draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

BASE: Final = 70  # px from the top at which bars stand
HIGHEST: Final = 65
WIDE: Final = 0.68  # of a bar's slot


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: its place in per cent of the width and px of the height, and the number under it."""

    x: float
    width: float
    y: float
    height: float
    middle: float
    tick: int


def bars(months: Sequence[tuple[date, int]]) -> Sequence[Bar]:
    """The bars of months in order, by an amount in any unit; what is not above zero stands as an empty one."""
    highest = max([amount for _, amount in months] + [1])
    slot = 100 / max(1, len(months))
    return [
        _bar(slot, place, month.month, HIGHEST * max(0, amount) / highest)
        for place, (month, amount) in enumerate(months)
    ]


def _bar(slot: float, place: int, tick: int, height: float) -> Bar:
    return Bar(
        x=slot * (place + (1 - WIDE) / 2),
        width=slot * WIDE,
        y=BASE - height,
        height=height,
        middle=slot * (place + 0.5),
        tick=tick,
    )
