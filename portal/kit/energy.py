"""Energy in whole milliwatt-hours: the six decimals of a Datahub kWh, exactly; any sign."""

from dataclasses import dataclass
from decimal import Decimal

MWH_PER_KWH = 1_000_000  # milliwatt-hours, not megawatt-hours
KWH_A_MEGAWATT_HOUR = 1_000


@dataclass(frozen=True, order=True, slots=True)
class Energy:
    """An amount of energy, in milliwatt-hours."""

    mwh: int

    def __add__(self, other: "Energy") -> "Energy":
        return Energy(self.mwh + other.mwh)

    def __sub__(self, other: "Energy") -> "Energy":
        return Energy(self.mwh - other.mwh)

    def __bool__(self) -> bool:
        return self.mwh != 0

    @property
    def kwh(self) -> Decimal:
        """Kilowatt-hours, exactly."""
        return Decimal(self.mwh) / MWH_PER_KWH


def from_kwh(kwh: Decimal) -> Energy:
    """Energy of so many kilowatt-hours.

    Raises ValueError for more than six decimals: nothing that we read or bill is finer.
    """
    mwh = kwh * MWH_PER_KWH
    if mwh != int(mwh):
        raise ValueError(f"finer than a milliwatt-hour: {kwh} kWh")
    return Energy(int(mwh))
