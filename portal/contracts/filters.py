"""What an address asks of the list of contracts: which sites, in which order; and the address again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Final
from uuid import UUID

from portal.kit import searching
from portal.kit.forms import one_of

PAGE: Final = "/contracts"


class SortBy(StrEnum):
    """What the sites of contracts are ordered by."""

    ADDRESS = "address"
    END = "end"  # whose contract or fixed term ends first


@dataclass(frozen=True, slots=True)
class ListedContract:
    """What is searched and ordered of a contract that has not ended.

    ends: the last day, or that of its fixed term; None where there is neither
    said: whatever it may be looked for by: address, numbers, products
    """

    site_id: UUID
    ends: date | None
    said: tuple[str | None, ...]

    def holds(self, words: Sequence[str]) -> bool:
        """Whether each of some words, in small letters, stands in something that is said of it."""
        every = " ".join(filter(None, self.said)).casefold()
        return all(word in every for word in words)


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """What somebody wants to see."""

    q: str = ""
    sort: SortBy = SortBy.ADDRESS

    @staticmethod
    def read(query: Mapping[str, str]) -> "ContractFilter":
        """The filter of a query string; what makes no sense asks for nothing."""
        return ContractFilter(searching.typed(query), one_of(SortBy, query.get("sort"), SortBy.ADDRESS))

    @property
    def query(self) -> Mapping[str, str]:
        """What an address needs to say of it."""
        return searching.told(q=self.q, sort=None if self.sort is SortBy.ADDRESS else self.sort.value)

    def sites(self, listed: Iterable[ListedContract], today: date) -> Sequence[UUID]:
        """The sites of the contracts that are found, in order; `listed` are in the order of their addresses.

        A site is found where any one of its contracts holds every word.
        """
        words = searching.words(self.q)
        by_site = [(site_id, list(there)) for site_id, there in groupby(listed, key=lambda one: one.site_id)]
        found = [(site_id, there) for site_id, there in by_site if any(one.holds(words) for one in there)]
        if self.sort is SortBy.END:
            found.sort(key=lambda of_site: _first_end(of_site[1], today))
        return [site_id for site_id, _ in found]


def _first_end(contracts: Iterable[ListedContract], today: date) -> date:
    """The day on which the first of them ends; a fixed term that has run out ends nothing."""
    return min((one.ends for one in contracts if one.ends and one.ends >= today), default=date.max)
