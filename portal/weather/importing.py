"""How the utility's own systems tell of the weather, and how it is kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

import numpy as np
from pydantic import AfterValidator, Field
from sqlalchemy import select
from sqlmodel import Session

from portal.kit.clock import DAY, day_of
from portal.kit.db import one_at_a_time, table_of, upsert
from portal.kit.feed import FeedRow, ImportContext, Moment, Outcome, Refusal, Verdict, decimal, signed, words
from portal.weather import hours
from portal.weather.hours import UNITS_PER_DEGREE, Temperatures, Which, Whole, hour_of, key_of
from portal.weather.models import WeatherMonth

LOWEST, HIGHEST = -60, 45  # °C; Finland's records are -51.5 (1999) and +37.2 (2010)
MONTHS: Final = table_of(WeatherMonth)


def _on_the_hour(time: datetime) -> datetime:
    if time.minute or time.second or time.microsecond:
        raise ValueError('is not on the hour; send one temperature for each full hour, such as "2026-11-21T18:00:00Z"')
    return time


def _outdoors(degrees: Decimal) -> Decimal:
    if not LOWEST <= degrees <= HIGHEST:
        raise ValueError(
            f"must lie between {LOWEST} and {HIGHEST}; send degrees Celsius, and leave out what a broken sensor told"
        )
    return degrees


class WeatherEntry(FeedRow):
    """The outdoor temperature of a place in one hour, of any source: a weather station, or the utility's own sensor."""

    place: Annotated[str, words(100)] = Field(
        description="Where: the post town of sites, or what they name as `weather_place`; capitals make no difference.",
        examples=["Turku"],
    )
    time: Annotated[Moment, AfterValidator(_on_the_hour)] = Field(
        description="When the hour begins, in UTC; not later than tomorrow.", examples=["2026-11-21T18:00:00Z"]
    )
    degrees: Annotated[Decimal, signed(decimal(2, 2)), AfterValidator(_outdoors)] = Field(
        description="Degrees Celsius, -60 to 45.", examples=["-4.2"]
    )


def keep_weather(db: Session, rows: Sequence[WeatherEntry], context: ImportContext) -> list[Verdict]:
    """Keep temperatures, hour by hour."""
    tomorrow = day_of(context.now) + DAY
    verdicts: list[Verdict] = [_too_late(row, tomorrow) or Outcome.UNCHANGED for row in rows]
    of_place: defaultdict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if not isinstance(verdicts[at], Refusal):
            of_place[key_of(row.place)].append(at)
    told = {place: _told(rows[at] for at in every) for place, every in of_place.items()}
    for place, changed in _keep(db, told).items():
        for at in np.array(of_place[place])[changed].tolist():
            verdicts[at] = Outcome.ACCEPTED
    return verdicts


def record(db: Session, told: Mapping[str, Temperatures]) -> int:
    """Keep the temperatures of places as they are told in arrays; how many hours were new or different."""
    every = {
        key_of(place): (np.arange(one.first, one.until)[known], one.hundredths[known])
        for place, one in told.items()
        for known in [one.hundredths != hours.UNTOLD]
    }
    return sum(int(changed.sum()) for changed in _keep(db, every).values())


Told = tuple[Whole, Whole]
"""Hours in any order, and the temperature of each, in 1/100 °C."""


def _told(rows: Iterable[WeatherEntry]) -> Told:
    pairs = [(hour_of(row.time), int(row.degrees * UNITS_PER_DEGREE)) for row in rows]
    every, hundredths = np.array(pairs, np.int64).T
    return every, hundredths


def _too_late(row: WeatherEntry, tomorrow: date) -> Refusal | None:
    if day_of(row.time) <= tomorrow:
        return None
    return Refusal(f"time: lies later than tomorrow, {tomorrow}; send what was measured, with its time in UTC")


def _keep(db: Session, told: Mapping[str, Told]) -> Mapping[str, Which]:
    """Write the months that differ; of each hour that is told, whether it is new or different.

    A month is read and written whole: where two imports tell of the weather, one waits for the other.
    """
    parts = [(place, month, which) for place, (every, _) in told.items() for month, which in hours.by_month(every)]
    changed = {place: np.zeros(len(every), np.bool_) for place, (every, _) in told.items()}
    if not parts:
        return changed
    one_at_a_time(db, "weather")
    kept = _kept(db, told.keys(), [month for _, month, _ in parts])
    new = []
    for place, month, which in parts:
        every, hundredths = told[place]
        before = hours.unpacked(month, kept.get((place, month), b""))
        after, at = before.copy(), every[which] - hours.start_hour(month)
        after[at] = hundredths[which]
        changed[place][which] = before[at] != after[at]
        if changed[place][which].any():
            new.append({"place": place, "month": month, "temperatures": hours.packed(after)})
    upsert(db, MONTHS, new)
    return changed


def _kept(db: Session, places: Iterable[str], of: Sequence[date]) -> Mapping[tuple[str, date], bytes]:
    asked = select(MONTHS).where(MONTHS.c.place.in_(list(places)), MONTHS.c.month.between(min(of), max(of)))
    return {(place, month): temperatures for place, month, temperatures in db.connection().execute(asked)}
