"""The readings of a register as a page tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from portal.consumption import labels
from portal.consumption.kinds import ReadHow, Register, RegisterUnit
from portal.consumption.registers import rules
from portal.consumption.registers.rules import RegisterValue
from portal.kit import formats
from portal.kit.formats import NBSP
from portal.kit.i18n import Text
from portal.kit.labels import Label
from portal.sites.commodities import Commodity

SHOWN: Final = 6  # before the older ones
VALUE: Final = ("serial", "counts", "read_on", "reading", "unit", "read_how", "digits")
"""The columns of which a value is made."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One reading, and what the register counted since the one before; None where these do not tell.

    is_first: whether it is the first of its meter that is listed
    """

    read: RegisterValue
    counted: Decimal | None
    is_first: bool

    @property
    def shown(self) -> str:
        """What the register showed, exactly."""
        return _of(self.read, self.read.value)

    @property
    def used(self) -> str | None:
        """What was used since the reading before; None where that is not known."""
        return None if self.counted is None else _of(self.read, self.counted)

    @property
    def how(self) -> Text:
        """How it was read."""
        return labels.READ_HOW[self.read.read_how]


@dataclass(frozen=True, slots=True)
class ReadRegister:
    """One register of a metering point: its readings, the newest first, and what they come to from first to last."""

    gsrn: str
    commodity: Commodity
    lines: Sequence[ReadLine]
    since: date
    counted: Decimal | None

    @property
    def label(self) -> Label:
        """What the point measures."""
        return self.commodity.label

    @property
    def words(self) -> Text:
        """What the register counts."""
        return labels.REGISTERS[self.lines[0].read.register]

    @property
    def newest(self) -> Sequence[ReadLine]:
        """The newest readings."""
        return self.lines[:SHOWN]

    @property
    def older(self) -> Sequence[ReadLine]:
        """Those before them."""
        return self.lines[SHOWN:]

    @property
    def used(self) -> str | None:
        """What was used from the first reading to the last; None where that is not known."""
        return None if self.counted is None else _of(self.lines[0].read, self.counted)

    @property
    def until(self) -> date:
        """The day of the newest reading."""
        return self.lines[0].read.read_on


def value_of(*row: Any) -> RegisterValue:  # noqa: ANN401 - the columns of VALUE
    """What a register showed, from a row of the table."""
    serial, counts, read_on, reading, unit, read_how, digits = row
    return RegisterValue(serial, Register(counts), read_on, reading, RegisterUnit(unit), ReadHow(read_how), digits)


def read_register(gsrn: str, commodity: Commodity, values: Sequence[RegisterValue]) -> ReadRegister:
    """A register of a metering point, from one reading or more of it, in any order."""
    every = rules.in_order(values)
    lines = []
    for at, one in enumerate(every):
        before = next((other for other in reversed(every[:at]) if other.serial == one.serial), None)
        lines.append(ReadLine(one, rules.counted(before, one) if before else None, is_first=before is None))
    return ReadRegister(gsrn, commodity, lines[::-1], every[0].read_on, rules.used(every))


def _of(read: RegisterValue, figure: Decimal) -> str:
    return f"{formats.exact(figure, 0)}{NBSP}{labels.UNIT_SIGNS[read.unit]}"
