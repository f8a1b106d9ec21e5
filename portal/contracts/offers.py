"""Products that are on sale, and what they would have cost in the place of a contract."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.contracts.charges import Terms
from portal.contracts.kinds import Basis, Names
from portal.contracts.records import DatedPrice, dated_prices
from portal.contracts.tariff_periods import Days
from portal.kit.clock import DAY, months_after


@dataclass(frozen=True, slots=True)
class ProductOffer:
    """A product that may be chosen today.

    fixed_months: how long its fixed term is; None: until further notice
    terms: a contract of it that lasts for today, with the prices and the rate of VAT of today
    """

    code: str
    name: Names
    fixed_months: int | None
    terms: Terms

    @property
    def follows_spot(self) -> bool:
        """Whether its price of energy changes with the spot price."""
        return any(one.basis is Basis.SPOT for one in self.terms.prices)

    @property
    def prices(self) -> Sequence[DatedPrice]:
        """Its prices as a contract shows them."""
        return dated_prices(self.terms)

    def fixed_until(self, first: date) -> date | None:
        """The last day of the fixed term of a contract that begins on a day."""
        return months_after(first, self.fixed_months) - DAY if self.fixed_months else None

    def in_place_of(self, contract: Terms, days: Days) -> Terms:
        """A contract of it at the metering point of another, at the prices of today all through some days."""
        return replace(
            self.terms,
            metering_point_id=contract.metering_point_id,
            reading_type=contract.reading_type,
            first=days.first,
            last=days.last,
            prices=tuple(replace(one, first=days.first, last=None) for one in self.terms.prices),
            vat=tuple(replace(one, first=days.first, last=None) for one in self.terms.vat),
        )
