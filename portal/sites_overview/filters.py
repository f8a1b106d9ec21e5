"""What an address asks of the list of sites: which of them, in which groups, in which order; and the address again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from portal.kit import searching
from portal.kit.forms import one_of
from portal.sites.commodities import Commodity

PAGE: Final = "/sites"
DOWNLOAD: Final = "/sites/download"


class By(StrEnum):
    """What sites are grouped by."""

    TOWN = "town"
    KIND = "kind"
    NONE = "none"


class SitesShown(StrEnum):
    """Which sites are listed."""

    ALL = "all"
    GAPS = "gaps"
    MORE = "more"


class SortColumn(StrEnum):
    """What sites are ordered by."""

    NAME = "name"
    KIND = "kind"
    MEASURED = "measured"
    NOW = "now"
    THEN = "then"
    CHANGE = "change"
    COST = "cost"


WORDS: Final = frozenset({SortColumn.NAME, SortColumn.KIND})  # are read from A on; figures from the largest


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """What somebody wants to see; the commodity is None where it leaves the choice to us."""

    q: str = ""
    by: By = By.TOWN
    show: SitesShown = SitesShown.ALL
    sort: SortColumn = SortColumn.NOW
    descending: bool = True
    commodity: Commodity | None = None

    @staticmethod
    def read(query: Mapping[str, str]) -> "SiteFilter":
        """The filter of a query string; what makes no sense asks for nothing."""
        sort = query.get("sort", "")
        filters = SiteFilter(
            q=searching.typed(query),
            by=one_of(By, query.get("by"), By.TOWN),
            show=one_of(SitesShown, query.get("show"), SitesShown.ALL),
            commodity=one_of(Commodity, query.get("energy"), None),
        )
        column = sort.removeprefix("-")
        if column not in set(SortColumn):
            return filters
        return replace(filters, sort=SortColumn(column), descending=sort.startswith("-"))

    @property
    def order(self) -> str:
        """The order as an address has it."""
        return f"-{self.sort}" if self.descending else self.sort.value

    @property
    def query(self) -> Mapping[str, str]:
        """What an address needs to say of it."""
        plain = SiteFilter()
        return searching.told(
            q=self.q,
            by=None if self.by is plain.by else self.by.value,
            show=None if self.show is plain.show else self.show.value,
            energy=self.commodity.value if self.commodity else None,
            sort=None if self.order == plain.order else self.order,
        )

    @property
    def href(self) -> str:
        """The address of the list."""
        return f"{PAGE}?{urlencode(self.query)}" if self.query else PAGE

    def ordered(self, column: str) -> "SiteFilter":
        """The same by another column, or the other way round by the same one."""
        wanted = SortColumn(column)
        if wanted is self.sort:
            return replace(self, descending=not self.descending)
        return replace(self, sort=wanted, descending=wanted not in WORDS)

    def showing(self, show: str) -> "SiteFilter":
        """The same of other sites."""
        return replace(self, show=SitesShown(show))

    def of(self, commodity: str) -> "SiteFilter":
        """The same of another commodity."""
        return replace(self, commodity=Commodity(commodity))
