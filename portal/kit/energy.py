"""Energy in whole milliwatt-hours: the six decimals of a Datahub kWh, exactly; any sign."""

from dataclasses import dataclass
from decimal import Decimal

MILLIWATT_HOURS_PER_KWH = 1_000_000  # milliwatt-hours, not megawatt-hours
KWH_A_MEGAWATT_HOUR = 1_000


@dataclass(frozen=True, order=True, slots=True)
class Energy:
    """An amount of energy, in milliwatt-hours."""

    milliwatt_hours: int

    def __add__(self, other: "Energy") -> "Energy":
        return Energy(self.milliwatt_hours + other.milliwatt_hours)

    def __sub__(self, other: "Energy") -> "Energy":
        return Energy(self.milliwatt_hours - other.milliwatt_hours)

    def __abs__(self) -> "Energy":
        return Energy(abs(self.milliwatt_hours))

    def __bool__(self) -> bool:
        return self.milliwatt_hours != 0

    @property
    def kwh(self) -> Decimal:
        """Kilowatt-hours, exactly."""
        return Decimal(self.milliwatt_hours) / MILLIWATT_HOURS_PER_KWH


def from_kwh(kwh: Decimal) -> Energy:
    """Energy of so many kilowatt-hours.

    Raises ValueError for more than six decimals: nothing that we read or bill is finer.
    """
    milliwatt_hours = kwh * MILLIWATT_HOURS_PER_KWH
    if milliwatt_hours != int(milliwatt_hours):
        raise ValueError(f"finer than a milliwatt-hour: {kwh} kWh")
    return Energy(int(milliwatt_hours))
