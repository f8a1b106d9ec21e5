"""An invoice as its receiver reads it: what a query builds, the page hands on and the template asks."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import ContractKind, Covers, Names
from portal.contracts.labels import CENTS_A_KWH_TO_EUROS_A_MWH
from portal.contracts.pricing import Vat
from portal.invoices import labels, rules
from portal.invoices.kinds import InvoiceKind, LineUnit, ReadBy
from portal.invoices.priced_energy import PricedEnergy, counted_once
from portal.invoices.rules import Shares, Status
from portal.kit.clock import DAY
from portal.kit.energy import KWH_A_MEGAWATT_HOUR, Energy
from portal.kit.i18n import Language, Spoken, Text, text
from portal.kit.labels import Label
from portal.kit.money import Money, total
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType

NO_ENERGY: Final = Energy(0)
NO_MONEY: Final = Money(0)
OF_ELECTRICITY: Final = frozenset(kind for kind in ContractKind if kind.commodity is Commodity.ELECTRICITY)
WHOLE: Final = (
    {ContractKind.SALES, ContractKind.NETWORK},
    *({kind} for kind in ContractKind if kind.covers is Covers.BOTH),
)


@dataclass(frozen=True, slots=True)
class InvoiceSubject:
    """What an invoice is for: kinds of contracts; where its lines are of none, what the first of them is called."""

    kinds: frozenset[ContractKind] = frozenset()
    line: Names | None = None


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """What a list tells of an invoice. The street is None for one about several sites.

    credited: what credit notes take off it, not negative; nothing for a credit note
    on_the_way: what was paid here and is not among `paid` yet
    disputed: what is disputed of it, with VAT, and waits for an answer
    in_collection_since: None where it is not in collection
    """

    id: UUID
    number: str
    kind: InvoiceKind
    subject: InvoiceSubject
    street: str | None
    issued_on: date
    due_on: date
    first: date
    last: date
    total: Money
    paid: Money
    credited: Money
    on_the_way: Money = NO_MONEY
    disputed: Money = NO_MONEY
    in_collection_since: date | None = None

    @property
    def open_amount(self) -> Money:
        """What is still to be paid; never negative."""
        return rules.left_to_pay(self.total, self.paid, self.credited)

    @property
    def shares(self) -> Shares:
        """What is still to be paid, shared out by who asks for it."""
        return rules.shared_out(
            self.open_amount, self.on_the_way, self.disputed, is_in_collection=self.in_collection_since is not None
        )

    @property
    def to_pay(self) -> Money:
        """What the customer has still to pay to us: neither on its way nor disputed nor in collection."""
        return self.shares.asked

    @property
    def overpaid(self) -> Money:
        """What was paid beyond the total."""
        return rules.too_much(self.total, self.paid)

    @property
    def is_credit_note(self) -> bool:
        """Whether nothing falls due: a credit note pays back."""
        return self.kind is InvoiceKind.CREDIT

    @property
    def title(self) -> Text:
        """What it is, for which time and what: `Lasku, lokakuu 2026, kaukolämpö`."""
        return labels.title(self.kind, self._told(lambda language: (self._subject(language),)))

    @property
    def about(self) -> Spoken:
        """Which one it is among those of a customer: `lokakuu 2026, kaukolämpö`, `lokakuu 2026, hyvityslasku`."""
        return self._told(lambda language: (labels.kind(self.kind, language), self._subject(language)))

    @property
    def period(self) -> Spoken:
        """The days that it bills: `lokakuu 2026`, `heinä–syyskuu 2026`."""
        return Spoken(lambda language: labels.period(self.first, self.last, language))

    def status(self, today: date) -> Status:
        """Where it stands on a day."""
        shares = self.shares
        if shares.collected:
            return Status.COLLECTION
        if self.open_amount and not shares.asked:
            return Status.DISPUTED if shares.disputed else Status.BOOKING
        return rules.status(self.total, self.paid, self.credited, self.due_on, today)

    @property
    def days(self) -> Decimal:
        """How many days it bills."""
        return Decimal((self.last - self.first) // DAY + 1)

    def label(self, today: date) -> Label:
        """Where it stands on a day, in words."""
        return labels.STATUSES[self.status(today)]

    def is_late(self, today: date) -> bool:
        """Whether its due date is over."""
        return rules.is_late(self.due_on, today)

    def days_late(self, today: date) -> int:
        """Days since its due date."""
        return (today - self.due_on).days

    def falls_due(self, today: date) -> Text:
        """When it falls due, counted from a day."""
        return labels.falls_due((self.due_on - today).days)

    def _told(self, parts: Callable[[Language], tuple[str, ...]]) -> Spoken:
        return Spoken(lambda language: ", ".join(filter(None, (self.period.said(language), *parts(language)))))

    def _subject(self, language: Language) -> str:
        if self.subject.kinds:
            return labels.subject(self.subject.kinds, language)
        return labels.named(self.subject.line if self.kind is not InvoiceKind.REMINDER else None, language)


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a contract holds: its last day, once it is known, and that of a fixed term."""

    first: date
    last: date | None
    fixed_until: date | None
    notice_days: int


