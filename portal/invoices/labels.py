"""What is said of invoices: their states, periods and subjects, what their lines count, and how to pay them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from portal.contracts.kinds import ContractKind, Names
from portal.contracts.labels import CENTS_A_KWH_TO_EUROS_A_MWH
from portal.contracts.pricing import Vat
from portal.invoices.kinds import Cause, InvoiceKind, LineUnit, ReadBy
from portal.invoices.rules import Status
from portal.kit import formats
from portal.kit.clock import DAY, first_of_month, next_month
from portal.kit.energy import KWH_A_MEGAWATT_HOUR, Energy
from portal.kit.formats import DASH, NBSP
from portal.kit.i18n import Language, Spoken, Text, counted, text
from portal.kit.labels import Label
from portal.kit.money import Money
from portal.sites.commodities import Commodity

STATUSES: Final[Mapping[Status, Label]] = {
    Status.OPEN: Label(text("Unpaid"), icon="clock", tone="brand"),
    Status.DUE_SOON: Label(text("Due soon"), icon="clock", tone="warn"),
    Status.LATE: Label(text("Overdue"), icon="circle-alert", tone="bad"),
    Status.PARTLY_PAID: Label(text("Partly paid"), icon="hourglass", tone="warn"),
    Status.PAID: Label(text("Paid"), icon="check", tone="ok"),
    Status.OVERPAID: Label(text("Overpaid"), icon="info", tone="warn"),
    Status.NOTHING: Label(text("Nothing to pay"), icon="check", tone="ok"),
    Status.CREDIT: Label(text("Credit note"), icon="undo-2"),
    Status.BOOKING: Label(text("Paid, being booked"), icon="refresh-cw", tone="ok"),
    Status.COLLECTION: Label(text("In collection"), icon="circle-alert", tone="bad"),
    Status.DISPUTED: Label(text("Disputed"), icon="message-square", tone="warn"),
    Status.CREDITED: Label(text("Credited"), icon="check", tone="ok"),
}

SIGNS: Final = {LineUnit.M3: "m³"}  # of units that are written otherwise than they are told


METERED: Final = frozenset({LineUnit.KWH, LineUnit.MWH, LineUnit.M3, LineUnit.KW, LineUnit.KVARH})
READ: Final[Mapping[ReadBy, Text]] = {
    ReadBy.REMOTE: text("read remotely"),
    ReadBy.CUSTOMER: text("read by the customer"),
    ReadBy.VISIT: text("read on site"),
}
KINDS: Final[Mapping[InvoiceKind, Text]] = {
    InvoiceKind.CREDIT: text("Credit note"),
    InvoiceKind.REMINDER: text("Payment reminder"),
}
CAUSES: Final[Mapping[Cause, Text]] = {
    Cause.DAYS: text("Number of days"),
    Cause.WEATHER: text("Weather"),
    Cause.USAGE: text("Consumption"),
    Cause.ENERGY_PRICE: text("Average price of energy"),
    Cause.DISTRIBUTION_PRICE: text("Average price of distribution"),
    Cause.TAX: text("Electricity tax"),
    Cause.BASIC: text("Basic charges"),
    Cause.POWER: text("Power charges"),
    Cause.BOUGHT: text("Energy that we bought from you"),
    Cause.OTHERS: text("Other charges"),
    Cause.VAT: text("VAT on these"),
    Cause.VAT_RATE: text("Rate of VAT"),
}


def title(kind: InvoiceKind, of: Spoken) -> Text:
    """What it is, for which time and what: `Lasku, lokakuu 2026, kaukolämpö`."""
    match kind:
        case InvoiceKind.INVOICE:
            return text("Invoice, %(period)s", period=of)
        case InvoiceKind.CREDIT:
            return text("Credit note, %(period)s", period=of)
        case InvoiceKind.REMINDER:
            return text("Payment reminder, %(period)s", period=of)


def period(first: date, last: date, language: Language) -> str:
    """`lokakuu 2026`, `heinä–syyskuu 2026`, or the days where they make no whole months."""
    whole = first == first_of_month(first) and last + DAY == next_month(last)
    if not whole or first.year != last.year:
        return formats.date_range(first, last, language)
    until = formats.month_year(last, language)
    if first.month == last.month:
        return until
    begins = formats.month_short if language is Language.FI else formats.month_name  # heinä–syyskuu
    return f"{begins(first, language)}{DASH}{until}"


def kind(of: InvoiceKind, language: Language) -> str:
    """What kind of invoice it is, inside a sentence; empty for an ordinary one."""
    return inside(KINDS[of].said(language)) if of in KINDS else ""


def subject(kinds: frozenset[ContractKind], language: Language) -> str:
    """What an invoice of some kinds of contracts is for, inside a sentence: `sähkö`, `sähkönsiirto`, `kaukolämpö`."""
    of_both = {ContractKind.SALES, ContractKind.NETWORK}
    words = [Commodity.ELECTRICITY.label.words] if of_both <= kinds else []
    rest = kinds - of_both - {ContractKind.CONNECTION} if words else kinds
    words += [kind.label.words for kind in ContractKind if kind in rest]
    return ", ".join(inside(one.said(language)) for one in words)


def cause(of: Cause) -> Spoken:
    """What a difference is due to, inside a sentence."""
    return Spoken(lambda language: inside(CAUSES[of].said(language)))


def changed(before: object, now: object) -> Text:
    """What something is, and what it was on an earlier bill."""
    return text("%(now)s, earlier %(before)s", before=before, now=now)


def amounts(used: Mapping[Commodity, Energy]) -> str:
    """What was used of each energy, rounded."""
    return " + ".join(rounded(commodity, amount) for commodity, amount in used.items())


def rates(vats: Iterable[Vat]) -> str:
    """Rates of VAT, the lowest first."""
    return " + ".join(formats.percent(rate.percent) for rate in vats)


def named(name: Names | None, language: Language) -> str:
    """What an invoice of no contract is for, inside a sentence: what its first line is called."""
    return inside(name.said(language)) if name else ""


def inside(words: str) -> str:
    """Words as they stand inside a sentence; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def falls_due(days_left: int) -> Text:
    """When something falls due, counted from today; negative days are over."""
    if days_left == 0:
        return text("today")
    if days_left > 0:
        return counted("tomorrow", "in %(n)s days", days_left)
    return counted("yesterday", "%(n)s days ago", -days_left)


