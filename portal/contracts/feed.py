"""How the utility's own systems tell of products and their prices, taxes, spot prices and contracts."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from portal.contracts.kinds import Basis, ContractKind, TariffPeriod
from portal.customers.feed import CustomerNumber
from portal.kit.clock import quarters_in
from portal.kit.feed import (
    Day,
    FeedRow,
    Names,
    Price,
    ValidFrom,
    ValidTo,
    days_of,
    decimal,
    ends_later,
    signed,
    words,
)
from portal.kit.ranges import overlaps
from portal.sites.feed import Gsrn, SiteNumber

ProductCode = Annotated[str, words(40), Field(description="The utility's code of the product.", examples=["FIXED-24"])]
ContractNumber = Annotated[
    str, words(40), Field(description="The utility's number of the contract.", examples=["700001"])
]
Power = Annotated[Decimal, decimal(7, 3)]
Rate = Annotated[Decimal, decimal(4, 6)]
SpotPrice = Annotated[Decimal, signed(decimal(6, 5))]


class PricePartEntry(FeedRow):
    """One part of a product's price, without VAT, from one day to another."""

    code: Annotated[str, words(40)] = Field(
        description="Tells the part from the product's others; the same code before and after a price change.",
        examples=["energy"],
    )
    name: Names = Field(description="What a bill calls it.")
    basis: Basis = Field(
        description="What the price is multiplied by: energy (c/kWh), spot (a margin in c/kWh on the spot price), "
        "month (EUR a month, by days), power (EUR/kW of the month's highest 15-minute mean power).",
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
    _ends_later = model_validator(mode="after")(ends_later)
