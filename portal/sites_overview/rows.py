"""Sites as rows of a list: found, grouped, ordered and summed. It asks no database."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum
from typing import Final, TypeVar

from portal.consumption.by_site import SiteUse, together
from portal.consumption.changes import Change, change
from portal.consumption.pairs import Comparison
from portal.consumption.rules import Tally
from portal.kit import money, searching
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH, Energy
from portal.kit.i18n import Text
from portal.kit.money import Money
from portal.sites.records import HeldSite, SitePoint
from portal.sites_overview import drawings
from portal.sites_overview.drawings import MonthBar, MonthBars
from portal.sites_overview.filters import By, SiteFilter, SitesShown, SortColumn

T = TypeVar("T")
LONG: Final = 4  # characters: shorter ones would find every number
TENTH: Final = Decimal("0.1")
CLEARLY: Final = Decimal("0.25")  # a change that stands out, as a share of what it was
WORTH_SAYING: Final = Energy(
    50 * MILLIWATT_HOURS_PER_KWH
)  # a smaller difference is nobody's concern, whatever its share
NORDIC: Final = str.maketrans("åäö", "{|}")  # after z, in this order


class Trend(StrEnum):
    """Whether the use of a site stands out."""

    CLEARLY_MORE = "more"
    CLEARLY_LESS = "less"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one or several sites come to; use and cost are None where they are unknown or not for this person."""

    count: int
    use: SiteUse | None
    cost: Money | None

    @property
    def now(self) -> Energy | None:
        """What was used in the newest month so far."""
        return self.use.newest.energy if self.use and self.use.is_known else None

    @property
    def compared(self) -> Comparison | None:
        """What of it is compared with the year before."""
        return self.use.compared if self.use else None

    @property
    def change(self) -> Change | None:
        """How that differs."""
        return change(self.compared)

    @property
    def trend(self) -> Trend:
        """Whether it differs clearly."""
        return trend(self.compared)

    @property
    def tally(self) -> Tally:
        """How complete the newest month is."""
        return self.use.newest if self.use else Tally()

    @property
    def measured(self) -> Decimal | None:
        """Per cent of what is due that is measured, never rounded up to all of it; None where nothing is due."""
        return _percent(self.tally.measured, self.tally, ROUND_DOWN)

    @property
    def missing(self) -> Decimal | None:
        """Per cent that is missing, never rounded down to nothing."""
        return _percent(self.tally.missing, self.tally, ROUND_UP)

    @property
    def estimated(self) -> Decimal | None:
        """Per cent that is estimated, never rounded down to nothing."""
        return _percent(self.tally.estimated, self.tally, ROUND_UP)

    def years(self, months: Sequence[date]) -> Sequence[MonthBar]:
        """The months of two years side by side; empty where no use is known."""
        return drawings.pairs(months, self.use.months) if self.use else ()

    @property
    def line(self) -> MonthBars | None:
        """Twelve months for a line of a table; None where no use is known."""
        return drawings.line(self.use.months) if self.use else None

    def line_label(self, months: Sequence[date]) -> Text | None:
        """What that line shows."""
        return drawings.line_label(months, self.use.months) if self.use else None


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """A site, and what it comes to."""

    site: HeldSite
    figures: Figures


@dataclass(frozen=True, slots=True)
class SiteRow(SiteFigures):
    """A site in the list; `kind` is said in the reader's language."""

    kind: str
    points: Sequence[SitePoint]


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """Sites that belong together, and what all of them come to; `name` is empty for all sites."""

    name: str
    figures: Figures
    rows: Sequence[SiteRow]


def trend(compared: Comparison | None) -> Trend:
    """Whether days differ clearly from those of a year before: by a quarter, and by more than a trifle."""
    if (
        compared is None
        or compared.change is None
        or abs(compared.now.milliwatt_hours - compared.then.milliwatt_hours) < WORTH_SAYING.milliwatt_hours
    ):
        return Trend.USUAL
    if abs(compared.change) < CLEARLY:
        return Trend.USUAL
    return Trend.CLEARLY_MORE if compared.change > 0 else Trend.CLEARLY_LESS


def found(rows: Iterable[SiteRow], filters: SiteFilter) -> Sequence[SiteRow]:
    """The sites that a filter lets through: each of its words is in the name, the address or a number."""
    words = searching.words(filters.q)
    return [row for row in rows if _is_shown(row, filters.show) and all(_tells(row, word) for word in words)]