def rounded(commodity: Commodity, amount: Energy) -> str:
    """An amount of energy, rounded, in the unit of its trade."""
    if commodity.trade.by_the_mwh:
        return formats.number(amount.kwh / KWH_A_MEGAWATT_HOUR, 3) + NBSP + LineUnit.MWH
    return formats.kwh(amount)


def exactly(of: ContractKind, energy: Energy) -> str:
    """An amount of energy exactly, in the unit of its trade."""
    if of.is_by_the_mwh:
        return formats.exact(energy.kwh / KWH_A_MEGAWATT_HOUR, 0) + NBSP + LineUnit.MWH
    return formats.exact(energy.kwh, 0) + NBSP + LineUnit.KWH


def average_price(kinds: frozenset[ContractKind], total: Money, used: Energy) -> str:
    """What energy cost with everything, in the unit of its trade."""
    price = Decimal(total.cents) / used.kwh
    if any(kind.is_by_the_mwh for kind in kinds):
        return formats.number(price * CENTS_A_KWH_TO_EUROS_A_MWH, 2) + NBSP + "€/MWh"
    return formats.number(price, 2) + NBSP + "c/kWh"


def quantity(figure: Decimal, unit: LineUnit) -> Text | str:
    """So many of a unit."""
    shown, one = formats.exact(figure, 0), figure == 1
    match unit:
        case LineUnit.MONTH:
            return text("1 month") if one else text("%(figure)s months", figure=shown)
        case LineUnit.DAY:
            return text("1 day") if one else text("%(figure)s days", figure=shown)
        case LineUnit.PIECE:
            return text("1 pc") if one else text("%(figure)s pcs", figure=shown)
        case _:
            return f"{shown}{NBSP}{SIGNS.get(unit, unit)}"


def unit_price(price: Decimal, unit: LineUnit) -> Text | str:
    """A price for each of a unit; c/kWh for kilowatt-hours, else euros."""
    figure = formats.exact(price)
    match unit:
        case LineUnit.KWH:
            return f"{figure}{NBSP}c/kWh"
        case LineUnit.MONTH:
            return text("%(figure)s €/month", figure=figure)
        case LineUnit.DAY:
            return text("%(figure)s €/day", figure=figure)
        case LineUnit.PIECE:
            return f"{figure}{NBSP}€"
        case _:
            return f"{figure}{NBSP}€/{SIGNS.get(unit, unit)}"
