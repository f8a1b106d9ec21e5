"""A bill as its receiver reads it: values without a database, and what can be told from them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import ContractKind, Names
from portal.invoices.kinds import InvoiceKind, LineUnit, ReadBy
from portal.kit.energy import Energy
from portal.kit.money import Money, total

NO_ENERGY: Final = Energy(0)
WHOLE: Final = (
    {ContractKind.SALES, ContractKind.NETWORK},
    *({kind} for kind in (ContractKind.HEAT, ContractKind.COOLING, ContractKind.GAS)),
)


@dataclass(frozen=True, slots=True)
class InvoiceSubject:
    """What a bill is for: kinds of contracts; where its lines are of none, what the first of them is called."""

    kinds: frozenset[ContractKind] = frozenset()
    line: Names | None = None


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """What a list tells of a bill. The street is None for a bill about several sites.

    credited: what credit notes take off it, not negative; nothing for a credit note
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


@dataclass(frozen=True, slots=True)
class Source:
    """The contract that a line is for; energy, gsrn and point_id are None where it has no metering point."""

    contract_id: UUID
    kind: ContractKind
    product: Names
    energy: str | None
    gsrn: str | None
    point_id: UUID | None


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


@dataclass(frozen=True, slots=True)
class Vat:
    """The VAT of one rate."""

    percent: Decimal
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came for a bill."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill with all it says."""

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

    @property
    def sells_electricity(self) -> bool:
        """Whether it is, in part at least, for electricity that we sold."""
        return any(line.source is not None and line.source.kind is ContractKind.SALES for line in self.lines)


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one contract, or those of none."""

    source: Source | None
    lines: tuple[Line, ...]

    @property
    def net(self) -> Money:
        """Their sum without VAT."""
        return total(line.net for line in self.lines)


def subject(lines: Sequence[Line]) -> InvoiceSubject:
    """What a bill of these lines is for."""
    kinds = frozenset(line.source.kind for line in lines if line.source)
    return InvoiceSubject(kinds, lines[0].name if lines and not kinds else None)


def is_whole(lines: Iterable[Line]) -> bool:
    """Whether lines are all that one energy cost: nothing else, and of electricity both its sale and its transfer."""
    billed: dict[tuple[str, ContractKind], int] = defaultdict(int)
    for line in lines:
        if line.source is None or line.source.energy is None:
            return False
        of_supply = line.energy if line.energy is not None and line.code != ELECTRICITY_TAX else NO_ENERGY
        billed[line.source.energy, line.source.kind] += of_supply.milliwatt_hours
    kinds, amounts = {kind for _, kind in billed}, set(billed.values())
    return len({energy for energy, _ in billed}) == len(amounts) == 1 and kinds in WHOLE


def by_contract(lines: Iterable[Line]) -> Sequence[Group]:
    """The lines of each contract, in the order of the bill."""
    found: dict[UUID | None, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.source.contract_id if line.source else None].append(line)
    return [Group(lines[0].source, tuple(lines)) for lines in found.values()]


def consumption(lines: Iterable[Line]) -> Mapping[str, Energy]:
    """How much of each energy was used, counted once.

    Sales and network contracts bill the same energy of a metering point, each on lines of its own, and electricity tax
    bills it again.
    """
    billed: dict[tuple[str, str, ContractKind], int] = defaultdict(int)
    for line in lines:
        if line.energy is not None and line.source and line.source.energy and line.code != ELECTRICITY_TAX:
            billed[line.source.energy, line.source.gsrn or "", line.source.kind] += line.energy.milliwatt_hours
    points: dict[tuple[str, str], int] = {}
    for (energy, gsrn, _), milliwatt_hours in billed.items():
        points[energy, gsrn] = max(milliwatt_hours, points.get((energy, gsrn), milliwatt_hours))
    used: dict[str, int] = defaultdict(int)
    for (energy, _), milliwatt_hours in points.items():
        used[energy] += milliwatt_hours
    return {energy: Energy(milliwatt_hours) for energy, milliwatt_hours in used.items()}
