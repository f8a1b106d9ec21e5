"""What an authorisation would be: a request held against what the customer holds today and what is offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final
from uuid import UUID

import numpy as np
from sqlmodel import Session

from portal.auth.people import User
from portal.consents.authorisations import labels, queries
from portal.consents.authorisations.forms import AuthorisationRequest
from portal.consents.authorisations.models import ThirdParty
from portal.consents.authorisations.notices import Edition, Facts
from portal.consents.authorisations.records import Given
from portal.consents.authorisations.rules import Resolution, may_last_until
from portal.consents.editions import Wording
from portal.consumption import store
from portal.consumption.charts import Mark
from portal.consumption.rules import ESTIMATED, by_hour, weakest
from portal.consumption.selection import Point
from portal.consumption.store import PointDays
from portal.contracts.tariff_periods import Days
from portal.kit.clock import day_of, first_of_month
from portal.kit.energy import Energy
from portal.kit.errors import Invalid
from portal.kit.i18n import Language, Text, text
from portal.kit.intervals import Intervals, Quality, instant_of

SHOWN_POINTS: Final = 3
SHOWN_READINGS: Final = 8


class CannotBeGiven(Invalid):
    """The request does not fit what is; `field` is where to mend it."""

    def __init__(self, field: str, says: Text) -> None:
        super().__init__(field)
        self.field = field
        self.says = says


@dataclass(frozen=True, slots=True)
class Offer:
    """An authorisation that can be given as it stands."""

    party_id: UUID
    company: ThirdParty
    points: Sequence[Point]
    resolution: Resolution
    term: Days
    replaces: Given | None

    def wording(self, edition: Edition, language: Language) -> Wording:
        """What the customer reads about it."""
        facts = Facts(self.company, [point.gsrn for point in self.points], self.resolution, self.term)
        return edition.wording(facts, language)

    @property
    def words(self) -> Text:
        """How finely the company would see readings."""
        return labels.RESOLUTIONS[self.resolution]


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest readings of a metering point as the company would see them."""

    point: Point
    day: date
    intervals: Intervals

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.intervals)

    @property
    def first(self) -> Sequence[tuple[datetime, Energy | None, Mark]]:
        """The first of them: when, how much (None where it is missing), and what is to be known of it."""
        columns = (self.intervals.quarter, self.intervals.milliwatt_hours, self.intervals.quality)
        return [
            (instant_of(quarter), None if quality == Quality.MISSING else Energy(milliwatt_hours), _mark(quality))
            for quarter, milliwatt_hours, quality in zip(
                *(column[:SHOWN_READINGS].tolist() for column in columns), strict=True
            )
        ]


def offer(db: Session, who: User, request: AuthorisationRequest, today: date) -> Offer:
    """What the request comes to today.

    Raises CannotBeGiven.
    """
    company = _company(db, who, request)
    points, party_id = _points(db, who, request, today)
    if request.until < today:
        raise CannotBeGiven("until", text("Choose a day that is not over."))
    if request.until > may_last_until(today):
        raise CannotBeGiven("until", text("An authorisation lasts two years at most."))
    replaces = queries.by_id(db, who, request.renew) if request.renew else None
    renews = replaces and (replaces.company.id, replaces.authorisation.party_id) == (company.id, party_id)
    return Offer(
        party_id, company, points, request.resolution, Days(today, request.until), replaces if renews else None
    )


def samples(db: Session, who: User, offered: Offer) -> Sequence[Sample]:
    """The readings of the newest day (of its month, where months are shown) of the first few points."""
    newest: Mapping[Point, date] = {
        point: day_of(instant_of(until - 1)) for point in offered.points if (until := point.known_until(who.parties))
    }
    shown = list(islice(newest.items(), SHOWN_POINTS))
    by_month = offered.resolution is Resolution.MONTH
    wanted = [
        PointDays(
            point.id,
            max(first_of_month(day), _held_since(point, who, day)) if by_month else day,
            day,
            reading_type=point.reading_type,
        )
        for point, day in shown
    ]
    known = store.read_all(db, wanted)
    return [_sample(*pair, of.intervals, offered.resolution) for pair, of in zip(shown, known, strict=True)]


def _company(db: Session, who: User, request: AuthorisationRequest) -> ThirdParty:
    for company in queries.companies(db, who):
        if company.id == request.company:
            return company
    raise CannotBeGiven("company", text("Choose one of the companies."))


def _points(db: Session, who: User, request: AuthorisationRequest, today: date) -> tuple[Sequence[Point], UUID]:
    """The points that are meant, and whose they are."""
    held = queries.points_held(db, who, today)
    meant = [point for point in held if not request.points or point.id in request.points]
    if not meant or not set(request.points) <= {point.id for point in meant}:
        raise CannotBeGiven("points", text("Choose among the present metering points."))
    holders = {_holder(point, who, today) for point in meant}
    if len(holders) > 1:
        raise CannotBeGiven("points", text("Choose metering points of one customer number at a time."))
    return meant, holders.pop()


def _holder(point: Point, who: User, today: date) -> UUID:
    return min(
        held.party_id for held in point.held_days if held.party_id in who.parties and held.first <= today <= held.last
    )


def _held_since(point: Point, who: User, day: date) -> date:
    return next(first for first, last in point.held_by(who.parties) if first <= day <= last)


def _sample(point: Point, day: date, intervals: Intervals, resolution: Resolution) -> Sample:
    match resolution:
        case Resolution.QUARTER:
            fine = intervals
        case Resolution.HOUR:
            fine = by_hour(intervals)
        case Resolution.DAY | Resolution.MONTH:
            fine = _in_one(intervals)
    return Sample(point, day, fine)


def _in_one(intervals: Intervals) -> Intervals:
    """All intervals as one, with the weakest quality inside."""
    if not len(intervals):
        return intervals
    quality = weakest([Quality(one) for one in np.unique(intervals.quality)])
    return Intervals(
        intervals.quarter[:1],
        intervals.length.sum(keepdims=True),
        intervals.milliwatt_hours.sum(keepdims=True),
        np.array([quality], np.uint8),
    )


def _mark(quality: int) -> Mark:
    match Quality(quality):
        case Quality.MISSING:
            return Mark.MISSING
        case Quality.PMISSING:
            return Mark.PARTLY
        case Quality.REVISED:
            return Mark.REVISED
        case known:
            return Mark.ESTIMATED if known in ESTIMATED else Mark.MEASURED
