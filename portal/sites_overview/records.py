"""What a site, or several, came to of one commodity: asked by the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from portal.consumption.by_site import SiteUse, Uses
from portal.consumption.changes import Change, Direction, change
from portal.consumption.pairs import Comparison
from portal.kit import formats, spark
from portal.kit.energy import Energy
from portal.kit.i18n import Spoken, Text, counted, text
from portal.kit.labels import Label

YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Use:
    """What one energy came to in the newest month, beside the same days a year before, and in twelve months.

    sums: of one site of these, or of several together
    address: of the consumption page for them, to which the month and the energy are added
    """

    of: Uses
    sums: SiteUse
    address: str

    @property
    def title(self) -> Text:
        """The commodity, and the newest month."""
        month = Spoken(lambda language: formats.in_month(self.first, language))
        return text("%(energy)s %(month)s", energy=self.what.words, month=month)

    @property
    def days(self) -> Text:
        """The commodity, and the days of the newest month up to the last reading."""
        days = Spoken(lambda language: formats.date_range(self.first, self.last, language))
        return text("%(energy)s %(days)s", energy=self.what.words, days=days)

    @property
    def what(self) -> Label:
        """Which commodity it is, in words."""
        return self.of.commodity.label

    @property
    def first(self) -> date:
        """The first day of the newest month."""
        return self.of.months[-1]

    @property
    def year_before(self) -> int:
        """The year before that of the newest month."""
        return self.first.year - 1

    @property
    def last(self) -> date:
        """The last day of which there are readings."""
        return self.of.last

    @property
    def now(self) -> Energy:
        """What was used in the newest month."""
        return self.sums.newest.energy

    @property
    def compared(self) -> Comparison | None:
        """What of it is compared with the year before."""
        return self.sums.compared

    @property
    def change(self) -> Change | None:
        """How that differs."""
        return change(self.compared)

    @property
    def href(self) -> str:
        """Where it is shown."""
        return f"{self.address}{'&' if '?' in self.address else '?'}at={self.first:%Y-%m}&energy={self.of.commodity}"

    @property
    def bars(self) -> Sequence[spark.Bar]:
        """Its twelve months."""
        return spark.bars([(month, energy.milliwatt_hours) for month, energy in self._year])

    @property
    def label(self) -> Text:
        """What the bars show."""
        since, _ = self._year[0]
        return text(
            "Use month by month from %(first)s to %(last)s, this month %(now)s.",
            first=Spoken(lambda language: formats.month_year(since, language)),
            last=Spoken(lambda language: formats.month_year(self.first, language)),
            now=formats.kwh(self.now),
        )

    @property
    def sentence(self) -> Text:
        """How it compares."""
        if self.compared is None or self.change is None:
            return text("There are no readings of the same days a year ago to compare with.")
        now, then = formats.kwh_compared(self.compared.now), formats.kwh_compared(self.compared.then)
        size = formats.percent(self.change.size)
        match self.change.direction:
            case Direction.LESS:
                return counted(
                    "%(percent)s less was used than on the same day a year ago: %(now)s, then %(then)s.",
                    "%(percent)s less was used than on the same %(n)s days a year ago: %(now)s, then %(then)s.",
                    self.compared.days,
                    percent=size,
                    now=now,
                    then=then,
                )
            case Direction.MORE:
                return counted(
                    "%(percent)s more was used than on the same day a year ago: %(now)s, then %(then)s.",
                    "%(percent)s more was used than on the same %(n)s days a year ago: %(now)s, then %(then)s.",
                    self.compared.days,
                    percent=size,
                    now=now,
                    then=then,
                )
            case Direction.SAME:
                return counted(
                    "As much was used as on the same day a year ago: %(now)s.",
                    "As much was used as on the same %(n)s days a year ago: %(now)s.",
                    self.compared.days,
                    now=now,
                )

    @property
    def _year(self) -> Sequence[tuple[date, Energy]]:
        return list(zip(self.of.months, self.sums.months, strict=True))[-YEAR:]


def uses(every: Sequence[Uses], site_id: UUID) -> Sequence[Use]:
    """What a site came to of each energy of which anything is known."""
    of_site = ((one, one.by_site.get(site_id)) for one in every)
    return [Use(one, sums, f"/consumption?site={site_id}") for one, sums in of_site if sums and sums.is_known]
