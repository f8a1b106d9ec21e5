"""How buildings use energy: a shape for each kind, made of week, season and weather, and luck that is a building's own.

A shape is worked out once for a kind and a town and then scaled: a company has hundreds of sites.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from portal.demo import wall_clock, weather
from portal.demo.chance import Real, Whole, normal, uniform
from portal.demo.wall_clock import SUNDAY, WallClock
from portal.kit.clock import start_of
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTERS_A_DAY, QUARTERS_AN_HOUR, quarter_of

Curve = tuple[tuple[float, ...], tuple[float, ...]]
"""Hours of a day, and the level at each; in between it is a straight line."""

SATURDAY: Final = 5
QUARTERS_A_YEAR: Final = 365.25 * QUARTERS_A_DAY
START: Final = quarter_of(start_of(wall_clock.EPOCH.replace(year=2025)))  # when a building's size is what is said of it
FLAT: Final[Curve] = ((0, 24), (0.0, 0.0))


@dataclass(frozen=True)
class Use:
    """What a building is for, and the electricity that it needs for that, as shares of its size.

    kind, called: what the register says, and what the company calls such a site
    always: what runs day and night
    workday, saturday, sunday: what people add
    july: what of that is left in the weeks of summer holidays
    dark: lamps while it is dark
    per_cold, per_heat: for each degree below 5 °C and above 19 °C
    mean: what it all comes to over a year
    """

    kind: str
    called: str
    always: float
    workday: Curve
    saturday: Curve
    sunday: Curve
    july: float = 1.0
    dark: float = 0.0
    per_cold: float = 0.0
    per_heat: float = 0.0
    mean: float = 0.5


@dataclass(frozen=True)
class Building:
    """One building.

    name: what its luck hangs on
    kw: its size; the power of its shape's level 1
    trend: how its use changes from year to year, 0.02 being two per cent up
    warmer: how many degrees its town is warmer than the one whose weather is told
    """

    name: str
    use: Use
    kw: float
    trend: float
    warmer: float


APARTMENTS: Final = Use(
    "apartment building",
    "kiinteistö",
    always=0.42,
    workday=((0, 5, 7, 9, 15, 18, 21, 24), (0.02, 0.04, 0.22, 0.12, 0.14, 0.38, 0.34, 0.02)),
    saturday=((0, 8, 11, 15, 18, 21, 24), (0.03, 0.08, 0.24, 0.3, 0.5, 0.34, 0.03)),
    sunday=((0, 8, 11, 15, 18, 21, 24), (0.03, 0.06, 0.2, 0.24, 0.34, 0.26, 0.02)),
    july=0.8,
    dark=0.22,
    per_cold=0.022,  # ventilation, car heaters, gutters
    mean=0.75,
)
OFFICE: Final = Use(
    "office",
    "toimisto",
    always=0.22,
    workday=((0, 5, 8, 10, 15, 18, 20, 24), (0.0, 0.04, 0.5, 0.62, 0.58, 0.16, 0.04, 0.0)),
    saturday=((0, 9, 12, 16, 24), (0.0, 0.02, 0.06, 0.02, 0.0)),
    sunday=FLAT,
    july=0.6,
    dark=0.07,
    per_cold=0.014,
    per_heat=0.04,
    mean=0.46,
)
SCHOOL: Final = Use(
    "school",
    "koulu",
    always=0.18,
    workday=((0, 5, 7.5, 10, 13, 15.5, 18, 21, 22, 24), (0.0, 0.05, 0.5, 0.68, 0.6, 0.24, 0.2, 0.18, 0.0, 0.0)),
    saturday=((0, 9, 12, 16, 24), (0.0, 0.03, 0.1, 0.06, 0.0)),
    sunday=((0, 12, 15, 18, 24), (0.0, 0.02, 0.08, 0.02, 0.0)),
    july=0.12,
    dark=0.1,
    per_cold=0.014,
    mean=0.46,
)
SHOP: Final = Use(
    "shop",
    "liiketila",
    always=0.36,
    workday=((0, 5, 7, 9, 20, 21.5, 22.5, 24), (0.0, 0.05, 0.36, 0.5, 0.52, 0.4, 0.05, 0.0)),
    saturday=((0, 6, 8, 10, 18, 20, 21, 24), (0.0, 0.05, 0.36, 0.5, 0.5, 0.3, 0.05, 0.0)),
    sunday=((0, 8, 10, 12, 18, 19.5, 24), (0.0, 0.05, 0.34, 0.46, 0.42, 0.05, 0.0)),
    dark=0.14,
    per_cold=0.01,
    per_heat=0.02,  # refrigerators
    mean=0.75,
)
CAR_PARK: Final = Use(
    "car park",
    "pysäköintihalli",
    always=0.3,
    workday=((0, 5, 7.5, 10, 15, 16.5, 19, 24), (0.02, 0.05, 0.4, 0.16, 0.22, 0.42, 0.14, 0.02)),
    saturday=((0, 9, 13, 18, 24), (0.02, 0.06, 0.22, 0.16, 0.02)),
    sunday=((0, 10, 14, 18, 24), (0.02, 0.05, 0.14, 0.12, 0.02)),
    july=0.7,
    dark=0.14,
    per_cold=0.024,  # heated ramps
    mean=0.57,
)
SERVER_ROOM: Final = Use(
    "server room",
    "konesali",
    always=0.86,
    workday=((0, 7, 10, 16, 20, 24), (0.0, 0.01, 0.07, 0.07, 0.02, 0.0)),
    saturday=FLAT,
    sunday=FLAT,
    per_heat=0.012,
    mean=0.89,
)


def demand(building: Building, quarter: Whole) -> Real:
    """The mean electric power of each quarter, kW."""
    span = _Span.of(quarter)
    day = _conditions(span).clock.day
    mood = 1 + 0.05 * normal(f"{building.name}/mood", np.arange(day[0], day[-1] + 1))[day - day[0]]
    flicker = 0.9 + 0.2 * uniform(f"{building.name}/flicker", quarter)
    years = (quarter - START) / QUARTERS_A_YEAR
    size = building.kw * (1 + building.trend * years)
    return np.asarray(size * mood * flicker * _shape(building.use, building.warmer, span))


def heat(building: Building, kw_per_degree: float, hour: Whole) -> Real:
    """The mean thermal power of each hour (given by its first quarter), kW: rooms by the weather, and warm water."""
    here = _conditions(_Span.of(hour))
    rooms = kw_per_degree * np.clip(16.5 - here.lately - building.warmer, 0, None)
    water = kw_per_degree * (1.2 + 2.4 * _busy(building.use, here.clock))
    return np.asarray((rooms + water) * (0.94 + 0.12 * uniform(f"{building.name}/valve", hour)))


def metered(kw: Real, quarters_each: int, step_wh: int) -> Whole:
    """What a meter that counts steps of some watt-hours says of mean powers: milliwatt-hours."""
    steps = np.rint(kw * (1000 * quarters_each / QUARTERS_AN_HOUR / step_wh))
    return steps.astype(np.int64) * (step_wh * MILLIWATT_HOURS_PER_KWH // 1000)


@dataclass(frozen=True)
class _Span:
    """Quarters at equal distances, as a key to what was worked out for them before."""

    first: int
    until: int
    step: int

    @classmethod
    def of(cls, quarter: Whole) -> "_Span":
        step = int(quarter[1] - quarter[0])
        return cls(int(quarter[0]), int(quarter[-1]) + step, step)

    @property
    def quarters(self) -> Whole:
        return np.arange(self.first, self.until, self.step)


@dataclass(frozen=True, eq=False)
class _Conditions:
    """The clock and the sky at each quarter: °C of the air now and over the last day, and how dark it is (0 to 1)."""

    clock: WallClock
    degrees: Real
    lately: Real
    dark: Real


@lru_cache(maxsize=4)
def _conditions(span: _Span) -> _Conditions:
    quarter = span.quarters
    return _Conditions(
        wall_clock.shown_at(quarter),
        weather.temperature(quarter),
        weather.lately(quarter),
        np.clip(0.5 - 4 * weather.sun_height(quarter), 0, 1),
    )


@lru_cache(maxsize=8)  # a town's kinds, one after the other
def _shape(use: Use, warmer: float, span: _Span) -> Real:
    """The power of a building of size 1 without its own luck."""
    here = _conditions(span)
    degrees = here.degrees + warmer
    return np.asarray(
        use.always
        + _busy(use, here.clock)
        + use.dark * here.dark
        + use.per_cold * np.clip(5 - degrees, 0, None)
        + use.per_heat * np.clip(degrees - 19, 0, None)
    )


def _busy(use: Use, clock: WallClock) -> Real:
    """What people add to what runs anyway."""
    curves = [np.interp(clock.hour, *curve) for curve in (use.workday, use.saturday, use.sunday)]
    level = np.select([clock.weekday < SATURDAY, clock.weekday < SUNDAY], curves[:2], curves[2])
    date = clock.month_and_day
    holidays = (date >= 620) & (date <= 808)
    return np.asarray(level * np.where(holidays, use.july, 1.0))
