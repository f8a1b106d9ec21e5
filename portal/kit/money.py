"""Money in whole euro cents; never a float."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of euros, in cents. Negative amounts are credits."""

    cents: int

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - other.cents)

    def __neg__(self) -> "Money":
        return Money(-self.cents)

    def __bool__(self) -> bool:
        return self.cents != 0

    @property
    def euros(self) -> Decimal:
        """The amount in euros, exactly."""
        return Decimal(self.cents) / 100


def total(amounts: Iterable[Money]) -> Money:
    """The sum of amounts; nothing sums to zero."""
    return Money(sum(amount.cents for amount in amounts))


def rounded(cents: Decimal) -> Money:
    """An exact amount of cents rounded half-up, away from zero at the half."""
    return Money(int(cents.quantize(Decimal(1), ROUND_HALF_UP)))
