"""How the utility's own systems tell what registers of meters showed, and how it is kept."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import select
from sqlmodel import Session

from portal.consumption.importing import after_it, before_it
from portal.consumption.kinds import ReadHow, Register, RegisterUnit
from portal.consumption.registers import rules
from portal.consumption.registers.models import RegisterReading
from portal.consumption.registers.records import VALUE, value_of
from portal.consumption.registers.rules import RegisterValue
from portal.kit.clock import day_of
from portal.kit.db import table_of
from portal.kit.feed import (
    Day,
    FeedRow,
    ImportContext,
    Moment,
    Refusal,
    Verdict,
    decimal,
    doubted,
    unknown,
    words,
)
from portal.kit.mirror import Kept, Wanted, mirror, portions
from portal.sites.importing import Gsrn, KnownPoint, known_points
from portal.sites.models import Meter, MeterKind


class RegisterReadingEntry(FeedRow):
    """What a register of a meter showed when it was read by hand, or when the meter was hung or taken down.

    At a change of meter the last reading of the old one and the first of the new one are of the same day. A reading
    that is lower than the one before is taken in as doubtful, unless `digits` says that the register turned over.
    """

    gsrn: Gsrn
    serial: Annotated[str, words(40)] = Field(
        description="Serial number of the meter, as in feed metering_points.", examples=["E450-1234567"]
    )
    counts: Register = Field(
        description="What the register counts: total; day, night, winter-day, other (the tariff periods of products); "
        "volume (water, beside heat or cooling).",
        examples=["total"],
    )
    read_on: Day = Field(
        description="The day on which it was read; a register has one reading a day.", examples=["2026-05-02"]
    )
    read_at: Moment | None = Field(
        description="The instant, on that day; null where only the day is known.", examples=["2026-05-02T07:20:00Z"]
    )
    reading: Annotated[Decimal, decimal(9, 6)] = Field(description="What it showed.", examples=["48211.5"])
    unit: RegisterUnit = Field(description="What it counts in: kWh, MWh; m3 of gas, or of water.", examples=["kWh"])
    read_how: ReadHow = Field(
        description="By whom it was read: customer, utility, remote (by itself), or estimate.", examples=["utility"]
    )
    digits: Annotated[int, Field(ge=3, le=9)] | None = Field(
        description="How many digits it has before the point, after which it begins again at zero; null where that is "
        "not known.",
        examples=[6],
    )

    @model_validator(mode="after")
    def on_its_day(self) -> "RegisterReadingEntry":
        """The instant lies on the day, and the register has room for what it showed."""
        if self.read_at is not None and day_of(self.read_at) != self.read_on:
            raise ValueError(f"read_at lies on {day_of(self.read_at)}, not on read_on; days are those of Helsinki")
        if self.digits is not None and self.reading >= 10**self.digits:
            raise ValueError(f"reading has more than the {self.digits} digits that the register has")
        return self


READINGS: Final = Kept(RegisterReading, ("metering_point_id", "serial", "counts", "read_on"))
TABLE, METER = table_of(RegisterReading), table_of(Meter)


def keep_register_readings(db: Session, rows: Sequence[RegisterReadingEntry], context: ImportContext) -> list[Verdict]:
    """Keep what registers showed; one that shows less than before is doubtful, for either reading may be wrong."""
    points = known_points(db, {row.gsrn for row in rows})
    meters = _meters(db, [point.id for point in points.values()])
    verdicts = mirror(db, READINGS, [_reading(row, points, meters, context.now) for row in rows])
    kept = {points[row.gsrn].id for row, one in zip(rows, verdicts, strict=True) if not isinstance(one, Refusal)}
    doubts = _doubts(db, kept)
    return [
        verdict
        if isinstance(verdict, Refusal)
        else doubted(verdict, doubts.get((points[row.gsrn].id, row.serial, row.counts, row.read_on), ()))
        for row, verdict in zip(rows, verdicts, strict=True)
    ]


def _meters(db: Session, points: Collection[UUID]) -> Mapping[tuple[UUID, str], tuple[date | None, date | None]]:
    """When each meter was hung and taken down, by its point and serial number."""
    asked = select(*METER.c["metering_point_id", "serial", "installed_on", "removed_on"])
    return {
        (point, serial): (installed, removed)
        for some in portions(points)
        for point, serial, installed, removed in db.connection().execute(
            asked.where(METER.c.metering_point_id.in_(some), METER.c.kind == MeterKind.METER)
        )
    }


def _reading(
    row: RegisterReadingEntry,
    points: Mapping[str, KnownPoint],
    meters: Mapping[tuple[UUID, str], tuple[date | None, date | None]],
    now: datetime,
) -> Wanted | Refusal:
    point = points.get(row.gsrn)
    if point is None:
        return unknown("metering point", row.gsrn)
    hung = meters.get((point.id, row.serial))
    if hung is None:
        return Refusal(
            f"serial: metering point {row.gsrn} has no meter {row.serial}; correct it, or send the meter in feed "
            "metering_points first"
        )
    refusal = _unit(row, point) or _ahead(row, now) or _down(row, *hung)
    refusal = refusal or before_it("read_on", row.read_on, point) or after_it("read_on", row.read_on, point)
    return refusal or Wanted({"metering_point_id": point.id, **row.model_dump(exclude={"gsrn"})})


def _unit(row: RegisterReadingEntry, point: KnownPoint) -> Refusal | None:
    if row.counts is Register.VOLUME and not point.energy.is_carried_by_water:
        return Refusal(f"counts: a meter of {point.energy} has none of volume; send total")
    if (row.unit is RegisterUnit.M3) is (row.counts is Register.VOLUME) or point.energy.is_metered_by_volume:
        return None
    fits = "m3" if row.counts is Register.VOLUME else "kWh or MWh"
    return Refusal(f"unit: the {row.counts} register of a meter of {point.energy} counts in {fits}, not {row.unit}")


def _ahead(row: RegisterReadingEntry, now: datetime) -> Refusal | None:
    if (row.read_at or now) <= now and row.read_on <= (today := day_of(now)):
        return None
    field, until = ("read_on", f"today, {today}") if row.read_on > day_of(now) else ("read_at", "now")
    return Refusal(f"{field}: lies after {until}; send what was read, with its day in Helsinki")


def _down(row: RegisterReadingEntry, installed: date | None, removed: date | None) -> Refusal | None:
    """The refusal of a reading of a meter that did not hang there on the day."""
    if installed and row.read_on < installed:
        said, field = f"before meter {row.serial} was hung on {installed}", "installed_on"
    elif removed and removed < row.read_on:
        said, field = f"after meter {row.serial} was taken down on {removed}", "removed_on"
    else:
        return None
    return Refusal(f"read_on: lies {said}; correct it, or {field} in feed metering_points")


Known = tuple[UUID, str, str, date]


def _doubts(db: Session, points: Collection[UUID]) -> Mapping[Known, Sequence[str]]:
    """Why readings of points that stand in the register are doubtful, by what they are known by."""
    found: defaultdict[Known, list[str]] = defaultdict(list)
    for point, values in _standing(db, points):
        for before, now in pairwise(values):
            if rules.counted(before, now) is None:
                for one in (before, now):
                    found[point, one.serial, one.register, one.read_on].append(_doubt(before, now))
    return found


def _doubt(before: RegisterValue, now: RegisterValue) -> str:
    if before.unit is not now.unit:
        said = f"{now.unit} on {now.read_on} does not follow {before.unit} on {before.read_on}"
        return f"unit: {said}; correct one of them"
    said = f"{now.value.normalize():f} on {now.read_on} is less than {before.value.normalize():f} on {before.read_on}"
    return f"reading: {said}; correct one of them, or send digits if the register turned over"


def _standing(db: Session, points: Collection[UUID]) -> Iterator[tuple[UUID, Sequence[RegisterValue]]]:
    """The readings of each register of each meter of some points, in time order."""
    for some in portions(points):
        asked = select(TABLE.c.metering_point_id, *TABLE.c[VALUE]).where(TABLE.c.metering_point_id.in_(some))
        registers: defaultdict[tuple[UUID, str, str], list[RegisterValue]] = defaultdict(list)
        for point, *columns in db.connection().execute(asked.order_by(TABLE.c.read_on)):
            value = value_of(*columns)
            registers[point, value.serial, value.register].append(value)
        yield from ((point, values) for (point, *_), values in registers.items())
