"""How the utility's own systems tell why readings were corrected, and how it is kept."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import Field, model_validator
from sqlmodel import Session

from portal.consumption.kinds import Cause
from portal.consumption.models import RevisionReason
from portal.kit.clock import day_of
from portal.kit.feed import Day, FeedRow, ImportContext, Moment, Refusal, Verdict, unknown, words
from portal.kit.mirror import Kept, Wanted, mirror
from portal.sites.importing import Gsrn, KnownPoint, known_points
from portal.sites.kinds import ReadingType


class RevisionEntry(FeedRow):
    """Why the readings of some days of a metering point were corrected. The corrected readings come as readings do."""

    gsrn: Gsrn
    reading_type: ReadingType = Field(
        description="Which of its series: BN01 metered, BN02 netted, BN03 with an energy community's share; reactive, "
        "estimate, lower, volume, flow, return.",
        examples=["BN01"],
    )
    first_day: Day = Field(description="First day that was corrected.", examples=["2026-10-20"])
    last_day: Day = Field(description="Last day that was corrected; not later than today.", examples=["2026-10-21"])
    told_at: Moment = Field(
        description="When it was told. Of several reasons for a day the one that was told nearest to the arrival of "
        "the readings is shown beside them.",
        examples=["2026-11-19T07:15:00Z"],
    )
    reason: Cause = Field(
        description="meter-fault, communication-fault, estimate-replaced (by a measured value), wrong-constant (of the "
        "meter), meter-changed, other.",
        examples=["meter-fault"],
    )
    note: Annotated[str, words(300)] | None = Field(
        description="What the customer should know besides, in their language, or null.",
        examples=["Mittari vaihdettiin 21.10.2026."],
    )

    @model_validator(mode="after")
    def ends_later(self) -> "RevisionEntry":
        """The last day is not before the first."""
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        return self


REVISION_REASONS: Final = Kept(RevisionReason, ("metering_point_id", "reading_type", "first_day", "told_at"))


def keep_revisions(db: Session, rows: Sequence[RevisionEntry], context: ImportContext) -> list[Verdict]:
    """Keep why readings were corrected."""
    points = known_points(db, {row.gsrn for row in rows})
    return mirror(db, REVISION_REASONS, [_revision(row, points, context.now) for row in rows])


def _revision(row: RevisionEntry, points: Mapping[str, KnownPoint], now: datetime) -> Wanted | Refusal:
    point = points.get(row.gsrn)
    if point is None:
        return unknown("metering point", row.gsrn)
    refusal = _refusal(row, point, now)
    if refusal:
        return refusal
    told = row.model_dump(exclude={"gsrn", "reason"})
    return Wanted({"metering_point_id": point.id, **told, "cause": row.reason})


def _refusal(row: RevisionEntry, point: KnownPoint, now: datetime) -> Refusal | None:
    if row.reading_type not in point.energy.trade.series:
        there = ", ".join(point.energy.trade.series)
        return Refusal(
            f"reading_type: a metering point of {point.energy} has no {row.reading_type}; send one of {there}"
        )
    if row.told_at > now:
        return Refusal("told_at: lies in the future; send when it was told, in UTC")
    if row.last_day > (today := day_of(now)):
        return Refusal(f"last_day: lies after today, {today}; send the days that were corrected")
    return before_it("last_day", row.last_day, point) or after_it("first_day", row.first_day, point)


def before_it(field: str, day: date, point: KnownPoint) -> Refusal | None:
    """The refusal of a day before the metering point is there."""
    if point.valid_from is None or point.valid_from <= day:
        return None
    return Refusal(
        f"{field}: lies before the first day of the metering point, {point.valid_from}; correct it, or valid_from in "
        "feed metering_points"
    )


def after_it(field: str, day: date, point: KnownPoint) -> Refusal | None:
    """The refusal of a day after it was there."""
    if point.valid_to is None or day <= point.valid_to:
        return None
    return Refusal(
        f"{field}: lies after the last day of the metering point, {point.valid_to}; correct it, or valid_to in feed "
        "metering_points"
    )
