"""What was used in the two years up to an invoice, month by month, as the invoices of whole months tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.invoices import labels, queries
from portal.invoices.records import Source, WholeInvoice
from portal.invoices.rules import years_before
from portal.kit import spark
from portal.kit.clock import DAY, first_of_month, months
from portal.kit.energy import Energy
from portal.kit.i18n import Text
from portal.sites.commodities import Commodity

YEARS: Final = 2
MONTHS_A_YEAR: Final = 12
LEAST_MONTHS: Final = 3  # that make a picture


@dataclass(frozen=True, slots=True)
class TwoYears:
    """What was used of one energy at the site of an invoice.

    months: the first day of each, the oldest first, with what it took; None where no invoice tells it
    """

    commodity: Commodity
    months: Sequence[tuple[date, Energy | None]]

    @property
    def words(self) -> Text:
        """Of what."""
        return self.commodity.label.words

    @property
    def bars(self) -> Sequence[spark.Bar]:
        """The months as bars."""
        return spark.bars([(month, used.milliwatt_hours if used else 0) for month, used in self.months])

    @property
    def rows(self) -> Sequence[tuple[date, str | None]]:
        """The months in words, the newest first."""
        return [(month, self._said(used)) for month, used in reversed(self.months)]

    def is_last_year(self, place: int) -> bool:
        """Whether a month is one of the last twelve."""
        return place >= len(self.months) - MONTHS_A_YEAR

    def _said(self, used: Energy | None) -> str | None:
        return None if used is None else labels.rounded(self.commodity, used)


def two_years(db: Session, who: User, invoice: WholeInvoice) -> Sequence[TwoYears]:
    """What was used of each energy of an invoice of one site; nothing of several sites or other than whole months."""
    first, last = first_of_month(years_before(invoice.head.last, YEARS) + DAY), invoice.head.last
    found = []
    for commodity, sources in _sources(invoice).items():
        used = queries.energy_by_month(db, who, invoice, sources, first)
        every = [(month, used.get(month)) for month in months(first, last)]
        if sum(amount is not None for _, amount in every) >= LEAST_MONTHS:
            found.append(TwoYears(commodity, every))
    return found


def _sources(invoice: WholeInvoice) -> Mapping[Commodity, Sequence[Source]]:
    """What an invoice of one site is for, by energy: of sale and distribution, which bill the same, the first."""
    sources = [line.source for line in invoice.lines if line.source and line.source.commodity and line.source.point_id]
    if len({source.site_id for source in sources}) != 1:
        return {}
    found: dict[Commodity, list[Source]] = {}
    for source in sources:
        alike = found.setdefault(source.commodity, []) if source.commodity else []
        if not alike or alike[0].kind is source.kind:
            alike.append(source)
    return found
