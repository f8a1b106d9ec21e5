"""Small drawings of months: two years side by side for a group of sites, and twelve months in a line of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.kit import formats
from portal.kit.energy import Energy
from portal.kit.i18n import Spoken, Text, text

BASE: Final = 71  # px from the top at which the bars of a pair stand
HIGHEST: Final = 66.35
THEN_FROM, THEN_WIDE, NOW_FROM, NOW_WIDE = 0.1, 0.34, 0.48, 0.42  # of a month's place
SLOT, BAR, LINE = 9, 7, 24  # px of a month in a line of a table: its place, its bar, and the highest
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class MonthBar:
    """A bar: its place in per cent of the width, and px."""

    css: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class MonthBars:
    """The bars of a line of a table as two paths: all months but the newest, and the newest."""

    earlier: str
    newest: str


def pairs(months: Sequence[date], energies: Sequence[Energy]) -> Sequence[MonthBar]:
    """The months of the newest year, each beside the same month of the year before; `months` begin with that year."""
    known = dict(zip(months, energies, strict=True))
    year = [month for month in months if month.year == months[-1].year]
    highest = max([energy.milliwatt_hours for energy in energies] + [1])
    slot = 100 / len(year)
    bars = []
    for place, month in enumerate(year):
        before = known[month.replace(year=month.year - 1)]
        css = "spark__cur" if month == months[-1] else "spark__now"
        bars.append(_bar("spark__then", slot * (place + THEN_FROM), slot * THEN_WIDE, before.milliwatt_hours / highest))
        bars.append(_bar(css, slot * (place + NOW_FROM), slot * NOW_WIDE, known[month].milliwatt_hours / highest))
    return bars


def line(energies: Sequence[Energy]) -> MonthBars:
    """The last twelve months; what is not above zero has no bar."""
    last = energies[-MONTHS:]
    highest = max([energy.milliwatt_hours for energy in last] + [1])
    paths = [
        _path(place * SLOT, round(LINE * max(0, energy.milliwatt_hours) / highest)) for place, energy in enumerate(last)
    ]
    return MonthBars("".join(paths[:-1]), paths[-1])


def line_label(months: Sequence[date], energies: Sequence[Energy]) -> Text:
    """What the line of these months shows, in words."""
    last = list(zip(energies, months, strict=True))[-MONTHS:]
    (most, highest), (least, lowest) = max(last), min(last)
    return text(
        "12 months: at most %(most)s in %(highest)s, at least %(least)s in %(lowest)s",
        most=formats.kwh(most),
        highest=Spoken(lambda language: formats.month_year(highest, language)),
        least=formats.kwh(least),
        lowest=Spoken(lambda language: formats.month_year(lowest, language)),
    )


def _bar(css: str, x: float, width: float, share: float) -> MonthBar:
    height = HIGHEST * max(0.0, share)
    return MonthBar(css, f"{x:.2f}%", f"{BASE - height:.2f}", f"{width:.2f}%", f"{height:.2f}")


def _path(x: int, height: int) -> str:
    return f"M{x} {LINE}v-{height}h{BAR}v{height}z" if height else ""
