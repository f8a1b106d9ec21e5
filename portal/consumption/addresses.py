"""The addresses of consumption: each view has one, and a link keeps what was chosen elsewhere on the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from portal.consumption.periods import Period, Span
from portal.consumption.rules import Compare
from portal.sites.kinds import Commodity

PAGE: Final = "/consumption"
DOWNLOAD: Final = "/consumption/download"


class Shown(StrEnum):
    """What can be shown beside the energy."""

    TEMPERATURE = "temperature"
    PRICE = "price"
    EUROS = "euros"


@dataclass(frozen=True, slots=True)
class ViewLink:
    """What a link keeps; None for what it leaves open."""

    energy: Commodity | None = None
    site_id: UUID | None = None
    compare: Compare = Compare.DATE
    show: frozenset[Shown] | None = None

    def of(self, period: Period) -> str:
        """The page of a period."""
        return f"{PAGE}?{urlencode([*time_of(period), *self.kept, *self._site])}"

    def file(self, period: Period, format_: str, resolution: str) -> str:
        """The file of a period, in a format, by the hour or the quarter."""
        form = [("format", format_), ("resolution", resolution)]
        return f"{DOWNLOAD}?{urlencode([*form, *time_of(period), *self.kept, *self._site])}"

    def shows(self, what: Shown) -> bool:
        """Whether something is to be shown beside the energy: everything, unless the address says what."""
        return self.show is None or what in self.show

    @property
    def kept(self) -> Iterator[tuple[str, str]]:
        """Names and values of what is kept, without time and site."""
        if self.energy:
            yield "energy", self.energy
        if self.compare is not Compare.DATE:
            yield "compare", self.compare
        if self.show is not None:
            yield "show", ",".join(what for what in Shown if what in self.show)

    @property
    def _site(self) -> Iterator[tuple[str, str]]:
        if self.site_id:
            yield "site", str(self.site_id)


def shown(asked: str | None) -> frozenset[Shown] | None:
    """What an address asks to be shown: `price,euros`, or nothing; None where it says nothing of what there is."""
    asked_for = frozenset(what for what in Shown if what in (asked or "").split(","))
    return asked_for if asked_for or asked == "" else None


def time_of(period: Period) -> Iterator[tuple[str, str]]:
    """Names and values by which an address tells a period."""
    if isinstance(period, Span):
        yield "from", period.since.isoformat()
        yield "to", period.until.isoformat()
    else:
        yield "at", period.at
