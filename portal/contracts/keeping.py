"""Keeps products, prices, taxes and contracts as the utility's own systems say they are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from portal.contracts import spot_days
from portal.contracts.charges import VatRate
from portal.contracts.feed import ContractEntry, ProductEntry, SpotDay, TaxEntry
from portal.contracts.kinds import ContractKind, TaxKind
from portal.contracts.models import Contract, PricePart, Product, SpotMonth, Tax
from portal.customers.keeping import party_ids
from portal.kit.clock import first_of_month
from portal.kit.feed import Names, Outcome, Refusal, Verdict, unknown
from portal.kit.mirror import Columns, Kept, Parts, Wanted, mirror, portions
from portal.kit.packing import pack
from portal.sites.keeping import points_of, site_ids
from portal.sites.kinds import Commodity
from portal.sites.models import MeteringPoint

PRODUCTS = Kept(Product, ("code",))
PRICE_PARTS = Parts(PricePart, ("code", "valid_from"), owner="product_id")
TAXES = Kept(Tax, ("kind", "applies_to", "valid_from"))
SPOT_MONTHS = Kept(SpotMonth, ("month",))
CONTRACTS = Kept(Contract, ("number",))
MEASURED: Final[Mapping[ContractKind, frozenset[Commodity]]] = {
    ContractKind.SALES: frozenset({Commodity.ELECTRICITY}),
    ContractKind.NETWORK: frozenset({Commodity.ELECTRICITY, Commodity.PRODUCTION}),
    ContractKind.CONNECTION: frozenset(Commodity),
    ContractKind.HEAT: frozenset({Commodity.HEAT}),
    ContractKind.COOLING: frozenset({Commodity.COOLING}),
    ContractKind.GAS: frozenset({Commodity.GAS}),
    ContractKind.PURCHASE: frozenset({Commodity.PRODUCTION}),
}  # what a metering point measures that a kind of contract is about
TAXED_BY_CLASS: Final = ContractKind.NETWORK  # electricity tax stands on the network bill (Act 1260/1996)


def contracts_of(db: Session, contract_numbers: Iterable[str]) -> Mapping[str, Contract]:
    """The contracts that these numbers name, as far as the register knows them."""
    return {
        contract.number: contract
        for some in portions(contract_numbers)
        for contract in db.exec(select(Contract).where(col(Contract.number).in_(some)))
    }


def vat_rates(db: Session) -> Mapping[ContractKind, Sequence[VatRate]]:
    """The dated rates of VAT of each kind of contract, the earliest first."""
    rates: defaultdict[ContractKind, list[VatRate]] = defaultdict(list)
    for tax in db.exec(select(Tax).where(Tax.kind == TaxKind.VAT).order_by(col(Tax.valid_from))):
        rates[ContractKind(tax.applies_to)].append(VatRate(tax.rate, tax.valid_from, tax.valid_to))
    return rates


def keep_products(db: Session, rows: Sequence[ProductEntry]) -> list[Verdict]:
    """Keep products with their dated prices."""
    return mirror(db, PRODUCTS, [_product(row) for row in rows], (PRICE_PARTS,))


def keep_taxes(db: Session, rows: Sequence[TaxEntry]) -> list[Verdict]:
    """Keep taxes."""
    return mirror(db, TAXES, [Wanted(row.model_dump()) for row in rows])


def keep_contracts(db: Session, rows: Sequence[ContractEntry]) -> list[Verdict]:
    """Keep contracts."""
    known = _known(db, rows)
    return mirror(db, CONTRACTS, [_contract(row, known) for row in rows])


def keep_spot_days(db: Session, rows: Sequence[SpotDay]) -> list[Verdict]:
    """Keep spot prices, day by day, in the packed rows of their months."""
    months = {first_of_month(row.day) for row in rows}
    kept = {one.month: one.prices for one in db.exec(select(SpotMonth).where(col(SpotMonth.month).in_(months)))}
    prices = {month: spot_days.of_month(month, kept.get(month, b"")) for month in months}
    verdicts: list[Verdict] = []
    for row in rows:
        month = first_of_month(row.day)
        before, prices[month] = prices[month], spot_days.with_day(prices[month], row.day, row.minutes, row.prices)
        same = bool((before == prices[month]).all())
        verdicts.append(Outcome.UNCHANGED if same else Outcome.ACCEPTED)
    mirror(db, SPOT_MONTHS, [Wanted({"month": month, "prices": pack(prices[month])}) for month in sorted(months)])
    return verdicts


@dataclass(frozen=True)
class _Known:
    """What the register knows of the numbers that contracts refer to."""

    parties: Mapping[str, UUID]
    sites: Mapping[str, UUID]
    points: Mapping[str, MeteringPoint]
    products: Mapping[str, Product]

    def lacks(self, row: ContractEntry) -> Refusal | None:
        if row.customer_number not in self.parties:
            return unknown("customer", row.customer_number)
        if row.site_number not in self.sites:
            return unknown("site", row.site_number)
        if row.product_code not in self.products:
            return unknown("product", row.product_code)
        if row.gsrn is not None and row.gsrn not in self.points:
            return unknown("metering point", row.gsrn)
        return None


def _known(db: Session, rows: Sequence[ContractEntry]) -> _Known:
    products = select(Product).where(col(Product.code).in_({row.product_code for row in rows}))
    return _Known(
        party_ids(db, (row.customer_number for row in rows)),
        site_ids(db, (row.site_number for row in rows)),
        points_of(db, {row.gsrn for row in rows if row.gsrn}),
        {product.code: product for product in db.exec(products)},
    )


def _product(row: ProductEntry) -> Wanted:
    product = {
        "code": row.product_code,
        "kind": row.kind,
        **_named(row.name),
        "billing_minutes": row.billing_minutes,
        "origin": row.origin,
    }
    return Wanted(product, lambda _: {PRICE_PARTS: _price_parts(row)})


def _price_parts(row: ProductEntry) -> Iterator[Columns]:
    for position, part in enumerate(row.price_parts):
        facts = part.model_dump(exclude={"name", "window"})
        yield {"position": position, **_named(part.name), "time_window": part.window, **facts}


def _named(names: Names) -> Columns:
    return {"name_fi": names.fi, "name_sv": names.sv, "name_en": names.en}


def _contract(row: ContractEntry, known: _Known) -> Wanted | Refusal:
    refusal = known.lacks(row) or _contradiction(row, known)
    if refusal:
        return refusal
    references = {"contract_number", "customer_number", "site_number", "gsrn", "product_code"}
    return Wanted(
        {
            "number": row.contract_number,
            "party_id": known.parties[row.customer_number],
            "site_id": known.sites[row.site_number],
            "metering_point_id": known.points[row.gsrn].id if row.gsrn else None,
            "product_id": known.products[row.product_code].id,
            **row.model_dump(exclude=references),
        }
    )


def _contradiction(row: ContractEntry, known: _Known) -> Refusal | None:
    """What the contract says against its product or its metering point.

    A point of another site would show its customer how somebody else lives.
    """
    product = known.products[row.product_code]
    if product.kind != row.kind:
        return Refusal(f"product {row.product_code} is for {product.kind} contracts, not {row.kind}")
    if row.gsrn and known.points[row.gsrn].site_id != known.sites[row.site_number]:
        return Refusal(f"metering point {row.gsrn} does not stand at site {row.site_number}")
    if row.gsrn and (energy := known.points[row.gsrn].energy) not in MEASURED[row.kind]:
        return Refusal(f"metering point {row.gsrn} measures {energy}, which no {row.kind} contract is about")
    if row.tax_class and row.kind is not TAXED_BY_CLASS:
        return Refusal(f"tax_class belongs to a {TAXED_BY_CLASS} contract; of a {row.kind} contract it is null")
    return None
