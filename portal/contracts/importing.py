"""How the utility's own systems tell of products, prices, taxes and contracts, and how they are kept."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Session, col, select

from portal.contracts import spot_days
from portal.contracts.charges import VatRate
from portal.contracts.kinds import Basis, ContractKind, EnergySource, Sold, TariffPeriod, TaxKind
from portal.contracts.models import Contract, FuelMix, PricePart, Product, SpotMonth, Tax
from portal.customers.importing import CustomerNumber, party_ids
from portal.kit.clock import first_of_month, quarters_in
from portal.kit.feed import (
    Day,
    FeedRow,
    ImportContext,
    Names,
    Outcome,
    Price,
    Refusal,
    ValidFrom,
    ValidTo,
    Verdict,
    days_of,
    decimal,
    ends_later,
    signed,
    unknown,
    words,
)
from portal.kit.mirror import Columns, Kept, Parts, Wanted, mirror, portions
from portal.kit.packing import pack
from portal.kit.ranges import overlaps
from portal.sites.importing import Gsrn, SiteNumber, points_of, site_ids
from portal.sites.models import MeteringPoint

ProductCode = Annotated[str, words(40), Field(description="The utility's code of the product.", examples=["FIXED-24"])]
ContractNumber = Annotated[
    str, words(40), Field(description="The utility's number of the contract.", examples=["700001"])
]
Power = Annotated[Decimal, decimal(7, 3)]
Rate = Annotated[Decimal, decimal(4, 6)]
Share = Annotated[Decimal, decimal(3, 2)]
NOTHING: Final = Decimal(0)
ROUNDED_AWAY: Final = Decimal("0.5")  # per cent
SpotPrice = Annotated[Decimal, signed(decimal(6, 5))]


class PricePartEntry(FeedRow):
    """One part of a product's price, without VAT, from one day to another."""

    code: Annotated[str, words(40)] = Field(
        description="Tells the part from the product's others; the same code before and after a price change.",
        examples=["energy"],
    )
    name: Names = Field(description="What a bill calls it.")
    basis: Basis = Field(
        description="What the price is multiplied by: energy (c/kWh), spot (a margin in c/kWh on the spot price; of a "
        "purchase what is kept of it), month (EUR a month, by days), power (EUR/kW of the month's highest 15-minute "
        "mean power).",
        examples=["energy"],
    )
    window: TariffPeriod = Field(
        description="When it applies, by local time: all; day 7-22, night 22-7; winter-day (November to March, "
        "Monday to Saturday, 7-22), other (all but winter-day).",
        examples=["all"],
    )
    price: Price = Field(description="c/kWh for energy and spot, EUR for month and power.", examples=["8.49"])
    threshold_kw: Power | None = Field(
        description="Power in kW above which a power price applies, or null.", examples=["8"]
    )
    valid_from: ValidFrom
    valid_to: ValidTo
    _ends_later = model_validator(mode="after")(ends_later)


class ProductEntry(FeedRow):
    """A product and all its prices, past and coming; a price no longer among them is removed."""

    product_code: ProductCode
    kind: ContractKind = Field(description="What kind of contract it is for.", examples=["sales"])
    name: Names = Field(description="Its name.")
    billing_minutes: Literal[15, 60] = Field(description="Resolution it is billed at, in minutes.", examples=[15])
    origin: Annotated[str, words(200)] | None = Field(
        description="Where the energy comes from, by a code or a sentence, or null.", examples=["wind"]
    )
    price_parts: tuple[PricePartEntry, ...] = Field(
        max_length=2000, description="The parts of the price, in the order of a bill."
    )
    sold_from: Day | None = Field(
        default=None,
        description="First day on which customers may choose it here; null: it is not offered.",
        examples=["2026-09-01"],
    )
    sold_until: Day | None = Field(
        default=None, description="Last day on which it is offered; null while that is not known.", examples=[None]
    )
    sold_to: Literal["person", "company"] | None = Field(
        default=None, description="Who may choose it; null: anybody.", examples=["person"]
    )
    fixed_months: Annotated[int, Field(ge=1, le=120)] | None = Field(
        default=None, description="Length of its fixed term in months; null: until further notice.", examples=[24]
    )

    @model_validator(mode="after")
    def sold_in_order(self) -> "ProductEntry":
        """What has a last day of sale has a first one, not after it."""
        if self.sold_until and (self.sold_from is None or self.sold_until < self.sold_from):
            raise ValueError("sold_until is not before sold_from, and needs it")
        return self

    @model_validator(mode="after")
    def one_price_a_day(self) -> "ProductEntry":
        """A part has one price on a day."""
        for code in dict.fromkeys(part.code for part in self.price_parts):
            for twice in overlaps((days_of(part), part) for part in self.price_parts if part.code == code):
                raise ValueError(f"price part {code} has two prices on {twice.shared.start}")
        return self


