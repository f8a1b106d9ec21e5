"""What an address asks of the list of invoices: which, in which order; and the address again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from portal.kit import searching
from portal.kit.forms import one_of
from portal.sites.commodities import Commodity

PAGE: Final = "/invoices"


class InvoicesShown(StrEnum):
    """Which bills to list; credit is for credit notes and the bills that they take off as a whole."""

    ALL = "all"
    OPEN = "open"
    DUE = "due"  # unpaid, and not late
    LATE = "late"
    PARTLY = "part-paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    CREDIT = "credit"
    REMINDER = "reminder"
    COLLECTION = "collection"


LISTED_BY_DAY: Final = frozenset(
    {InvoicesShown.ALL, InvoicesShown.OPEN, InvoicesShown.LATE, InvoicesShown.PAID, InvoicesShown.CREDIT}
)


class SortBy(StrEnum):
    """What bills are ordered by; by period, those to be paid stand first."""

    PERIOD = "period"
    DUE = "due"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which bills somebody wants to see; the year is that of the last day billed.

    q: a number or reference, or words of a site's address, or its metering point
    """

    show: InvoicesShown = InvoicesShown.ALL
    year: int | None = None
    q: str = ""
    energy: Commodity | None = None
    sort: SortBy = SortBy.PERIOD

    @staticmethod
    def read(query: Mapping[str, str]) -> "InvoiceFilter":
        """The filter of a query string; what makes no sense asks for nothing."""
        year = query.get("year", "")
        is_year = len(year) == 4 and year.isascii() and year.isdigit() and int(year) > 0
        return InvoiceFilter(
            one_of(InvoicesShown, query.get("show"), InvoicesShown.ALL),
            int(year) if is_year else None,
            searching.typed(query),
            one_of(Commodity, query.get("energy"), None),
            one_of(SortBy, query.get("sort"), SortBy.PERIOD),
        )

    @property
    def query(self) -> Mapping[str, str]:
        """What an address needs to say of it."""
        return searching.told(
            show=self.show.value if self.show is not InvoicesShown.ALL else None,
            year=str(self.year) if self.year else None,
            q=self.q,
            energy=self.energy,
            sort=self.sort.value if self.sort is not SortBy.PERIOD else None,
        )

    def at(self, path: str, **also: str) -> str:
        """The address of a page or a file of these, with what else it is asked."""
        asked = {**self.query, **also}
        return f"{path}?{urlencode(asked)}" if asked else path

    @property
    def is_by_day(self) -> bool:
        """Whether the list is that of all bills by day, or a part of it that the sums of days tell."""
        return not self.is_searched and self.show in LISTED_BY_DAY

    @property
    def is_searched(self) -> bool:
        """Whether more is asked for than a state and a year."""
        return bool(self.q or self.energy or self.sort is not SortBy.PERIOD)

    def has(self, last: date) -> bool:
        """Whether it lets through, as far as its year goes, what is billed up to a day."""
        return self.year is None or last.year == self.year
