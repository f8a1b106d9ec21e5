"""One customer's readings as Datahub writes them: a file for each metering point, for the days they held its site."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from portal.consumption import store
from portal.consumption.formats import datahub_writing
from portal.consumption.formats.datahub import SeriesReadings
from portal.consumption.models import MonthTotal
from portal.kit.clock import DAY, next_month
from portal.kit.db import Database, table_of
from portal.kit.privacy import DataSubject
from portal.sites.kinds import ReadingType
from portal.sites.models import MeteringPoint, Occupancy

POINT, OCCUPANCY, MONTH = table_of(MeteringPoint), table_of(Occupancy), table_of(MonthTotal)


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """Days on which the customer held a metering point, as far as a series of it has readings."""

    gsrn: str
    point: UUID
    reading_type: ReadingType
    first: date
    last: date


def held(db: Session, subject: DataSubject) -> list[HeldPoint]:
    """Every metering point of the customer with its days, by its number and in time order."""
    known = (
        select(
            *POINT.c["gsrn", "id"],
            MONTH.c.reading_type,
            *OCCUPANCY.c["since", "until"],
            func.min(MONTH.c.month),
            func.max(MONTH.c.month),
        )
        .join_from(OCCUPANCY, POINT, POINT.c.site_id == OCCUPANCY.c.site_id)
        .join(MONTH, MONTH.c.metering_point_id == POINT.c.id)
        .where(OCCUPANCY.c.party_id == subject.party_id)
        .group_by(POINT.c.gsrn, POINT.c.id, MONTH.c.reading_type, OCCUPANCY.c.since, OCCUPANCY.c.until)
        .order_by(POINT.c.gsrn, MONTH.c.reading_type, OCCUPANCY.c.since)
    )
    every = [_held(*row) for row in db.execute(known)]
    return [one for one in every if one.first <= one.last]


def written(database: Database, days: Iterable[HeldPoint]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each point's number, and its file in pieces; a point is to be read before the next one.

    A year is read at a time, each in a transaction of its own: a company's readings take a while to be sent.
    """
    for gsrn, of_point in groupby(days, key=lambda one: one.gsrn):
        yield gsrn, _ahead(_pieces(database, list(of_point)))


def _pieces(database: Database, days: Iterable[HeldPoint]) -> Iterator[bytes]:
    yield datahub_writing.HEAD
    for occupancy in days:
        first = occupancy.first
        while first <= occupancy.last:
            last = min(occupancy.last, date(first.year, 12, 31))
            with database.reading() as db:
                readings = store.read(db, occupancy.point, first, last, occupancy.reading_type)
            yield from datahub_writing.lines(SeriesReadings(occupancy.gsrn, readings, occupancy.reading_type))
            first = last + DAY


def _ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, each made while the one before it is packed: a company's are gigabytes, and numpy and zlib share."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = maker.submit(next, pieces, None)
            yield piece


def _held(gsrn: str, point: UUID, reading_type: str, since: date, until: date | None, *months: date) -> HeldPoint:
    first_month, last_month = months
    end = next_month(last_month) - DAY
    return HeldPoint(gsrn, point, ReadingType(reading_type), max(first_month, since), min(end, until or end))