class VatEntry(FeedRow):
    """The rate of VAT on a kind of contract."""

    kind: Literal["vat"] = Field(description="Value added tax.", examples=["vat"])
    applies_to: ContractKind = Field(description="The kind of contract.", examples=["sales"])
    rate: Rate = Field(description="Per cent.", examples=["25.5"])
    valid_from: ValidFrom
    valid_to: ValidTo
    _ends_later = model_validator(mode="after")(ends_later)


class ElectricityTaxEntry(FeedRow):
    """The electricity tax of a class, strategic stockpile fee included."""

    kind: Literal["electricity-tax"] = Field(description="Electricity tax.", examples=["electricity-tax"])
    applies_to: Literal["I", "II"] = Field(description="The tax class.", examples=["I"])
    rate: Rate = Field(description="c/kWh without VAT.", examples=["2.253"])
    valid_from: ValidFrom
    valid_to: ValidTo
    _ends_later = model_validator(mode="after")(ends_later)


TaxEntry = Annotated[VatEntry | ElectricityTaxEntry, Field(discriminator="kind")]


class SpotDay(FeedRow):
    """The spot prices of one day in Finland, quarter by quarter or, before October 2025, hour by hour."""

    day: Day = Field(description="The day, in Helsinki.", examples=["2026-11-21"])
    minutes: Literal[15, 60] = Field(description="How long each price holds, in minutes.", examples=[60])
    prices: tuple[SpotPrice, ...] = Field(
        min_length=23,
        max_length=100,
        description="Prices in c/kWh without VAT, from local midnight on; 92, 96 or 100 quarters, "
        "or 23, 24 or 25 hours, as the day has.",
        examples=[["4.21"] * 24],
    )

    @model_validator(mode="after")
    def whole_day(self) -> "SpotDay":
        """A price for every quarter or hour of the day."""
        asked = quarters_in(self.day) * 15 // self.minutes
        if len(self.prices) != asked:
            raise ValueError(f"{self.day} needs {asked} prices of {self.minutes} minutes, not {len(self.prices)}")
        return self


class ContractEntry(FeedRow):
    """A contract; giving notice or ending it is a last day."""

    contract_number: ContractNumber
    customer_number: CustomerNumber
    site_number: SiteNumber
    gsrn: Gsrn | None = Field(
        description="The metering point, or null for a contract about the whole site.",
        examples=["643000000000000016"],
    )
    product_code: ProductCode
    kind: ContractKind = Field(description="The kind; the product's too.", examples=["sales"])
    signed_on: Day | None = Field(description="Day of signing, or null.", examples=["2025-12-12"])
    valid_from: ValidFrom
    valid_to: ValidTo
    fixed_until: Day | None = Field(
        description="Last day of a fixed term; null when until further notice.", examples=["2027-12-31"]
    )
    notice_days: Annotated[int, Field(ge=0, le=365)] = Field(
        description="The customer's period of notice in days.", examples=[14]
    )
    tax_class: Literal["I", "II"] | None = Field(
        description="Electricity tax class of a network contract; null for all others.", examples=[None]
    )
    contracted_kw: Power | None = Field(
        description="Contracted power in kW (heat, cooling), or null.", examples=["12.5"]
    )
    reading_type: Literal["BN01", "BN02", "BN03"] | None = Field(
        default=None,
        description="The series of readings that a contract about electricity is billed by: BN01 metered, BN02 netted "
        "within the hour or quarter, BN03 with an energy community's share; null for what its metering point tells.",
        examples=[None],
    )
    _ends_later = model_validator(mode="after")(ends_later)


