"""What registers of the demo's meters showed: where a meter was changed, and where somebody reads it by hand.

Between two readings a register counted what the meter sent, as far as the demo's data reach back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from sqlmodel import Session

from portal.consumption import store
from portal.consumption.kinds import ReadHow, Register, RegisterUnit
from portal.consumption.registers.models import RegisterReading
from portal.consumption.store import PointDays
from portal.demo.naming import id_of
from portal.demo.register import point_id
from portal.demo.rows import Row
from portal.demo.settling import Ground
from portal.kit.clock import DAY
from portal.kit.energy import Energy

CHANGED: Final = date(2024, 9, 17)
KWH_A_CUBIC_METRE: Final = Decimal("11.42")  # of natural gas, by its upper heating value
QUARTERS: Final = (1, 4, 7, 10)


@dataclass(frozen=True)
class Read:
    """A day on which a meter was read, and how."""

    on: date
    how: ReadHow


@dataclass(frozen=True)
class Dial:
    """A register of a meter, and what it showed in the morning of a day.

    kwh_each: how much energy one of its unit is
    finest: to which it is read
    """

    gsrn: str
    serial: str
    since: date
    showed: Decimal
    unit: RegisterUnit = RegisterUnit.KWH
    kwh_each: Decimal = Decimal(1)
    finest: Decimal = Decimal("0.001")
    digits: int | None = None


def rows(db: Session, on: Ground) -> Iterator[Row]:
    """Every reading before today, from what the meters sent."""
    newer = [Read(date(year, 1, 1), ReadHow.REMOTE) for year in range(CHANGED.year + 1, on.until.year + 1)]
    changed, before = Read(CHANGED, ReadHow.UTILITY), Read(date(2024, 1, 1), ReadHow.CUSTOMER)
    old = Dial("643000000412337410", "E120-0093317", CHANGED, Decimal("61240.4"), finest=Decimal("0.1"), digits=6)
    new = Dial("643000000412337410", "AM550-4471902", CHANGED, Decimal(0))
    yield from _shown(db, on, old, [before, changed])
    yield from _shown(db, on, new, [changed, *newer])
    by_hand = [
        Read(date(year, month, 1), ReadHow.ESTIMATE if (year, month) == (on.until.year, 4) else ReadHow.CUSTOMER)
        for year in range(on.until.year - 2, on.until.year + 1)
        for month in QUARTERS
    ]
    gas = Dial(
        "643000000845310028",
        "BK-G4-220871",
        by_hand[0].on,
        Decimal(9412),
        unit=RegisterUnit.M3,
        kwh_each=KWH_A_CUBIC_METRE,
        finest=Decimal(1),
        digits=5,
    )
    yield from _shown(db, on, gas, by_hand)


def _shown(db: Session, on: Ground, dial: Dial, read: Sequence[Read]) -> Iterator[Row]:
    for one in read:
        if min(dial.since, on.since) <= one.on < on.until:
            yield _row(dial, one, _value(db, dial, one.on))


def _value(db: Session, dial: Dial, day: date) -> Decimal:
    """What it showed in the morning of a day."""
    sent = _sent(db, dial, dial.since, day) if dial.since <= day else -_sent(db, dial, day, dial.since)
    return (dial.showed + sent / dial.kwh_each).quantize(dial.finest, ROUND_FLOOR)


def _sent(db: Session, dial: Dial, first: date, until: date) -> Decimal:
    """What the meter sent from one day until before another, kWh."""
    if first == until:
        return Decimal(0)
    days = PointDays(point_id(dial.gsrn), first, until - DAY)
    return Energy(int(store.read_days(db, [days], days.first, days.last)[:, 0].sum())).kwh


def _row(dial: Dial, read: Read, value: Decimal) -> Row:
    return Row.of(
        RegisterReading,
        id=id_of("register reading", dial.gsrn, dial.serial, read.on),
        metering_point_id=point_id(dial.gsrn),
        serial=dial.serial,
        counts=Register.TOTAL,
        read_on=read.on,
        reading=value,
        unit=dial.unit,
        read_how=read.how,
        digits=dial.digits,
    )
