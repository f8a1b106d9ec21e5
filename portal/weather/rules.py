"""What outdoor temperatures say of heating: means, degree days, and heat as it would have been in other weather."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np

from portal.kit.clock import DAY, next_month
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTERS_AN_HOUR, day_starts
from portal.weather.hours import UNITS_PER_DEGREE, Temperatures, Whole

INDOORS: Final = Decimal(17)  # the S17 of the name: sun, people and machines warm a home from there
HEATED_BELOW: Final = (Decimal(10), Decimal(12))  # in spring and in autumn: the mean of a day from which nobody heats
FIRST_MONTH_OF_AUTUMN: Final = 7
KNOWN_FROM: Final = (3, 4)  # of the hours
SUMMER: Final = frozenset({6, 7, 8})
YEARS_BEFORE: Final = 3  # that Decree 254/2021 wants beside a year of heat


@dataclass(frozen=True, slots=True)
class HeatedMonth:
    """A month of heat and its weather.

    month: its first day
    heat: what was used; None where it is not known of the whole month
    degree_days: None where they are not known
    """

    month: date
    heat: Energy | None
    degree_days: Decimal | None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (next_month(self.month) - self.month).days


@dataclass(frozen=True, slots=True)
class SameWeather:
    """A month of heat, and what the same month of years before would have taken in its weather.

    before: by year; None where that is not known
    """

    now: HeatedMonth
    heat: Energy
    before: Mapping[int, Energy | None]

    @property
    def mean_before(self) -> Energy | None:
        """The mean of the years before that are known."""
        known = [energy.milliwatt_hours for energy in self.before.values() if energy is not None]
        return Energy(round(Decimal(sum(known)) / len(known))) if known else None


def means(temperatures: Temperatures, edges: Whole, until: int) -> list[Decimal | None]:
    """The mean temperature, °C, of each stretch between two edges, as far as it lies before `until`; all are hours.

    None where fewer than three of four of these hours are told. The mean is that of the hours, so that no observation
    counts more than another; days of 23 and 25 hours have as many as they have.
    """
    sums, told = temperatures.sums(edges)
    expected = np.diff(np.minimum(edges, until))
    part, whole = KNOWN_FROM
    known = (told * whole >= expected * part) & (told > 0) & (expected > 0)
    return [
        Decimal(hundredths) / (hours * UNITS_PER_DEGREE) if is_known else None
        for hundredths, hours, is_known in zip(sums.tolist(), told.tolist(), known.tolist(), strict=True)
    ]


def day_means(temperatures: Temperatures, first: date, last: date) -> list[Decimal | None]:
    """The mean temperature, °C, of each day of Helsinki from the first to the last; None where too little is told."""
    edges = day_starts(first, last) // QUARTERS_AN_HOUR
    return means(temperatures, edges, int(edges[-1]))


def degree_days_of(day: date, mean: Decimal) -> Decimal:
    """The heating degree days (S17) of a day with this mean temperature, °C.

    What the mean lacks of 17 °C; none on a day warmer than +10 °C from January to June, or than +12 °C from July to
    December, for nobody is taken to heat then. This is how the Finnish Meteorological Institute counts them
    (ilmatieteenlaitos.fi/lammitystarveluvut); it says spring and autumn, and we part them at midsummer.
    """
    if mean > HEATED_BELOW[day.month >= FIRST_MONTH_OF_AUTUMN]:
        return Decimal(0)
    return INDOORS - mean


def degree_days(temperatures: Temperatures, first: date, last: date) -> Decimal | None:
    """The heating degree days of the days from the first to the last; None where the mean of any of them is unknown.

    The institute says nothing of hours that are missing: a day counts with three of four hours, a month with all days.
    """
    means_of_days = day_means(temperatures, first, last)
    return total(
        None if mean is None else degree_days_of(first + number * DAY, mean)
        for number, mean in enumerate(means_of_days)
    )


def total(each: Iterable[Decimal | None]) -> Decimal | None:
    """All together; None where one is unknown."""
    every = list(each)
    known = [one for one in every if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(every) else None


def normalised(heat: Energy, water: Energy, had: Decimal, wanted: Decimal) -> Energy:
    """What a stretch of time would have taken of heat in another weather, rounded to the milliwatt-hour.

    heat: what it took; water: what of it warmed water, which does not depend on the weather
    had, wanted: the degree days of the time, and of the weather that is wanted

    Motiva's first formula (Kulutuksen normitus, Laskukaavat: Lämmitysenergiankulutus, motiva.fi), by which Q_norm =
    S_N / S * Q_heating + Q_water; where nothing had to be heated, or all was water, it is as it was.
    """
    rooms = heat - water
    if rooms.milliwatt_hours <= 0 or not had:
        return heat
    there = (rooms.milliwatt_hours * wanted / had).quantize(Decimal(1), ROUND_HALF_UP)
    return water + Energy(int(there))


def water_a_day(months: Iterable[HeatedMonth]) -> Decimal | None:
    """What of the heat of a day warms water, in milliwatt-hours: the mean of a day of June to August.

    None where no such month is known. Motiva takes what is measured first (Laskukaavat: Lämmin käyttövesi, motiva.fi),
    and of heat that is measured alone its summer tells, as district-heating companies advise.
    """
    summer = (month for month in months if month.month.month in SUMMER)
    known = [(month.heat.milliwatt_hours, month.days) for month in summer if month.heat is not None]
    days = sum(days for _, days in known)
    return Decimal(sum(heat for heat, _ in known)) / days if days else None


def in_the_weather_of(year: int, months: Sequence[HeatedMonth]) -> list[SameWeather]:
    """The months of a year of which heat and weather are known, each beside those of the three years before.

    months: of all four years, in any order; nothing comes of them where none of a summer is known
    Heat of June to August is taken as it was: it warms water, and its few degree days would blow up what is left.
    """
    water = water_a_day(months)
    if water is None:
        return []
    of_month = {month.month: month for month in months}
    rows = []
    for now in sorted((month for month in months if month.month.year == year), key=lambda month: month.month):
        if now.heat is not None and now.degree_days is not None:
            earlier = {
                year - ago: of_month.get(now.month.replace(year=year - ago)) for ago in range(1, YEARS_BEFORE + 1)
            }
            before = {then_year: _in_weather(then, now.degree_days, water) for then_year, then in earlier.items()}
            rows.append(SameWeather(now, now.heat, before))
    return rows


def _in_weather(then: HeatedMonth | None, wanted: Decimal, water_each_day: Decimal) -> Energy | None:
    if then is None or then.heat is None or then.degree_days is None:
        return None
    if then.month.month in SUMMER:
        return then.heat
    return normalised(then.heat, Energy(round(water_each_day * then.days)), then.degree_days, wanted)
