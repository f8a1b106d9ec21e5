"""A month that is not billed yet, as its customer reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from portal.billing_month.rules import Lack
from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import ContractKind
from portal.contracts.pricing import Costing, CostLine, Unit, vat_of
from portal.contracts.tariff_periods import Days
from portal.invoices import labels
from portal.invoices.records import InvoiceHead
from portal.kit.energy import Energy
from portal.kit.i18n import Text, text
from portal.kit.intervals import QUARTERS_AN_HOUR
from portal.kit.money import Money, total
from portal.sites.commodities import Commodity


class NoMonth(StrEnum):
    """Why nothing can be said of a month."""

    NOTHING_METERED = "nothing-metered"
    TOO_MANY = "too-many"
    NO_READINGS = "no-readings"
    NO_PRICE = "no-price"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a month may come to with VAT, and a range as wide as the worst forecast of past months was out.

    months: how many past months were tried
    """

    total: Money
    lowest: Money
    highest: Money
    months: int

    @staticmethod
    def of(whole: Costing, error: Fraction, months: int) -> "Forecast":
        """A forecast of a whole month, whose energy may cost more or less by some part; charges by time are known."""
        with_vat = total(rate.net + rate.vat for rate in vat_of(of_energy(whole)))
        out = Money(round(abs(with_vat.cents) * error))
        return Forecast(whole.total, whole.total - out, whole.total + out, months)


@dataclass(frozen=True, slots=True)
class MonthSoFar:
    """What a month costs up to the last day of which everything is known, and what it may come to.

    days: those that are worked out
    kinds: of what kind each contract is
    used: of each metering point
    forecast: or why there is none
    bills: those of the month before
    follows_spot: whether a price changes with the exchange, and with it the forecast
    """

    days: Days
    costing: Costing
    kinds: Mapping[UUID, ContractKind]
    used: Sequence[tuple[Commodity, Energy]]
    forecast: Forecast | Lack
    bills: Sequence[InvoiceHead]
    follows_spot: bool

    @property
    def total(self) -> Money:
        """What it comes to so far, with VAT."""
        return self.costing.total

    @property
    def parts(self) -> Sequence[tuple[Text, Money]]:
        """What that is made of: each kind of contract, charges by time, taxes; naught is left out."""
        lines = self.costing.lines
        fees = [line for line in lines if line.unit is Unit.MONTH]
        taxes = [line for line in lines if line.code == ELECTRICITY_TAX]
        others = [line for line in lines if line not in fees and line not in taxes]
        parts = [
            (kind.label.words, total(line.net for line in others if self.kinds[line.contract_id] is kind))
            for kind in ContractKind
        ]
        parts += [
            (text("Basic charges"), total(line.net for line in fees)),
            (text("Electricity tax"), total(line.net for line in taxes)),
            (text("VAT"), self.costing.vat),
        ]
        return [(words, amount) for words, amount in parts if amount]

    @property
    def estimated_hours(self) -> Decimal:
        """Of how many hours there are no readings, so that they are estimated."""
        return Decimal(sum(gap.quarters for gap in self.costing.missing)) / QUARTERS_AN_HOUR

    @property
    def uses(self) -> Sequence[tuple[Text, str]]:
        """What was used of each commodity, rounded."""
        together: dict[Commodity, Energy] = {}
        for commodity, used in self.used:
            together[commodity] = together.get(commodity, Energy(0)) + used
        return [(of.label.words, labels.rounded(of, used)) for of, used in together.items()]

    @property
    def billed_before(self) -> Money:
        """What the month before came to on its bills."""
        return total(bill.total for bill in self.bills)

    @property
    def lacks(self) -> ContractKind | None:
        """What of electricity somebody else bills, its sale or its distribution; None for neither."""
        both = {ContractKind.SALES, ContractKind.NETWORK}
        missing = both - set(self.kinds.values())
        return missing.pop() if len(missing) == 1 else None

    @property
    def foretold(self) -> Forecast | None:
        """The forecast, where there is one."""
        return self.forecast if isinstance(self.forecast, Forecast) else None


def of_energy(costing: Costing) -> Sequence[CostLine]:
    """What is charged by the meter, and not by time."""
    return [line for line in costing.lines if line.unit is not Unit.MONTH]