def groups(rows: Sequence[SiteRow], filters: SiteFilter) -> Sequence[SiteGroup]:
    """Every site in its group; groups and the sites in them in the order asked for."""
    members: dict[str, list[SiteRow]] = {}
    for row in rows:
        members.setdefault(_group(row, filters.by), []).append(row)
    every = [SiteGroup(name, summed(those), _ordered(those, filters)) for name, those in members.items()]
    if filters.sort in {SortColumn.NAME, SortColumn.KIND}:
        return sorted(every, key=lambda group: alphabetical(group.name), reverse=filters.descending)
    return _by(every, lambda group: _figure(group.figures, filters.sort), lambda group: group.name, filters)


def on_page(every: Sequence[SiteGroup], first: int, size: int) -> Sequence[SiteGroup]:
    """The groups with those of their rows that stand on a page of the whole list."""
    shown = []
    for group in every:
        part = group.rows[max(0, first) : max(0, first + size)]
        if part:
            shown.append(SiteGroup(group.name, group.figures, part))
        first -= len(group.rows)
    return shown


def summed(rows: Iterable[SiteFigures]) -> Figures:
    """What sites come to together; those of which nothing is known add nothing."""
    every = [row.figures for row in rows]
    used = [one.use for one in every if one.use]
    costs = [one.cost for one in every if one.cost is not None]
    return Figures(len(every), together(used) if used else None, money.total(costs) if costs else None)


def standing_out(rows: Iterable[SiteFigures]) -> Sequence[SiteFigures]:
    """The sites that use clearly more than a year before, the largest difference first."""
    more = [row for row in rows if row.figures.trend is Trend.CLEARLY_MORE]
    return sorted(more, key=_difference, reverse=True)


def gaps(rows: Iterable[SiteFigures]) -> int:
    """At how many sites readings are missing."""
    return sum(row.figures.tally.missing > 0 for row in rows)


def alphabetical(words: str) -> list[tuple[int, str]]:
    """A key by which names stand as in a Finnish register, and house 9 before house 10."""
    parts = re.split(r"([0-9]+)", words.casefold().translate(NORDIC))
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def _is_shown(row: SiteRow, show: SitesShown) -> bool:
    match show:
        case SitesShown.ALL:
            return True
        case SitesShown.GAPS:
            return row.figures.tally.missing > 0
        case SitesShown.MORE:
            return row.figures.trend is Trend.CLEARLY_MORE


def _tells(row: SiteRow, word: str) -> bool:
    """Whether a word is in the name or address, or, a long number, in the number of the site or a metering point."""
    site = row.site
    if word in f"{site.name or ''} {site.street} {site.town}".casefold():
        return True
    numbers = (site.postcode, site.number, *(point.gsrn for point in row.points))
    return len(word) >= LONG and any(word in number.casefold() for number in numbers)


def _group(row: SiteRow, by: By) -> str:
    match by:
        case By.TOWN:
            return row.site.town
        case By.KIND:
            return row.kind
        case By.NONE:
            return ""


def _ordered(rows: Sequence[SiteRow], filters: SiteFilter) -> Sequence[SiteRow]:
    match filters.sort:
        case SortColumn.NAME:
            return sorted(rows, key=lambda row: alphabetical(row.site.title), reverse=filters.descending)
        case SortColumn.KIND:
            return sorted(
                rows, key=lambda row: (alphabetical(row.kind), alphabetical(row.site.title)), reverse=filters.descending
            )
        case _:
            return _by(rows, lambda row: _figure(row.figures, filters.sort), lambda row: row.site.title, filters)


def _by(
    every: Sequence[T], figure: Callable[[T], Decimal | None], name: Callable[[T], str], filters: SiteFilter
) -> Sequence[T]:
    """By a figure, then by name; what has none comes last, whichever way round."""
    named = sorted(every, key=lambda one: alphabetical(name(one)))
    known = [(value, one) for one in named if (value := figure(one)) is not None]
    ordered = sorted(known, key=lambda pair: pair[0], reverse=filters.descending)
    return [*(one for _, one in ordered), *(one for one in named if figure(one) is None)]


def _figure(figures: Figures, column: SortColumn) -> Decimal | None:
    match column:
        case SortColumn.MEASURED:
            return figures.measured
        case SortColumn.NOW:
            return figures.now.kwh if figures.now else None
        case SortColumn.THEN:
            return figures.compared.then.kwh if figures.compared else None
        case SortColumn.CHANGE:
            return figures.compared.change if figures.compared else None
        case SortColumn.COST:
            return figures.cost.euros if figures.cost is not None else None
        case SortColumn.NAME | SortColumn.KIND:
            return None


def _difference(row: SiteFigures) -> int:
    compared = row.figures.compared
    return compared.now.milliwatt_hours - compared.then.milliwatt_hours if compared else 0


def _percent(part: int, tally: Tally, rounding: str) -> Decimal | None:
    return (Decimal(100 * part) / tally.expected).quantize(TENTH, rounding) if tally.expected else None
