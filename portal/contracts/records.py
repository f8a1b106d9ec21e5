"""A contract as its holder reads it: what a query builds, the page hands on and the template asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final
from uuid import UUID

from portal.contracts import labels, rules
from portal.contracts.charges import BY_ENERGY, ELECTRICITY_TAX, Price, Terms, by_rate
from portal.contracts.kinds import Basis, ContractKind, Names
from portal.contracts.rules import ContractState, Term, When, with_vat
from portal.kit.i18n import Spoken, Text
from portal.kit.labels import Label
from portal.kit.ranges import Range
from portal.sites.kinds import ReadingType
from portal.sites.labels import READING_TYPES

MAIN_PRICES: Final = 3
NO_HEADLINE: Final = frozenset({ContractKind.NETWORK, ContractKind.CONNECTION})
ORDER: Final = tuple(ContractKind)


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A part of the price of a contract as far as both run, cut where VAT changes.

    last: the last day, None while it lasts
    vat_percent: None where the register knows no rate
    """

    kind: ContractKind
    price: Price
    first: date
    last: date | None
    vat_percent: Decimal | None

    @property
    def net(self) -> Decimal:
        """What it comes to without VAT, in its unit.

        What we buy has a price below zero, so that bills take it off; its contract says what we pay.
        """
        amount = abs(self.price.amount) if self.kind is ContractKind.PURCHASE else self.price.amount
        return amount * labels.CENTS_A_KWH_TO_EUROS_A_MWH if self.unit == labels.BY_THE_MWH else amount

    @property
    def gross(self) -> Decimal | None:
        """The same with VAT, rounded for show: a bill computes VAT on its sum. None where no rate is known."""
        return None if self.vat_percent is None else with_vat(self.net, self.vat_percent)

    @property
    def is_taken_off(self) -> bool:
        """Whether it is a margin that we keep of the spot price of what we buy."""
        return self.kind is ContractKind.PURCHASE and self.price.basis is Basis.SPOT and self.price.amount > 0

    @property
    def unit(self) -> Text | str:
        """What it is a price of, in the unit of its trade."""
        return labels.unit(self.kind, self.price.basis)

    @property
    def name(self) -> Text | Spoken:
        """What it is called; one that follows the exchange is the margin alone."""
        if self.price.basis is not Basis.SPOT:
            return Spoken(self.price.name.said)
        return labels.MARGIN_TAKEN_OFF if self.is_taken_off else labels.MARGIN

    @property
    def heading(self) -> Text | Spoken:
        """What it is called in large figures."""
        if self.kind is ContractKind.PURCHASE and self.price.amount < 0:
            return labels.paid_to_the_customer(Spoken(self.price.name.said))
        return labels.with_vat(self.name) if self.vat_percent else self.name

    def when(self, today: date) -> When:
        """Where it stands on a day."""
        if today in Range.of_days(self.first, self.last):
            return When.NOW
        return When.COMING if today < self.first else When.PAST

    def label(self, today: date) -> Label:
        """Where it stands on a day, in words."""
        return labels.PRICES[self.when(today)]


@dataclass(frozen=True, slots=True)
class ContractHead:
    """What every list tells of a contract.

    last: the last day, once it is known
    fixed_until: the last day of a fixed term
    """

    id: UUID
    kind: ContractKind
    product: Names
    street: str
    first: date
    last: date | None
    fixed_until: date | None

    @property
    def kind_label(self) -> Label:
        """What kind of contract it is."""
        return self.kind.label

    def state(self, today: date) -> ContractState:
        """Where it stands on a day."""
        return rules.state(self.first, self.last, self.fixed_until, today)

    def label(self, today: date) -> Label:
        """Where it stands on a day, in words."""
        return labels.STATES[self.state(today)]

    def label_with_end(self, today: date) -> Label:
        """The same of one that runs; where it ends soon, on which day."""
        ends = self.last or self.fixed_until
        return labels.ends(ends) if ends and self.state(today) is ContractState.ENDING else labels.RUNNING

    def is_fixed(self, today: date) -> bool:
        """Whether its fixed term is not over."""
        return self.fixed_until is not None and self.fixed_until >= today


@dataclass(frozen=True, slots=True)
class MadeContract(ContractHead):
    """A contract, and what its rules of withdrawal ask besides.

    signed_on: None where nobody has told
    is_a_persons: whether a private person holds it
    """

    signed_on: date | None
    is_a_persons: bool


