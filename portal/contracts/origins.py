"""Where the energy of a contract came from, and what it emitted: what bills and contracts tell by law."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portal.contracts import labels
from portal.contracts.kinds import ContractKind, EnergySource
from portal.kit import formats
from portal.kit.energy import Energy
from portal.kit.i18n import Spoken, Text, text

GRAMS_A_KILOGRAM: Final = 1000
FIRST_WHOLE: Final = 10  # kilograms from which on nobody counts tenths


@dataclass(frozen=True, slots=True)
class Share:
    """What one source gave, in per cent."""

    source: EnergySource
    percent: Decimal

    @property
    def words(self) -> Text:
        """What the source is called."""
        return labels.SOURCES[self.source]


@dataclass(frozen=True, slots=True)
class EnergyOrigin:
    """The sources of a year, the largest first, and what each kilowatt-hour emitted.

    nuclear_waste: spent fuel in mg/kWh, None where it was not told
    fuel_taxes: those of the fuels of heat, in EUR/MWh, None where they were not told
    """

    kind: ContractKind
    year: int
    shares: tuple[Share, ...]
    co2: Decimal
    nuclear_waste: Decimal | None
    fuel_taxes: Decimal | None

    @property
    def heading(self) -> Spoken:
        """Which energy it is, and of which year: `Sähkö 2025`."""
        return Spoken(lambda language: f"{self.kind.commodity.label.words.said(language)} {self.year}")

    @property
    def is_heat(self) -> bool:
        """Whether it warms, and is compared in the weather of other years."""
        return self.kind is ContractKind.HEAT

    @property
    def facts(self) -> Iterator[tuple[Text, str]]:
        """What is told of it, by law, each figure with what it is."""
        for share in self.shares:
            yield share.words, formats.percent(share.percent)
        yield text("Carbon dioxide"), f"{formats.exact(self.co2, 0)} g/kWh"
        if self.nuclear_waste is not None:
            yield text("Spent nuclear fuel"), f"{formats.exact(self.nuclear_waste, 0)} mg/kWh"
        if self.fuel_taxes is not None:
            yield text("Taxes of the fuels"), f"{formats.exact(self.fuel_taxes)} €/MWh"

    def emitted(self, used: Energy) -> str:
        """What some energy emitted at that rate: `24 kg`, `1,4 kg`, `0 kg`."""
        kilograms = used.kwh * self.co2 / GRAMS_A_KILOGRAM
        is_whole = not kilograms or kilograms >= FIRST_WHOLE
        return formats.number(kilograms, 0 if is_whole else 1) + formats.NBSP + "kg"


def shares(percents: Sequence[Decimal]) -> tuple[Share, ...]:
    """What each source gave, of one figure for each in their order; the largest first, none that gave nothing."""
    given = [Share(source, percent) for source, percent in zip(EnergySource, percents, strict=True) if percent]
    return tuple(sorted(given, key=lambda one: -one.percent))
