"""The list of sites as a file for spreadsheets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portal.consumption.pairs import Comparison
from portal.kit import formats, spreadsheets
from portal.kit.energy import Energy
from portal.kit.i18n import Language, Text, text
from portal.kit.spreadsheets import Cell
from portal.sites_overview.listing import Listing
from portal.sites_overview.rows import SiteRow

YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading, and what it says of a site."""

    heading: Text
    cell: Callable[[SiteRow], Cell]


def written(listing: Listing, rows: Iterable[SiteRow], language: Language) -> bytes:
    """Rows of a listing, with the columns that the listing knows."""
    columns = [*_facts(listing, language), *_uses(listing, language), *_costs(listing, language)]
    heading = [column.heading.said(language) for column in columns]
    return spreadsheets.written([heading, *([column.cell(row) for column in columns] for row in rows)])


def _facts(listing: Listing, language: Language) -> Sequence[_Column]:
    def points(row: SiteRow) -> str:
        # The energy after it keeps a GSRN a text: as a number of 18 digits it would lose its end.
        return ", ".join(f"{point.gsrn} {point.label.words.said(language)}" for point in row.points)

    return [
        _Column(text("Site number"), lambda row: row.site.number),
        _Column(text("Name"), lambda row: row.site.name),
        _Column(text("Street address"), lambda row: row.site.street),
        _Column(text("Postcode"), lambda row: row.site.postcode),
        _Column(text("Town"), lambda row: row.site.town),
        _Column(text("Kind of building"), lambda row: row.kind),
        *([_Column(text("Metering points"), points)] if listing.sees_points else ()),
    ]


def _uses(listing: Listing, language: Language) -> Sequence[_Column]:
    if listing.uses is None:
        return []
    uses = listing.uses
    days = formats.date_range(uses.months[-1], uses.last, language)
    energy = uses.commodity.label.words
    return [
        _Column(text("%(energy)s %(days)s, kWh", energy=energy, days=days), lambda row: _kwh(row.figures.now)),
        _Column(text("Days that are compared"), lambda row: _pair(row, lambda pair: pair.days)),
        _Column(text("These days, kWh"), lambda row: _pair(row, lambda pair: _kwh(pair.now))),
        _Column(text("These days a year ago, kWh"), lambda row: _pair(row, lambda pair: _kwh(pair.then))),
        _Column(text("Change, %%"), lambda row: _pair(row, _change)),
        _Column(text("Measured, %%"), lambda row: _figure(row.figures.measured, 1)),
        _Column(text("Missing, %%"), lambda row: _figure(row.figures.missing, 1)),
        _Column(text("Estimated, %%"), lambda row: _figure(row.figures.estimated, 1)),
        *(_month(listing, place, language) for place in range(-YEAR, 0)),
    ]


def _month(listing: Listing, place: int, language: Language) -> _Column:
    def cell(row: SiteRow) -> Decimal | None:
        return _kwh(row.figures.use.months[place]) if row.figures.use else None

    months = listing.uses.months if listing.uses else ()
    return _Column(text("%(month)s, kWh", month=formats.month_year(months[place], language)), cell)


def _costs(listing: Listing, language: Language) -> Sequence[_Column]:
    if listing.billed is None:
        return []
    month = formats.month_year(listing.billed, language)
    heading = (
        text("%(energy)s, invoices of %(month)s without VAT, €", energy=listing.costs_of.label.words, month=month)
        if listing.costs_of
        else text("Invoices of %(month)s without VAT, €", month=month)
    )
    return [_Column(heading, lambda row: _figure(row.figures.cost.euros if row.figures.cost else None, 2))]


def _pair(row: SiteRow, cell: Callable[[Comparison], int | Decimal | None]) -> int | Decimal | None:
    """What there is to say of a comparison; nothing where there is none."""
    return cell(row.figures.compared) if row.figures.compared else None


def _change(pair: Comparison) -> Decimal | None:
    return _figure(pair.change * 100 if pair.change is not None else None, 1)


def _kwh(energy: Energy | None) -> Decimal | None:
    return _figure(energy.kwh if energy else None, 2)


def _figure(value: Decimal | None, digits: int) -> Decimal | None:
    return None if value is None else spreadsheets.figure(value, digits)