@dataclass(frozen=True, slots=True)
class HeldContract(MadeContract):
    """A contract with all it says.

    gsrn: None for a contract about the whole site
    site_name, main_fuse, estimated_kwh_a_year: they tell who lives there: None for those who do not hold the site today
    every_price: in the order of the product, past and coming
    """

    number: str
    origin: str | None
    site_id: UUID
    site_number: str
    site_name: str | None
    postcode: str
    town: str
    estimated_kwh_a_year: int | None
    gsrn: str | None
    main_fuse: str | None
    notice_days: int
    contracted_kw: Decimal | None
    billing_minutes: int
    reading_type: ReadingType | None
    every_price: tuple[DatedPrice, ...]

    @property
    def billed_by(self) -> Label | None:
        """The series of readings it is billed by, where it names one."""
        return READING_TYPES[self.reading_type] if self.reading_type else None

    @property
    def street_and_name(self) -> str:
        """Both of the site, or the name alone where it tells the street already: `Hahmokatu 11, toimisto`."""
        if self.site_name and self.site_name.startswith(self.street):
            return self.site_name
        return f"{self.street}, {self.site_name}" if self.site_name else self.street

    @property
    def origin_of_energy(self) -> Text | str | None:
        """Where the energy comes from: in words where its code is one of ours, else as it was told."""
        return labels.ORIGINS.get(self.origin, self.origin) if self.origin else None

    @property
    def about_vat(self) -> Text:
        """What VAT does to its prices."""
        percents = {one.vat_percent for one in self.every_price}
        if self.kind is ContractKind.PURCHASE and self.is_a_persons and not any(percents):
            return labels.NO_VAT_FOR_A_PERSON
        return labels.NO_VAT if percents == {Decimal(0)} else labels.VAT_IS_ADDED

    def duration(self, today: date) -> Text:
        """How long it runs, as far as it is known on a day."""
        if self.last:
            return labels.until(self.last)
        if self.fixed_until and self.is_fixed(today):
            return labels.fixed_until(self.fixed_until)
        return labels.UNTIL_FURTHER_NOTICE

    def prices(self, today: date) -> Mapping[When, Sequence[DatedPrice]]:
        """Its prices by where they stand on a day."""
        return {when: [one for one in self.every_price if one.when(today) is when] for when in When}

    def prices_now(self, today: date) -> Sequence[DatedPrice]:
        """Those of its prices that hold on a day."""
        return [one for one in self.every_price if one.when(today) is When.NOW]

    def main_prices(self, today: date) -> Sequence[DatedPrice]:
        """What to show in large figures: the first of its prices with a known rate of VAT, tax aside."""
        known = (one for one in self.prices_now(today) if one.vat_percent is not None)
        return [one for one in known if one.price.code != ELECTRICITY_TAX][:MAIN_PRICES]

    def energy_price(self, today: date) -> DatedPrice | None:
        """The price of energy, where there is just one: what people compare."""
        if self.kind in NO_HEADLINE:
            return None
        of_energy = [one for one in self.prices_now(today) if one.price.basis in BY_ENERGY]
        return of_energy[0] if len(of_energy) == 1 and of_energy[0].vat_percent is not None else None

    def follows_spot(self, today: date) -> bool:
        """Whether its price of energy changes with the spot price."""
        return any(one.price.basis is Basis.SPOT for one in self.prices_now(today))

    def term(self, today: date) -> Term | None:
        """The fixed term that it is in on a day; it may end before its time."""
        last = min(filter(None, (self.fixed_until, self.last))) if self.fixed_until else None
        return rules.fixed_term(self.first, last, today)

    def bound_until(self, today: date) -> date | None:
        """Until when its fixed term binds, where that is not until its end."""
        if self.last or today < self.first or self._bound_until == self.fixed_until:
            return None
        return self._bound_until

    def earliest_end(self, today: date) -> date | None:
        """The last day if the customer gave notice today; None where one is known, and where notice does not end it."""
        if self.last or today < self.first or self.kind is ContractKind.CONNECTION:
            return None
        return rules.earliest_end(self.notice_days, self._bound_until, today)

    @property
    def _bound_until(self) -> date | None:
        if self.fixed_until and self.is_a_persons and self.kind is ContractKind.SALES:
            return rules.consumer_bound_until(self.first, self.fixed_until)
        return self.fixed_until


@dataclass(frozen=True, slots=True)
class SiteContracts:
    """The contracts of one site; there is one at least."""

    contracts: Sequence[HeldContract]

    @property
    def by_commodity(self) -> Sequence[tuple[Label, Sequence[HeldContract]]]:
        """Those about each energy, sales before network."""
        ordered = sorted(self.contracts, key=lambda one: ORDER.index(one.kind))
        return [
            (commodity.label, list(alike)) for commodity, alike in groupby(ordered, key=lambda one: one.kind.commodity)
        ]


def dated_prices(terms: Terms) -> Sequence[DatedPrice]:
    """The prices of a contract, each as far as the contract, cut where VAT changes."""
    running = terms.held
    return [
        DatedPrice(terms.kind, price, part.start, part.last, percent)
        for price in terms.prices
        if (held := price.held & running)
        for part, percent in by_rate(held, terms.vat)
    ]
