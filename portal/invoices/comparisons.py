"""A bill beside that of a year before and the previous one: why it differs, or why that cannot be said."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.contracts.kinds import ContractKind
from portal.invoices import changes, labels, queries
from portal.invoices.changes import Change, Heating
from portal.invoices.kinds import Cause, InvoiceKind, LineUnit
from portal.invoices.records import Source, WholeInvoice, consumption
from portal.invoices.rules import years_before
from portal.kit import formats
from portal.kit.i18n import Spoken, Text, text
from portal.kit.money import Money
from portal.weather.queries import Weather, of_sites
from portal.weather.rules import HeatedMonth, degree_days, water_a_day

YEARS_OF_SUMMERS: Final = 1  # before the earlier of two bills


class Beside(StrEnum):
    """Which bill one is compared with."""

    YEAR = "year"
    PREVIOUS = "previous"


class Lacks(StrEnum):
    """Why nothing can be said of a year: there is no such bill, or it was for something else."""

    NO_BILL = "no-bill"
    OTHER_CONTRACTS = "other-contracts"


@dataclass(frozen=True, slots=True)
class DaysOfUse:
    """The page of the consumption of the days of a bill, and of those of the earlier one."""

    energy: Text
    now: str
    before: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A bill, an earlier one of the same contracts, and why they differ.

    heating: the weather of both, where it is known and there is heat
    days: of each energy, where its consumption is for the person to see
    """

    beside: Beside
    now: WholeInvoice
    earlier: WholeInvoice
    change: Change
    heating: Heating | None
    days: Sequence[DaysOfUse]

    @property
    def difference(self) -> Money:
        """By how much the bill is higher."""
        return self.now.head.total - self.earlier.head.total

    @property
    def most(self) -> tuple[Spoken, Money] | None:
        """What made most of it, inside a sentence, and what that comes to."""
        cause = self.change.most
        return (labels.cause(cause), self.change.parts[cause]) if cause else None

    @property
    def rows(self) -> Sequence[tuple[Text, Text | None, Money]]:
        """Each cause in words, what it was and is, and what it comes to."""
        return [(labels.CAUSES[cause], self._told(cause), part) for cause, part in self.change.parts.items()]

    @property
    def products(self) -> Sequence[Text]:
        """The contracts that are under another name now."""
        of_kind = [{line.source.kind: line.source.product for line in one.lines if line.source} for one in self._both]
        before, now = of_kind
        return [
            labels.changed(Spoken(before[kind].said), Spoken(now[kind].said))
            for kind in now
            if kind in before and now[kind] != before[kind]
        ]

    def _told(self, cause: Cause) -> Text | None:
        """What there is now, and what there was."""
        match cause:
            case Cause.DAYS:
                return labels.changed(*(labels.quantity(one.head.days, LineUnit.DAY) for one in self._both))
            case Cause.WEATHER if self.heating:
                had, wanted = (formats.number(one) for one in (self.heating.had, self.heating.wanted))
                return text("degree days: %(now)s, earlier %(before)s", now=wanted, before=had)
            case Cause.USAGE:
                return labels.changed(*(labels.amounts(consumption(one.lines)) for one in self._both))
            case Cause.VAT_RATE:
                return labels.changed(*(labels.rates(one.vats) for one in self._both))
            case _:
                return None

    @property
    def _both(self) -> tuple[WholeInvoice, WholeInvoice]:
        return self.earlier, self.now


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What a bill is compared with: that of a year before first; lacks: why there is none of it."""

    each: Sequence[Comparison]
    lacks: Lacks | None


def comparisons(db: Session, who: User, invoice: WholeInvoice) -> Comparisons | None:
    """An ordinary bill of a meter beside earlier ones; None for any other."""
    if invoice.head.kind is not InvoiceKind.INVOICE or not changes.is_comparable(invoice, invoice):
        return None
    candidates = [one for one in queries.earlier(db, who, invoice) if one.head.last < invoice.head.first]
    alike = [one for one in candidates if changes.is_comparable(invoice, one)]
    year = next((one for one in alike if changes.is_year_before(invoice, one)), None)
    previous = max((one for one in alike if one is not year), key=lambda one: one.head.last, default=None)
    beside = {Beside.YEAR: year, Beside.PREVIOUS: previous}
    chosen = {which: one for which, one in beside.items() if one is not None}
    heating = _heating(db, who, invoice, list(chosen.values()))
    return Comparisons(
        [
            Comparison(which, invoice, one, changes.why(invoice, one, weather), weather, list(_days(who, invoice, one)))
            for (which, one), weather in zip(chosen.items(), heating, strict=True)
        ],
        None if year else _lacks(invoice, candidates),
    )


def _lacks(invoice: WholeInvoice, candidates: Sequence[WholeInvoice]) -> Lacks:
    others = any(changes.is_year_before(invoice, one) and changes.is_of_same_point(invoice, one) for one in candidates)
    return Lacks.OTHER_CONTRACTS if others else Lacks.NO_BILL


def _heating(
    db: Session, who: User, invoice: WholeInvoice, earlier: Sequence[WholeInvoice]
) -> Sequence[Heating | None]:
    """The weather beside each earlier bill; None where there is no heat, or the weather or water is not known."""
    heat = {line.source for line in invoice.lines if line.source and line.source.kind is ContractKind.HEAT}
    if not earlier or len({one.site_id for one in heat}) != 1:
        return [None] * len(earlier)
    first = min(one.head.first for one in earlier)
    weather = of_sites(db, who, {one.site_id for one in heat}, first, invoice.head.last)
    water = _water(db, who, invoice, heat, first)
    return [_weather(weather, invoice, one, water) for one in earlier]


def _water(db: Session, who: User, invoice: WholeInvoice, heat: Collection[Source], first: date) -> Decimal | None:
    """What of the heat of a day warms water, in milliwatt-hours, as the bills of the last summers have it."""
    billed = queries.energy_by_month(db, who, invoice, heat, years_before(first, YEARS_OF_SUMMERS))
    return water_a_day(HeatedMonth(month, used, None) for month, used in billed.items())


def _weather(weather: Weather, now: WholeInvoice, before: WholeInvoice, water: Decimal | None) -> Heating | None:
    days = (before.head.first, before.head.last), (now.head.first, now.head.last)
    if water is None or any(changes.touches_summer(*one) for one in days):
        return None
    had, wanted = (degree_days(weather.temperatures, *one) for one in days)
    return Heating(had, wanted, water) if had is not None and wanted is not None else None


def _days(who: User, now: WholeInvoice, before: WholeInvoice) -> Iterator[DaysOfUse]:
    """Of each energy at each site once."""
    sources = {(line.source.site_id, line.source.commodity): line.source for line in now.lines if line.source}
    for source in sources.values():
        if source.commodity and who.reach.sees_at(Theme.CONSUMPTION, source.site_id):
            hrefs = (source.href(one.head.first, one.head.last) for one in (now, before))
            yield DaysOfUse(source.commodity.label.words, *hrefs)
