"""What the weather was where a person's sites are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.kit.clock import first_of_month
from portal.kit.db import table_of
from portal.kit.questions import Question, any_of, given
from portal.sites.models import Occupancy, Site
from portal.weather.hours import NOTHING, Temperatures, joined, key_of
from portal.weather.models import WeatherMonth

SITE, HELD, MONTH = table_of(Site), table_of(Occupancy), table_of(WeatherMonth)
SCOPE: Final = Scope(HELD.c.party_id, SITE.c.id, {Theme.CONSUMPTION})


def _place(town: str, named: str | None) -> str:
    return named or town


def _month(month: date, temperatures: bytes) -> tuple[date, bytes]:
    return month, temperatures


PLACES: Final = SCOPE.question(
    _place,
    select(*SITE.c["town", "weather_place"])
    .join_from(SITE, HELD, HELD.c.site_id == SITE.c.id)
    .where(any_of(SITE.c.id, "sites_asked"))
    .distinct()
    .order_by(*SITE.c["town", "weather_place"]),
)
MONTHS: Final = Question(
    _month,
    select(*MONTH.c["month", "temperatures"])
    .where(MONTH.c.place == given("place"), MONTH.c.month.between(given("first"), given("last")))
    .order_by(MONTH.c.month),
)


@dataclass(frozen=True, slots=True)
class Weather:
    """What the weather was at some sites.

    place: where it was measured; None where the sites are in different places, or in none that one knows
    temperatures: of months, whole, without any where nobody told them
    """

    place: str | None
    temperatures: Temperatures


def of_sites(db: Session, who: User, sites: Collection[UUID], first: date, last: date) -> Weather:
    """The weather at sites in the months in which the days from the first to the last lie, in two statements.

    Sites of which the person may not see the consumption are in no place.
    """
    names = {key_of(name): name for name in PLACES.all(db, who, sites_asked=sites)}
    if len(names) != 1:
        return Weather(None, NOTHING)
    ((key, name),) = names.items()
    return Weather(name, joined(dict(MONTHS.all(db, place=key, first=first_of_month(first), last=last))))
