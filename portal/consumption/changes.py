"""How much more or less it is than it was, as one says it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from portal.consumption.pairs import Comparison
from portal.kit.energy import Energy

TELLING: Final = 10  # per cent from which a change needs no decimals


class Direction(StrEnum):
    """How something compares with what it was."""

    LESS = "less"
    MORE = "more"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """How much more or less it is than it was, in per cent, rounded as one says it."""

    percent: Decimal
    direction: Direction

    @property
    def size(self) -> Decimal:
        """The per cent without a sign."""
        return abs(self.percent)


def change(compared: Comparison | None) -> Change | None:
    """How a comparison reads; None where there is nothing to compare with."""
    return changed(compared.now, compared.then) if compared else None


def changed(now: Energy, then: Energy) -> Change | None:
    """How an energy differs from another one; None where that was nothing."""
    if not then:
        return None
    percent = Decimal(100 * (now.milliwatt_hours - then.milliwatt_hours)) / abs(then.milliwatt_hours)
    said = percent.quantize(Decimal(1) if abs(percent) >= TELLING else Decimal("0.1"), ROUND_HALF_UP)
    if not said:
        return Change(Decimal(0), Direction.SAME)
    return Change(said, Direction.LESS if said < 0 else Direction.MORE)
