"""How invented people use energy: load profiles made of habits, season and weather, quarter by quarter."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.demo import wall_clock, weather
from portal.demo.chance import Real, Whole, normal, uniform, wave
from portal.demo.wall_clock import WallClock
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTERS_A_DAY, QUARTERS_AN_HOUR

MWH_PER_WH: Final = MILLIWATT_HOURS_PER_KWH // 1000
EVERY_DAY: Final = (1.0,) * 7
WORKDAYS: Final = (1.0,) * 5 + (0.0,) * 2
WEEKENDS: Final = (0.0,) * 5 + (1.0,) * 2
SATURDAYS: Final = (0.0,) * 5 + (1.0, 0.0)
AWAKE: Final = ([0, 6, 7, 21.5, 23.5, 24], [0.1, 0.1, 1, 1, 0.1, 0.1])  # hour of day; share of lamps needed when dark


@dataclass(frozen=True)
class Habit:
    """Something that is switched on at about the same time of some days: a stove, a sauna, a washing machine.

    at: hour of day when it usually begins, give or take `spread_h`
    chance: of its happening, Monday to Sunday
    """

    name: str
    kw: float
    at: float
    hours: float
    chance: tuple[float, ...] = EVERY_DAY
    spread_h: float = 0.4


@dataclass(frozen=True)
class PerDegree:
    """Power that grows with every degree by which the air is colder than a balance point, or warmer for what chills."""

    kw: float
    balance: float


@dataclass(frozen=True)
class Home:
    """What runs in a home, and when its people are away (month and day as 101 to 1231, both ends included)."""

    name: str
    always_kw: float
    lights_kw: float
    habits: tuple[Habit, ...]
    away: tuple[tuple[int, int], ...] = ()
    heating: PerDegree | None = None
    chilling: PerDegree | None = None


@dataclass(frozen=True)
class Panels:
    """Solar panels that lean to the south."""

    kw_peak: float
    tilt: float = 0.6


def demand(home: Home, quarter: Whole) -> Real:
    """The mean electric power of each quarter, kW."""
    clock = wall_clock.shown_at(quarter)
    present = ~_within(clock, home.away)
    mood = 1 + 0.14 * normal(f"{home.name}/mood", clock.day)
    busy = sum((_power(home.name, habit, clock) for habit in home.habits), np.zeros(len(quarter)))
    always = home.always_kw * (1 + 0.25 * normal(f"{home.name}/fridge", quarter))
    kw = np.maximum(always, 0.3 * home.always_kw) + present * mood * (busy + _lights(home, quarter, clock))
    if home.heating:
        kw += _heating(home.heating, quarter) * (0.5 + 0.5 * present)
    return np.asarray(kw)


def heat(home: Home, hour: Whole) -> Real:
    """The mean thermal power of each hour (given by its first quarter), kW: rooms, and warm water as habits."""
    clock = wall_clock.shown_at(hour)
    present = ~_within(clock, home.away)
    water = sum((_power(home.name, habit, clock, 1.0) for habit in home.habits), np.zeros(len(hour)))
    steady = 1 + 0.05 * normal(f"{home.name}/valve", hour)
    rooms = _heating(home.heating, hour) if home.heating else np.zeros(len(hour))
    return np.asarray((home.always_kw + rooms) * steady * (0.8 + 0.2 * present) + present * water)


def chill(home: Home, hour: Whole) -> Real:
    """The mean power that cools the rooms in each hour (given by its first quarter), kW: none in the cold."""
    if home.chilling is None:
        return np.zeros(len(hour))
    present = ~_within(wall_clock.shown_at(hour), home.away)
    steady = 1 + 0.05 * normal(f"{home.name}/valve", hour)
    rooms = home.chilling.kw * np.clip(weather.lately(hour) - home.chilling.balance, 0, None)
    return np.asarray(rooms * steady * (0.6 + 0.4 * present))


def sunshine(panels: Panels, quarter: Whole) -> Real:
    """The mean power of solar panels in each quarter, kW; clouds dim it, snow lies on it in midwinter."""
    up = weather.sun_height(quarter)
    facing = np.clip(weather.sun_height(quarter, panels.tilt), 0, None)
    air = 0.75 ** (1 / np.clip(up, 0.05, None))  # the lower the sun, the longer its way through the air
    open_sky = 1 - 0.82 * weather.clouds(quarter) ** 1.5
    snow = np.where(
        weather.temperature(quarter // QUARTERS_A_DAY * QUARTERS_A_DAY + QUARTERS_A_DAY // 2) < -2, 0.35, 1.0
    )
    flicker = 1 + 0.08 * normal("flicker", quarter)
    return np.asarray(np.where(up > 0, panels.kw_peak * 1.1 * facing * air * open_sky * snow * flicker, 0.0))


def measured(kw: Real, quarters_each: int) -> Whole:
    """What a meter that shows whole watt-hours says of mean powers: milliwatt-hours, never negative."""
    watt_hours = np.rint(np.clip(kw, 0, None) * 1000 * quarters_each / QUARTERS_AN_HOUR)
    return watt_hours.astype(np.int64) * MWH_PER_WH


def _power(home: str, habit: Habit, clock: WallClock, step_h: float = 1 / QUARTERS_AN_HOUR) -> Real:
    """The mean power of a habit in steps of `step_h` hours, kW."""
    name = f"{home}/{habit.name}"
    days = np.arange(clock.day[0], clock.day[-1] + 1)
    begins = (habit.at + habit.spread_h * normal(name, days))[clock.day - days[0]]
    luck = uniform(f"{name}?", days)[clock.day - days[0]]
    on_h = np.minimum(clock.hour + step_h, begins + habit.hours) - np.maximum(clock.hour, begins)
    return np.asarray(habit.kw * (luck < np.array(habit.chance)[clock.weekday]) * np.clip(on_h / step_h, 0, 1))


def _lights(home: Home, quarter: Whole, clock: WallClock) -> Real:
    dark = np.clip(0.5 - 4 * weather.sun_height(quarter), 0.08, 1)
    return np.asarray(home.lights_kw * dark * np.interp(clock.hour, *AWAKE))


def _heating(heating: PerDegree, quarter: Whole) -> Real:
    """The power that makes up for the cold of the last day."""
    wind = 1 + 0.04 * wave("draught", QUARTERS_A_DAY, quarter // QUARTERS_AN_HOUR * QUARTERS_AN_HOUR)
    return np.asarray(heating.kw * wind * np.clip(heating.balance - weather.lately(quarter), 0, None))


def _within(clock: WallClock, spans: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
    date = clock.month_and_day
    inside = np.zeros(len(date), bool)
    for first, last in spans:
        inside |= (first <= date) & (date <= last)
    return inside
