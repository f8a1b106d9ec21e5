"""What was corrected of readings, and why: as the utility tells it, or else as the delivery itself shows.

It is for the system's own use and asks nobody who they are: what a customer may see, queries.py decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from portal.consumption import history, labels, rules
from portal.consumption.history import RevisedHours
from portal.consumption.kinds import Cause
from portal.consumption.models import RevisionReason
from portal.consumption.store import PointDays
from portal.kit.clock import DAY
from portal.kit.db import table_of
from portal.kit.i18n import Text
from portal.kit.questions import Question, any_of, given

REASONS = table_of(RevisionReason)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why readings were corrected, and what the utility says of it besides; without a cause nobody told why."""

    cause: Cause | None
    note: str | None = None

    @property
    def words(self) -> Text:
        """The cause in words, inside a sentence."""
        return labels.CAUSES[self.cause] if self.cause else labels.NOT_TOLD


@dataclass(frozen=True, slots=True)
class Corrected:
    """Hours in which a delivery put values in the place of others, and the different reasons for it."""

    hours: RevisedHours
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class _Told:
    point: UUID
    reading_type: str
    first: date
    last: date
    at: datetime
    reason: Reason

    def is_about(self, series: PointDays, day: date) -> bool:
        is_same = (self.point, self.reading_type) == (series.metering_point_id, series.reading_type)
        return is_same and self.first <= day <= self.last


def _told(*row: Any) -> _Told:  # noqa: ANN401 - the columns of TOLD
    point, reading_type, first, last, at, cause, note = row
    return _Told(point, reading_type, first, last, at, Reason(Cause(cause), note))


TOLD: Final = Question(
    _told,
    select(
        *REASONS.c["metering_point_id", "reading_type", "first_day", "last_day", "told_at", "cause", "note"],
    )
    .where(
        any_of(REASONS.c.metering_point_id, "points"),
        REASONS.c.first_day <= given("last"),
        REASONS.c.last_day >= given("first"),
    )
    .order_by(REASONS.c.first_day, REASONS.c.told_at),
)


def of_days(db: Session, wanted: Sequence[PointDays]) -> Sequence[Corrected]:
    """What deliveries corrected of the readings of some days of points, the newest first."""
    return among(db, history.revised(db, wanted))


def among(db: Session, revised: Iterable[RevisedHours]) -> Sequence[Corrected]:
    """What was corrected among hours that deliveries changed.

    Reasons are asked for once, and not at all where nothing was corrected.
    """
    every = [hours for hours in revised if hours.corrects]
    if not every:
        return ()
    told = TOLD.all(
        db,
        points={hours.days.metering_point_id for hours in every},
        first=min(hours.time.first_day for hours in every),
        last=max(hours.time.last_day for hours in every),
    )
    return [Corrected(hours, _reasons(hours, told)) for hours in every]


def _reasons(hours: RevisedHours, told: Iterable[_Told]) -> Sequence[Reason]:
    """Of each day the reason that was told nearest to the delivery: a day may have been corrected more than once."""
    first, last = hours.time.first_day, hours.time.last_day
    found: dict[Reason, None] = {}
    for day in (first + DAY * number for number in range((last - first).days + 1)):
        about = [one for one in told if one.is_about(hours.days, day)]
        if about:
            found[min(about, key=lambda one: abs(one.at - hours.at)).reason] = None
    return tuple(found) or (_shown(hours),)


def _shown(hours: RevisedHours) -> Reason:
    """What the delivery shows of it."""
    return Reason(Cause.ESTIMATE_REPLACED if rules.replaces_estimates(hours.before, hours.since) else None)
