"""A site as those read it whose parties hold, held or will hold it: what queries build and pages ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.kit import formats
from portal.kit.formats import NBSP
from portal.kit.i18n import Spoken, Text, text
from portal.kit.labels import Label
from portal.kit.ranges import Range
from portal.sites import words
from portal.sites.commodities import Commodity
from portal.sites.kinds import Connection
from portal.sites.models import MeterKind, Rhythm, Site

Fact = tuple[Text, Text | Spoken | str]
"""What something is called, and what is known of it."""


@dataclass(frozen=True, slots=True)
class OccupancyDays:
    """From when until when one of the person's parties holds a site; the last day is None while it lasts."""

    party_id: UUID
    since: date
    until: date | None

    def lasts_on(self, day: date) -> bool:
        """Whether the site is held on a day."""
        return day in Range.of_days(self.since, self.until)


@dataclass(frozen=True, slots=True)
class HeldSite:
    """A site by its address, and when it is held. Name and kind are None for those who do not hold it today."""

    id: UUID
    number: str
    name: str | None
    street: str
    postcode: str
    town: str
    kind: str | None
    occupancies: tuple[OccupancyDays, ...]
    is_held: bool
    is_coming: bool

    @property
    def title(self) -> str:
        """What it is called, or its street."""
        return self.name or self.street


@dataclass(frozen=True, slots=True)
class Device:
    """A meter or heat exchanger, for as long as it hung."""

    kind: MeterKind
    serial: str
    model: str | None
    installed_on: date | None
    removed_on: date | None

    @property
    def words(self) -> Text:
        """Which of the two it is."""
        return words.DEVICES[self.kind]


@dataclass(frozen=True, slots=True)
class SitePoint:
    """A metering point and its meters, the newest first; its days are None where the register knows of none."""

    site_id: UUID
    gsrn: str
    commodity: Commodity
    main_fuse: str | None
    valid_from: date | None
    valid_to: date | None
    connection: Connection
    used_for: str | None
    estimated_kwh_a_year: int | None
    minutes: int | None
    rhythm: Rhythm | None
    devices: tuple[Device, ...]

    @property
    def label(self) -> Label:
        """What it measures, in words."""
        return self.commodity.label

    @property
    def cut_off(self) -> Text | None:
        """How energy is kept from flowing; None where it flows."""
        return None if self.connection is Connection.CONNECTED else words.CONNECTIONS[self.connection]

    @property
    def facts(self) -> Sequence[Fact]:
        """What is known of its use."""
        return _known(
            (text("Used for"), words.used_for(self.used_for)),
            (text("Estimated use a year"), _a_year(self.estimated_kwh_a_year)),
            (text("Length of a reading"), f"{self.minutes}{NBSP}min" if self.minutes else None),
            (text("How often readings come"), words.RHYTHMS[self.rhythm] if self.rhythm else None),
        )

    @property
    def hanging(self) -> Sequence[Device]:
        """The meters that hang there."""
        return [one for one in self.devices if one.removed_on is None]

    @property
    def former(self) -> Sequence[Device]:
        """Those that hung there before."""
        return [one for one in self.devices if one.removed_on is not None]


def housing(site: Site) -> Sequence[Fact]:
    """How a site is lived in, as far as it is told."""
    return list(housing_by_column(site).values())


def housing_by_column(site: Site) -> Mapping[str, Fact]:
    """The same, by the columns that hold it."""
    area = f"{formats.number(site.heated_area_m2)}{NBSP}m²" if site.heated_area_m2 else None
    every: Mapping[str, tuple[Text, Text | Spoken | str | None]] = {
        "dwelling": (text("Kind of building"), words.kind(site.dwelling)),
        "ownership": (text("Ownership"), words.ownership(site.ownership)),
        "use_timing": (text("Use over the year"), words.use_timing(site.use_timing)),
        "heated_area_m2": (text("Heated area"), area),
        "residents": (text("Residents"), str(site.residents) if site.residents is not None else None),
        "heating": (text("Heating"), words.heating(site.heating)),
        "estimated_kwh_a_year": (text("Estimated electricity use a year"), _a_year(site.estimated_kwh_a_year)),
    }
    return {column: (term, value) for column, (term, value) in every.items() if value is not None}


def _known(*facts: tuple[Text, Text | Spoken | str | None]) -> Sequence[Fact]:
    return [(term, value) for term, value in facts if value is not None]


def _a_year(kwh: int | None) -> str | None:
    return f"{formats.number(kwh)}{NBSP}kWh" if kwh else None