class FuelMixEntry(FeedRow):
    """Where the energy of a year came from, and what it emitted: of one product, or of all of a kind.

    Annex I of directive (EU) 2019/944 has it told to buyers of electricity, sections 2 to 4 of decree 254/2021 to those
    of heat and cooling.
    """

    kind: Sold = Field(description="The kind of contract whose energy it is; sales: electricity.", examples=["sales"])
    product_code: ProductCode | None = Field(
        default=None,
        description="The product; null for each product of the kind of which no row tells by its code, as the district "
        "heat of a company with one network.",
        examples=["FIXED-24"],
    )
    year: Annotated[int, Field(ge=2000, le=2100)] = Field(description="The calendar year.", examples=[2025])
    renewable: Share = Field(description="Renewable energy sources, in per cent.", examples=["62.5"])
    surplus_heat: Share = Field(
        default=NOTHING, description="Surplus heat, as of industry or data centres, in per cent.", examples=["0"]
    )
    nuclear: Share = Field(default=NOTHING, description="Nuclear power, in per cent.", examples=["27.5"])
    peat: Share = Field(default=NOTHING, description="Peat, in per cent.", examples=["0"])
    fossil: Share = Field(
        description="Fossil fuels, in per cent; with peat where that is not told apart.", examples=["10"]
    )
    other: Share = Field(default=NOTHING, description="Anything else, in per cent.", examples=["0"])
    co2_g_per_kwh: Annotated[Decimal, decimal(5, 2)] = Field(
        description="Emissions of carbon dioxide, in g/kWh; of heat: of all greenhouse gases, as carbon dioxide.",
        examples=["41.5"],
    )
    nuclear_waste_mg_per_kwh: Annotated[Decimal, decimal(4, 3)] | None = Field(
        default=None, description="Spent nuclear fuel, in mg/kWh; or null.", examples=["0.75"]
    )
    fuel_taxes_eur_per_mwh: Annotated[Decimal, decimal(5, 2)] | None = Field(
        default=None, description="The taxes of the fuels, of heat, in EUR/MWh; or null.", examples=[None]
    )

    @model_validator(mode="after")
    def all_of_it(self) -> "FuelMixEntry":
        """Shares are of the whole: each is rounded, so that they come to 100 within half a per cent."""
        whole = sum((getattr(self, source) for source in EnergySource), NOTHING)
        if abs(whole - 100) > ROUNDED_AWAY:
            raise ValueError(f"the shares come to {whole} per cent, not to 100")
        return self


PRODUCTS = Kept(Product, ("code",))
PRICE_PARTS = Parts(PricePart, ("code", "valid_from"), owner="product_id")
TAXES = Kept(Tax, ("kind", "applies_to", "valid_from"))
FUEL_MIXES = Kept(FuelMix, ("kind", "product_code", "year"))
SPOT_MONTHS = Kept(SpotMonth, ("month",))
CONTRACTS = Kept(Contract, ("number",))
BY_SERIES: Final = frozenset({ContractKind.SALES, ContractKind.NETWORK, ContractKind.PURCHASE})
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


def keep_products(db: Session, rows: Sequence[ProductEntry], _context: ImportContext) -> list[Verdict]:
    """Keep products with their dated prices."""
    return mirror(db, PRODUCTS, [_product(row) for row in rows], (PRICE_PARTS,))


def keep_taxes(db: Session, rows: Sequence[TaxEntry], _context: ImportContext) -> list[Verdict]:
    """Keep taxes."""
    return mirror(db, TAXES, [Wanted(row.model_dump()) for row in rows])


def keep_fuel_mixes(db: Session, rows: Sequence[FuelMixEntry], _context: ImportContext) -> list[Verdict]:
    """Keep where energy came from, year by year."""
    kinds = _kinds_of(db, {row.product_code for row in rows if row.product_code})
    return mirror(db, FUEL_MIXES, [_fuel_mix(row, kinds) for row in rows])


def keep_contracts(db: Session, rows: Sequence[ContractEntry], _context: ImportContext) -> list[Verdict]:
    """Keep contracts."""
    known = _known(db, rows)
    return mirror(db, CONTRACTS, [_contract(row, known) for row in rows])


def keep_spot_days(db: Session, rows: Sequence[SpotDay], _context: ImportContext) -> list[Verdict]:
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


def _kinds_of(db: Session, codes: Collection[str]) -> Mapping[str, str]:
    return {
        product.code: product.kind
        for some in portions(codes)
        for product in db.exec(select(Product).where(col(Product.code).in_(some)))
    }


def _fuel_mix(row: FuelMixEntry, kinds: Mapping[str, str]) -> Wanted | Refusal:
    if row.product_code is None:
        return Wanted({**row.model_dump(), "product_code": ""})
    if row.product_code not in kinds:
        return unknown("product", row.product_code)
    if kinds[row.product_code] != row.kind:
        return Refusal(f"product {row.product_code} is for {kinds[row.product_code]} contracts, not {row.kind}")
    return Wanted(row.model_dump())


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
        "sold_from": row.sold_from,
        "sold_until": row.sold_until,
        "sold_to": row.sold_to,
        "fixed_months": row.fixed_months,
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
    if row.gsrn and (energy := known.points[row.gsrn].energy) not in row.kind.measured:
        return Refusal(f"metering point {row.gsrn} measures {energy}, which no {row.kind} contract is about")
    if row.reading_type and row.kind not in BY_SERIES:
        return Refusal(f"reading_type belongs to contracts about electricity; of a {row.kind} contract it is null")
    if row.tax_class and row.kind is not TAXED_BY_CLASS:
        return Refusal(f"tax_class belongs to a {TAXED_BY_CLASS} contract; of a {row.kind} contract it is null")
    return None
