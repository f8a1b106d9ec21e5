"""The list of sites as a file for spreadsheets: CSV with semicolons, decimal commas and a byte order mark.

That is what Excel opens by a double click where Finnish is its language.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from portal.consumption.pairs import Comparison
from portal.home.sites.listing import Listing
from portal.home.sites.rows import Row
from portal.home.sites.words import ENERGIES
from portal.kit import formats
from portal.kit.energy import Energy
from portal.kit.i18n import Language, Text, text
from portal.kit.spreadsheets import harmless

YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading, and what it says of a site."""

    heading: Text
    cell: Callable[[Row], str]


def written(listing: Listing, rows: Iterable[Row], language: Language) -> bytes:
    """Rows of a listing, with the columns that the listing knows."""
    columns = [*_facts(listing, language), *_uses(listing, language), *_costs(listing, language)]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.heading.said(language) for column in columns)
    writer.writerows([column.cell(row) for column in columns] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _facts(listing: Listing, language: Language) -> Sequence[_Column]:
    def points(row: Row) -> str:
        # The energy after it keeps a GSRN a text: as a number of 18 digits it would lose its end.
        return ", ".join(f"{point.gsrn} {ENERGIES[point.energy].said(language)}" for point in row.points)

    return [
        _Column(text("Site number"), lambda row: harmless(row.place.number)),
        _Column(text("Name"), lambda row: harmless(row.place.name or "")),
        _Column(text("Street address"), lambda row: harmless(row.place.street)),
        _Column(text("Postcode"), lambda row: harmless(row.place.postcode)),
        _Column(text("Town"), lambda row: harmless(row.place.town)),
        _Column(text("Kind of building"), lambda row: harmless(row.kind)),
        *([_Column(text("Metering points"), points)] if listing.sees_points else ()),
    ]


def _uses(listing: Listing, language: Language) -> Sequence[_Column]:
    if listing.uses is None:
        return []
    uses = listing.uses
    days = formats.date_range(uses.months[-1], uses.last, language)
    energy = ENERGIES[uses.energy]
    return [
        _Column(text("%(energy)s %(days)s, kWh", energy=energy, days=days), lambda row: _kwh(row.figures.now)),
        _Column(text("Days that are compared"), lambda row: _of(row, lambda pair: str(pair.days))),
        _Column(text("These days, kWh"), lambda row: _of(row, lambda pair: _kwh(pair.now))),
        _Column(text("These days a year ago, kWh"), lambda row: _of(row, lambda pair: _kwh(pair.then))),
        _Column(text("Change, %%"), lambda row: _of(row, _change)),
        _Column(text("Measured, %%"), lambda row: _decimal(row.figures.measured, 1)),
        _Column(text("Missing, %%"), lambda row: _decimal(row.figures.missing, 1)),
        _Column(text("Estimated, %%"), lambda row: _decimal(row.figures.estimated, 1)),
        *(_month(listing, place, language) for place in range(-YEAR, 0)),
    ]


def _month(listing: Listing, place: int, language: Language) -> _Column:
    def cell(row: Row) -> str:
        return _kwh(row.figures.use.months[place]) if row.figures.use else ""

    months = listing.uses.months if listing.uses else ()
    return _Column(text("%(month)s, kWh", month=formats.month_year(months[place], language)), cell)


def _costs(listing: Listing, language: Language) -> Sequence[_Column]:
    if listing.billed is None:
        return []
    month = formats.month_year(listing.billed, language)
    heading = (
        text("%(energy)s, invoices of %(month)s without VAT, €", energy=ENERGIES[listing.costs_of], month=month)
        if listing.costs_of
        else text("Invoices of %(month)s without VAT, €", month=month)
    )
    return [_Column(heading, lambda row: _decimal(row.figures.cost.euros if row.figures.cost else None, 2))]


def _of(row: Row, cell: Callable[[Comparison], str]) -> str:
    """What there is to say of a comparison; nothing where there is none."""
    return cell(row.figures.compared) if row.figures.compared else ""


def _change(pair: Comparison) -> str:
    return _decimal(pair.change * 100 if pair.change is not None else None, 1)


def _kwh(energy: Energy | None) -> str:
    return _decimal(energy.kwh if energy else None, 2)


def _decimal(value: Decimal | None, digits: int) -> str:
    """A number as a Finnish spreadsheet reads it; a minus in front of it is no formula."""
    if value is None:
        return ""
    return str(value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)).replace(".", ",")