@dataclass(frozen=True, slots=True)
class Source:
    """The contract that a line is for; commodity, gsrn and point_id are None where it has no metering point.

    gsrn, number, validity: None as well where the person may not know them
    reading_type: the series of readings that it is billed by, None: the first that the point has
    number: the utility's own of the contract
    """

    contract_id: UUID
    kind: ContractKind
    product: Names
    commodity: Commodity | None
    gsrn: str | None
    point_id: UUID | None
    site_id: UUID
    reading_type: ReadingType | None = None
    number: str | None = None
    validity: Validity | None = None

    @property
    def words(self) -> Text:
        """What kind of contract it is."""
        return self.kind.label.words

    def href(self, first: date, last: date) -> str:
        """The page of consumption of some days, in the series that it is billed by."""
        asked: dict[str, object] = {"from": first, "to": last, "site": self.site_id}
        if self.commodity:
            asked["energy"] = self.commodity
        if self.reading_type:
            asked["series"] = self.reading_type
        return f"/consumption?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without VAT.

    energy: None where something else is counted
    quantity, unit, unit_price: None where nothing is
    """

    source: Source | None
    code: str
    name: Names
    first: date
    last: date
    quantity: Decimal | None
    energy: Energy | None
    unit: LineUnit | None
    unit_price: Decimal | None
    vat_percent: Decimal
    net: Money
    estimated: bool

    @property
    def priced(self) -> Sequence[PricedEnergy]:
        """The energy that it bills; nothing where it bills something else."""
        return [] if self.energy is None else [PricedEnergy(self.code, self.first, self.last, self.energy)]

    @property
    def counted(self) -> "Counted | None":
        """What it counts, as its trade does: heat, cooling and gas by the megawatt-hour, however they were told."""
        if self.quantity is None or self.unit is None or self.unit_price is None:
            return None
        if self.unit is LineUnit.KWH and self.source and self.source.kind.is_by_the_mwh:
            price = self.unit_price * CENTS_A_KWH_TO_EUROS_A_MWH
            return Counted(self.quantity / KWH_A_MEGAWATT_HOUR, LineUnit.MWH, price)
        return Counted(self.quantity, self.unit, self.unit_price)


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of a unit, each at a price: c/kWh for kilowatt-hours, else euros."""

    figure: Decimal
    unit: LineUnit
    each: Decimal

    @property
    def quantity(self) -> Text | str:
        """How many, and of what."""
        return labels.quantity(self.figure, self.unit)

    @property
    def price(self) -> Text | str:
        """What each costs."""
        return labels.unit_price(self.each, self.unit)


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came for an invoice."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer of an invoice as the register names them now; what it does not know is None."""

    customer_number: str
    name: str
    business_id: str | None
    language: Language
    street: str | None
    postcode: str | None
    town: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class WholeInvoice:
    """An invoice with all it says. The number of its site is None where it is about several.

    collector: who collects it, and how they are reached; None where nobody does, or the utility does so itself
    """

    head: InvoiceHead
    party_id: UUID
    net: Money
    vat: Money
    reference: str
    iban: str
    bic: str
    payee: str
    estimated: bool
    read_by: ReadBy | None
    refers_to: str | None
    lines: tuple[Line, ...]
    vats: tuple[Vat, ...]
    received: tuple[Received, ...]
    site_number: str | None = None
    is_a_companys: bool = False
    collector: str | None = None

    @property
    def sources(self) -> "Sequence[Source]":
        """The contracts of its lines, each once."""
        return [group.source for group in self.by_contract if group.source]

    @property
    def told_sources(self) -> "Sequence[Source]":
        """Those of which the person may know more than what they are."""
        return [source for source in self.sources if source.number or source.gsrn]

    @property
    def sells_electricity(self) -> bool:
        """Whether it is, in part at least, for electricity that we sold."""
        return self.is_about(ContractKind.SALES)

    @property
    def distributes_electricity(self) -> bool:
        """Whether it is, in part at least, for the distribution of electricity."""
        return self.is_about(ContractKind.NETWORK)

    @property
    def is_about_electricity(self) -> bool:
        """Whether it is for either."""
        return self.sells_electricity or self.distributes_electricity

    @property
    def is_about_more_than_electricity(self) -> bool:
        """Whether it is for another contract as well, or for none at all: a fee beside electricity is a part of it."""
        return not self.sources or any(source.kind not in OF_ELECTRICITY for source in self.sources)

    def is_about(self, *kinds: ContractKind) -> bool:
        """Whether a line of it is for a contract of some kinds."""
        return any(source.kind in kinds for source in self.sources)

    @property
    def by_contract(self) -> "Sequence[Group]":
        """Its lines contract by contract."""
        return by_contract(self.lines)

    @property
    def used(self) -> Sequence[tuple[Text, str]]:
        """What was used of each commodity, rounded, in the unit of its trade."""
        return [(of.label.words, labels.rounded(of, amount)) for of, amount in consumption(self.lines).items()]

    @property
    def average_price(self) -> str | None:
        """What energy cost with everything; None for an invoice that is not all of its price."""
        amounts = list(consumption(self.lines).values())
        if len(amounts) != 1 or amounts[0] <= NO_ENERGY or not is_whole(self.lines):
            return None
        return labels.average_price(self.head.subject.kinds, self.head.total, amounts[0])

    @property
    def metering(self) -> Text | None:
        """How its meters were read; None for an invoice without a meter, or where it is not known."""
        if not any(line.unit in labels.METERED for line in self.lines):
            return None
        if self.estimated:
            return text("partly estimated")
        return labels.READ[self.read_by] if self.read_by else None


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one contract, or those of none."""

    source: Source | None
    lines: tuple[Line, ...]

    @property
    def net(self) -> Money:
        """Their sum without VAT."""
        return total(line.net for line in self.lines)

    @property
    def supplied(self) -> Energy:
        """The energy that they bill, once; that of electricity tax aside."""
        return counted_once(one for line in self.lines if line.code != ELECTRICITY_TAX for one in line.priced)


def subject(lines: Sequence[Line]) -> InvoiceSubject:
    """What an invoice of these lines is for."""
    kinds = frozenset(line.source.kind for line in lines if line.source)
    return InvoiceSubject(kinds, lines[0].name if lines and not kinds else None)


def is_whole(lines: Iterable[Line]) -> bool:
    """Whether lines are all that one energy cost: nothing else, and of electricity both its sale and its transfer."""
    billed: dict[tuple[Commodity, ContractKind], Energy] = defaultdict(lambda: NO_ENERGY)
    for group in by_contract(lines):
        if group.source is None or group.source.commodity is None:
            return False
        billed[group.source.commodity, group.source.kind] += group.supplied
    kinds, amounts = {kind for _, kind in billed}, set(billed.values())
    return len({commodity for commodity, _ in billed}) == len(amounts) == 1 and kinds in WHOLE


def by_contract(lines: Iterable[Line]) -> Sequence[Group]:
    """The lines of each contract, in the order of the invoice."""
    found: dict[UUID | None, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.source.contract_id if line.source else None].append(line)
    return [Group(lines[0].source, tuple(lines)) for lines in found.values()]


def consumption(lines: Iterable[Line]) -> Mapping[Commodity, Energy]:
    """How much of each energy was used, counted once.

    Sales and network contracts bill the same energy of a metering point, each on lines of its own, and electricity tax
    bills it again; a margin does so beside the price.
    """
    billed: dict[tuple[Commodity, UUID | None, ContractKind], Energy] = defaultdict(lambda: NO_ENERGY)
    for group in by_contract(line for line in lines if line.energy is not None):
        source = group.source
        if source and source.commodity and any(line.code != ELECTRICITY_TAX for line in group.lines):
            billed[source.commodity, source.point_id, source.kind] += group.supplied
    points: dict[tuple[Commodity, UUID | None], Energy] = {}
    for (commodity, point_id, _), energy in billed.items():
        points[commodity, point_id] = max(energy, points.get((commodity, point_id), energy))
    used: dict[Commodity, Energy] = defaultdict(lambda: NO_ENERGY)
    for (commodity, _), energy in points.items():
        used[commodity] += energy
    return used
