"""What a contract and a tax are once a day: one contract of a kind at a metering point, one rate of a tax."""

from collections.abc import Collection, Iterator
from typing import Final

from sqlmodel import Session, col, select

from portal.contracts.importing import ContractEntry, TaxEntry
from portal.contracts.models import Contract, Tax
from portal.kit.feed import days_of
from portal.kit.mirror import portions
from portal.kit.once import DatedRow, Key, Once
from portal.kit.ranges import Range
from portal.sites.models import MeteringPoint


def _contract(row: ContractEntry) -> DatedRow | None:
    """A contract about a whole site competes with none: a site may have two connections, of electricity and of heat."""
    return DatedRow((row.gsrn, row.kind), f"contract {row.contract_number}", days_of(row)) if row.gsrn else None


def _contracts(db: Session, keys: Collection[Key]) -> Iterator[DatedRow]:
    for some in portions(gsrn for gsrn, _ in keys):
        found = select(MeteringPoint.gsrn, Contract).join(Contract).where(col(MeteringPoint.gsrn).in_(some))
        for gsrn, contract in db.exec(found.order_by(Contract.number)):
            if (gsrn, contract.kind) in keys:
                held = Range.of_days(contract.valid_from, contract.valid_to)
                yield DatedRow((gsrn, contract.kind), f"contract {contract.number}", held)
        db.expunge_all()


def _tax(row: TaxEntry) -> DatedRow:
    return DatedRow((row.kind, row.applies_to), _rate(row), days_of(row))


def _taxes(db: Session, keys: Collection[Key]) -> Iterator[DatedRow]:
    for tax in db.exec(select(Tax)):
        if (tax.kind, tax.applies_to) in keys:
            held = Range.of_days(tax.valid_from, tax.valid_to)
            yield DatedRow((tax.kind, tax.applies_to), _rate(tax), held)


def _rate(tax: TaxEntry | Tax) -> str:
    return f"the {tax.kind} rate for {tax.applies_to} of {tax.valid_from}"


def _one_contract(key: Key) -> str:
    gsrn, kind = key
    return f"metering point {gsrn} has one {kind} contract on a day"


def _one_rate(key: Key) -> str:
    kind, applies_to = key
    return f"{kind} has one rate for {applies_to} on a day"


CONTRACT_ONCE: Final = Once(_contract, _contracts, _one_contract)
TAX_ONCE: Final = Once(_tax, _taxes, _one_rate)
