"""What a request is about, with all that the rules of its kind may ask of it; found by finding.py."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from portal.consumption.registers.records import ReadRegister
from portal.contracts.kinds import ContractKind
from portal.contracts.offers import ProductOffer
from portal.contracts.records import HeldContract
from portal.contracts.tariff_periods import Days
from portal.customers.change_requests import PostalAddress
from portal.customers.rhythms import BillingRhythm
from portal.invoices.records import InvoiceHead
from portal.kit.energy import Energy
from portal.kit.i18n import Language, Spoken, Text
from portal.kit.money import Money
from portal.sites.commodities import Commodity
from portal.terms import USUAL, BillingTerms, PaymentTerms


@dataclass(frozen=True, kw_only=True)
class Subject(ABC):
    """Something of a customer's. `parameter` names it in addresses.

    postal: where the customer's post goes, None where nobody has told
    """

    party_id: UUID
    customer_number: str
    customer: str
    postal: PostalAddress | None

    parameter: ClassVar[str]

    @property
    @abstractmethod
    def id(self) -> UUID:
        """Its own id."""

    @property
    @abstractmethod
    def title(self) -> Spoken | str:
        """Which one it is among those of the customer."""

    def named(self, language: Language) -> str:
        """The same in a language."""
        return self.title if isinstance(self.title, str) else self.title.said(language)

    @property
    @abstractmethod
    def page(self) -> str:
        """The address of its page."""

    @property
    def site_id(self) -> UUID | None:
        """The site at which it is."""
        return None

    @property
    def contract_id(self) -> UUID | None:
        """The contract that it is."""
        return None

    @property
    def invoice_id(self) -> UUID | None:
        """The bill that it is."""
        return None


@dataclass(frozen=True, kw_only=True)
class ContractSubject(Subject):
    """A contract, the customer's others at its site that have not ended, and the codes of what was granted about it."""

    contract: HeldContract
    others: Sequence[HeldContract]
    granted: frozenset[str] = frozenset()

    parameter = "contract"

    @property
    def id(self) -> UUID:
        """The contract's."""
        return self.contract.id

    @property
    def title(self) -> Spoken:
        """`Vakaa, Kotikatu 1`."""
        return Spoken(lambda language: f"{_product(self.contract, language)}, {self.contract.street}")

    @property
    def page(self) -> str:
        """The contract's page."""
        return f"/contracts/{self.contract.id}"

    @property
    def site_id(self) -> UUID:
        """Where it delivers."""
        return self.contract.site_id

    @property
    def contract_id(self) -> UUID:
        """The contract's."""
        return self.contract.id


@dataclass(frozen=True, slots=True)
class YearCosts:
    """What some days cost, and what they would have cost with products by their codes: with VAT, of sale alone."""

    days: Days
    used: Energy
    paid: Money
    would: Mapping[str, Money]


@dataclass(frozen=True, kw_only=True)
class SaleSubject(ContractSubject):
    """A contract, the products that may take its place, and what a year would have cost; None where nobody can say."""

    offers: Sequence[ProductOffer]
    year: YearCosts | None


@dataclass(frozen=True, kw_only=True)
class InvoiceSubject(Subject):
    """A bill, whether we have reminded of it, and the codes of what was granted about it before."""

    invoice: InvoiceHead
    at_site: UUID | None
    is_reminded: bool
    granted: frozenset[str]
    terms: PaymentTerms

    parameter = "invoice"

    @property
    def id(self) -> UUID:
        """The bill's."""
        return self.invoice.id

    @property
    def title(self) -> Spoken:
        """`Lasku, lokakuu 2026, kaukolämpö`."""
        return Spoken(self.invoice.title.said)

    @property
    def page(self) -> str:
        """The bill's page."""
        return f"/invoices/{self.invoice.id}"

    @property
    def site_id(self) -> UUID | None:
        """The site that it is about; None for several."""
        return self.at_site

    @property
    def invoice_id(self) -> UUID:
        """The bill's."""
        return self.invoice.id


@dataclass(frozen=True, kw_only=True)
class CustomerSubject(Subject):
    """The customer, where it is about nothing that they have yet, or about all of it.

    offers: the electricity that they may choose
    holds: the kinds of the contracts that run
    rhythm, due_day: how often bills come and when they fall due, as the register says; None where it does not
    billing: what of that they may choose
    """

    offers: Sequence[ProductOffer] = ()
    holds: frozenset[ContractKind] = frozenset()
    rhythm: BillingRhythm | None = None
    due_day: int | None = None
    billing: BillingTerms = USUAL

    parameter = "customer"

    @property
    def id(self) -> UUID:
        """The party's."""
        return self.party_id

    @property
    def title(self) -> str:
        """Their name."""
        return self.customer

    @property
    def page(self) -> str:
        """Where their sites are."""
        return "/sites"


@dataclass(frozen=True, slots=True)
class MeasuringPoint:
    """A metering point by its number, and what it measures."""

    gsrn: str
    commodity: Commodity


@dataclass(frozen=True, slots=True)
class SiteFact:
    """Something that is known of a site, by a code that no language changes."""

    code: str
    label: Text
    shown: Text | Spoken | str


@dataclass(frozen=True, kw_only=True)
class SiteSubject(Subject):
    """A site, whether it is held today, what measures there, and the registers that were read while it was held.

    facts: what is known of it, its metering points and meters, to whoever holds it today
    """

    at_site: UUID
    called: str
    is_held: bool
    points: Sequence[MeasuringPoint]
    registers: Sequence[ReadRegister]
    facts: Sequence[SiteFact] = ()

    parameter = "site"

    @property
    def id(self) -> UUID:
        """The site's."""
        return self.at_site

    @property
    def title(self) -> str:
        """What it is called."""
        return self.called

    @property
    def page(self) -> str:
        """The site's page."""
        return f"/sites/{self.at_site}"

    @property
    def site_id(self) -> UUID:
        """The site's."""
        return self.at_site


def _product(contract: HeldContract, language: Language) -> str:
    return contract.product.said(language)
