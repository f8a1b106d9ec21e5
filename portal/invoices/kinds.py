"""The words of bills that tables, feeds and rules share."""

from enum import StrEnum


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT = "credit"
    REMINDER = "reminder"  # a bill of its own, for the fee and the interest of one that was not paid


class LineUnit(StrEnum):
    """What a line counts; a line that counts nothing, such as late interest, has no unit."""

    KWH = "kWh"
    MWH = "MWh"
    M3 = "m3"
    KW = "kW"
    KVARH = "kvarh"
    MONTH = "month"
    DAY = "day"
    PIECE = "pcs"


OF_ENERGY = frozenset({LineUnit.KWH, LineUnit.MWH})


class ReadBy(StrEnum):
    """How the meters of a bill were read."""

    REMOTE = "remote"
    CUSTOMER = "customer"
    VISIT = "visit"


class Cause(StrEnum):
    """What a part of the difference between two bills is due to, in the order of the arithmetic (changes.py)."""

    DAYS = "days"
    WEATHER = "weather"
    USAGE = "usage"
    ENERGY_PRICE = "energy-price"
    DISTRIBUTION_PRICE = "distribution-price"
    TAX = "tax"
    BASIC = "basic"
    POWER = "power"
    BOUGHT = "bought"
    OTHERS = "others"
    VAT = "vat"
    VAT_RATE = "vat-rate"


class BillPart(StrEnum):
    """What an invoice is made of, in the order in which it is told."""

    ENERGY = "energy"
    NETWORK = "network"
    OTHERS = "others"
    TAXES = "taxes"
    BOUGHT = "bought"
