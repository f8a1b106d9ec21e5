"""What was used between two readings of a register: as it counts, turns over, and as meters are changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from portal.consumption.kinds import ReadHow, Register, RegisterUnit


@dataclass(frozen=True, slots=True)
class RegisterValue:
    """What one register of a metering point showed on a day.

    digits: before the point, after which it begins again at zero; None where that is not told
    """

    serial: str
    register: Register
    read_on: date
    value: Decimal
    unit: RegisterUnit
    read_how: ReadHow = ReadHow.UTILITY
    digits: int | None = None


def in_order(values: Iterable[RegisterValue]) -> Sequence[RegisterValue]:
    """Readings of one register of a metering point in time order; on one day those of the former meter first."""
    every = sorted(values, key=lambda one: one.read_on)
    since = {one.serial: one.read_on for one in reversed(every)}
    return sorted(every, key=lambda one: (one.read_on, since[one.serial]))


def counted(before: RegisterValue, now: RegisterValue) -> Decimal | None:
    """What a register counted between two readings, in its unit; None where they do not tell.

    One that shows less than before has turned over, if its digits are told and it then counted less than half of all
    that it can: who misread a digit would else have used a hundred years' energy.
    """
    if (before.serial, before.unit) != (now.serial, now.unit):
        return None
    used = now.value - before.value
    if used >= 0 or now.digits is None:
        return used if used >= 0 else None
    turn = Decimal(10) ** now.digits
    return used + turn if 2 * (used + turn) < turn else None


def is_change(before: RegisterValue, now: RegisterValue) -> bool:
    """Whether a meter was changed between two readings: both are of that day, so nothing was used between them."""
    return before.serial != now.serial and before.read_on == now.read_on and before.unit == now.unit


def used(values: Sequence[RegisterValue]) -> Decimal | None:
    """What was used from the first of some readings in order to the last, changes of meter included.

    None where any two that follow each other do not tell, or there are not two.
    """
    steps = [Decimal(0) if is_change(*pair) else counted(*pair) for pair in pairwise(values)]
    known = [step for step in steps if step is not None]
    return sum(known, Decimal(0)) if steps and len(known) == len(steps) else None
