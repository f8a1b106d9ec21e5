"""Long lists in pages of a fixed size, with addresses that keep the rest of the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

NEAR: Final = 2
LONGEST_ADDRESS: Final = 2000  # characters of a path and query that is kept to come back to


@dataclass(frozen=True)
class Pagination:
    """Which page of a list this is, how many there are, and where the others are; both numbers from 1."""

    number: int
    count: int
    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def near(self) -> Sequence[int]:
        """The numbers of this page and of its neighbours."""
        return range(max(1, self.number - NEAR), min(self.count, self.number + NEAR) + 1)

    @property
    def previous(self) -> int | None:
        """The number of the page before; None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after; None on the last."""
        return self.number + 1 if self.number < self.count else None

    def href(self, number: int) -> str:
        """The address of a page; the first needs no number."""
        query = {**self.query, **({"page": str(number)} if number > 1 else {})}
        return f"{self.path}?{urlencode(query)}" if query else self.path


def paginate(asked: str | None, items: int, size: int, path: str, query: Mapping[str, str] | None = None) -> Pagination:
    """The page that was asked for: the first where the number makes no sense, the last where it is too high."""
    count = max(1, -(-items // size))
    number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return Pagination(min(max(number, 1), count), count, path, query or {})
