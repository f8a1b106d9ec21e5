"""A Finvoice message as a row of the feed `invoices`: what it tells, in the feed's words; the feed judges it.

Finvoice 3.0, 2.01, 2.0 and 1.3, which have the same names for what is read here. Source: Finance Finland, "Finvoice
implementation guidelines". Amounts and figures have a decimal comma, days are CCYYMMDD. What Finvoice tells in one
language is told in each.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from xml.etree import ElementTree as ET

from portal.invoices.finvoice import BILL, CREDIT_NOTE, ESTIMATED, NUMBER, READ_BY, REMINDER, UNITS, YES
from portal.invoices.kinds import InvoiceKind, LineUnit
from portal.kit.energy import KWH_A_MEGAWATT_HOUR

VERSIONS: Final = ("3.0", "2.01", "2.0", "1.3")
CURRENCY: Final = "EUR"
FINEST: Final = Decimal("0.000001")  # of the feed's figures
CENTS_A_EURO: Final = 100
CODE, NAME = 40, 100  # characters of a price part and of a line's name in the feed
SAID: Final[Mapping[str, LineUnit]] = {  # units in words, as messages without codes of UNECE tell them
    **{unit.casefold(): unit for unit in LineUnit},
    **{code.casefold(): unit for unit, code in UNITS.items()},
    **dict.fromkeys(("m³",), LineUnit.M3),
    **dict.fromkeys(("kk", "mån", "mo"), LineUnit.MONTH),
    **dict.fromkeys(("pv", "vrk", "dag", "d"), LineUnit.DAY),
    **dict.fromkeys(("kpl", "st", "pce", "ea", "h87"), LineUnit.PIECE),
}
ELEMENTS: Final[Mapping[str, str]] = {  # where Finvoice tells the feed's fields
    "invoice_number": "InvoiceNumber",
    "customer_number": "SellersBuyerIdentifier",
    "site_number": "DeliverySiteCode",
    "refers_to": "OriginalInvoiceNumber",
    "read_by": "DefinitionValue",
    "reference": "EpiRemittanceInfoIdentifier",
    "iban": "EpiAccountID",
    "bic": "EpiBfiIdentifier",
    "payee": "SellerAccountName",
    "contract_number": "RowAgreementIdentifier",
    "code": "ArticleIdentifier",
    "fi": "ArticleName",
    "quantity": "InvoicedQuantity",
    "unit_price": "UnitPriceAmount",
    "percent": "VatRatePercent",
    "vat_percent": "RowVatRatePercent",
}
_FIGURE: Final = re.compile(r"-?[0-9]{1,12}(,[0-9]{1,12})?")
_DAY: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
Told = Mapping[str, object]
"""A row of the feed, or a part of one, as JSON has it."""


class NotABill(ValueError):
    """A message of which no bill can be made; the sentence names the element, what is wrong, and what is asked for."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a message, with the name of it that a refusal begins with."""

    element: ET.Element
    name: str

    def parts(self, tag: str) -> "Sequence[_Part]":
        """Those of one tag, numbered from 1."""
        found = self.element.findall(tag)
        return [_Part(one, f"{self.name}{tag} {place}: ") for place, one in enumerate(found, 1)]

    def words(self, *paths: str) -> str | None:
        """The words at the first of some places that has any."""
        found = (" ".join((self.element.findtext(path) or "").split()) for path in paths)
        return next(filter(None, found), None)

    def asked(self, path: str, says: str) -> str:
        """The words at a place that must have some."""
        if (found := self.words(path)) is None:
            raise self.wrong(path, f"is missing; {says}")
        return found

    def day(self, path: str) -> date | None:
        """A day, where one is told."""
        if (said := self.words(path)) is None:
            return None
        try:
            fits = _DAY.fullmatch(said)
            return date(*map(int, fits.groups())) if fits else date.fromisoformat("")
        except ValueError:
            raise self.wrong(path, 'is no day such as "20261130"') from None

    def figure(self, path: str) -> Decimal | None:
        """A number, where one is told."""
        if (said := self.words(path)) is None:
            return None
        if not _FIGURE.fullmatch(said):
            raise self.wrong(path, 'is no number such as "39,25"')
        return Decimal(said.replace(",", "."))

    def euros(self, path: str) -> Decimal | None:
        """An amount, where one is told."""
        amount = self.figure(path)
        currency = self.element.find(path)
        if amount is not None and currency is not None and currency.get("AmountCurrencyIdentifier") != CURRENCY:
            raise self.wrong(path, f"is not in {CURRENCY}; bills are taken in euros only")
        return amount

    def cents(self, path: str) -> int | None:
        """An amount in whole cents, where one is told."""
        if (amount := self.euros(path)) is None:
            return None
        if amount * CENTS_A_EURO % 1:
            raise self.wrong(path, 'is no amount of whole cents such as "39,25"')
        return int(amount * CENTS_A_EURO)

    def defined(self, tag: str, code: str) -> str | None:
        """What a definition says that has a code of our own."""
        for one in self.element.iterfind(f"{tag}Details"):
            header = one.find(f"{tag}HeaderText")
            if header is not None and header.get("DefinitionCode") == code:
                return _Part(one, self.name).words(f"{tag}Value")
        return None

    def wrong(self, path: str, why: str) -> NotABill:
        """What is wrong at a place."""
        return NotABill(f"{self.name}{path} {why}")


def row(message: ET.Element) -> Told:
    """The row of a bill or credit note.

    message: the element `Finvoice`
    Raises NotABill.
    """
    if (version := message.get("Version")) not in VERSIONS:
        raise NotABill(f"Finvoice of version {version or 'none'} is not read; send {', '.join(VERSIONS)}")
    whole, details = _Part(message, ""), message.findall("InvoiceDetails")
    if len(details) != 1:
        raise NotABill("InvoiceDetails must be there once")
    head = _Part(details[0], "InvoiceDetails/")
    vat = [_vat(one) for one in head.parts("VatSpecificationDetails")]
    lines = list(_lines(whole, head, vat))
    return {
        **_head(whole, head, lines),
        **_sums(head, lines, vat),
        **_payment(whole, head),
        "lines": lines,
        "vat": vat,
    }


def _head(whole: _Part, head: _Part, lines: Sequence[Told]) -> Told:
    issued, first, last = (head.day(path) for path in ("InvoiceDate", *_PERIOD))
    if issued is None:
        raise head.wrong("InvoiceDate", 'is missing; it is the day of the bill, such as "20261130"')
    due = head.day("PaymentTermsDetails/InvoiceDueDate")
    due = due or whole.day("EpiDetails/EpiPaymentInstructionDetails/EpiDateOptionDate") or issued
    days = [str(line[name]) for line in lines for name in ("period_from", "period_to")]
    return {
        "invoice_number": _number(head),
        "customer_number": head.asked("SellersBuyerIdentifier", "it is the customer's number at the seller"),
        "site_number": whole.words("DeliverySiteCode"),
        "kind": _kind(head),
        "issued_on": issued.isoformat(),
        "due_on": due.isoformat(),
        "period_from": first.isoformat() if first else min(days, default=issued.isoformat()),
        "period_to": last.isoformat() if last else max(days, default=issued.isoformat()),
        "estimated": head.defined("Definition", ESTIMATED) == YES,
        "refers_to": head.words("OriginalInvoiceNumber", "OriginalInvoiceReference/InvoiceNumber"),
        "read_by": head.defined("Definition", READ_BY),
    }


_PERIOD: Final = ("InvoicingPeriodStartDate", "InvoicingPeriodEndDate")


def _number(head: _Part) -> str:
    """The number of a bill; of one that was too long for its field the whole, where our own writer puts it."""
    said = head.asked("InvoiceNumber", "it is what the bill is known by")
    whole = head.words("SellerReferenceIdentifier")
    return whole if whole and len(said) == NUMBER and whole.endswith(said) else said


def _kind(head: _Part) -> InvoiceKind:
    if head.words("OriginCode") == "Cancel":
        raise head.wrong("OriginCode", "is Cancel; take a bill back with a credit note")
    match head.words("InvoiceTypeCode"):
        case code if code == CREDIT_NOTE[0]:
            return InvoiceKind.CREDIT
        case code if code == BILL[0]:
            reminds = head.words("InvoiceClassification/ClassificationCode") == REMINDER
            return InvoiceKind.REMINDER if reminds else InvoiceKind.INVOICE
        case _:
            raise head.wrong("InvoiceTypeCode", f"is neither {BILL[0]}, a bill, nor {CREDIT_NOTE[0]}, a credit note")


def _sums(head: _Part, lines: Sequence[Told], vat: Sequence[Told]) -> Told:
    """The sums as the message tells them; what it may leave out is what its rows and rates come to."""
    net, of_vat = head.cents("InvoiceTotalVatExcludedAmount"), head.cents("InvoiceTotalVatAmount")
    total = head.cents("InvoiceTotalVatIncludedAmount")
    if total is None:
        raise head.wrong("InvoiceTotalVatIncludedAmount", "is missing; it is what the bill comes to")
    return {
        "net_cents": _added(lines, "net_cents") if net is None else net,
        "vat_cents": _added(vat, "vat_cents") if of_vat is None else of_vat,
        "total_cents": total,
    }


def _added(parts: Sequence[Told], name: str) -> int:
    return sum(int(str(one[name])) for one in parts)


def _vat(part: _Part) -> Told:
    net, vat, percent = part.cents("VatBaseAmount"), part.cents("VatRateAmount"), part.figure("VatRatePercent")
    if net is None or vat is None or percent is None:
        raise NotABill(f"{part.name}VatBaseAmount, VatRatePercent and VatRateAmount must all be there")
    return {"percent": _digits(percent), "net_cents": net, "vat_cents": vat}


def _payment(whole: _Part, head: _Part) -> Told:
    """Where to pay; what banks are asked for is what the bill asks for."""
    instruction, parties = "EpiDetails/EpiPaymentInstructionDetails", "EpiDetails/EpiPartyDetails"
    asked, total = whole.cents(f"{instruction}/EpiInstructedAmount"), head.cents("InvoiceTotalVatIncludedAmount")
    if asked not in {None, total} and head.words("InvoiceTypeCode") == BILL[0]:
        raise whole.wrong(f"{instruction}/EpiInstructedAmount", "is not InvoiceTotalVatIncludedAmount; send one sum")
    payee = whole.words(
        "SellerInformationDetails/SellerAccountDetails/SellerAccountName",
        f"{parties}/EpiBeneficiaryPartyDetails/EpiNameAddressDetails",
        "SellerPartyDetails/SellerOrganisationName",
    )
    return {
        "reference": whole.asked(f"{instruction}/EpiRemittanceInfoIdentifier", "it is the reference to pay with"),
        "iban": whole.asked(f"{parties}/EpiBeneficiaryPartyDetails/EpiAccountID", "it is the account to pay to"),
        "bic": whole.asked(f"{parties}/EpiBfiPartyDetails/EpiBfiIdentifier", "it is the BIC of the account"),
        "payee": payee or "",
    }


def _lines(whole: _Part, head: _Part, vat: Sequence[Told]) -> Iterator[Told]:
    """The rows that charge something; those of words alone are none of the feed's."""
    days = [head.day(path) or head.day("InvoiceDate") for path in _PERIOD]
    usual = str(vat[0]["percent"]) if len(vat) == 1 else None
    for part in whole.parts("InvoiceRow"):
        if part.element.find("SubInvoiceRow/SubRowVatExcludedAmount") is not None:
            raise part.wrong("SubInvoiceRow", "charges something; send what is charged as rows of its own")
        net = part.cents("RowVatExcludedAmount")
        if net is not None:
            first, last = (part.day(path) or day for path, day in zip(("StartDate", "EndDate"), days, strict=True))
            yield _line(part, net, _percent(part, usual), first, last)
        elif part.words("RowAmount", "RowVatAmount", "UnitPriceAmount"):
            raise part.wrong("RowVatExcludedAmount", "is missing; it is what the row charges without VAT")


def _percent(part: _Part, usual: str | None) -> str:
    percent = part.figure("RowVatRatePercent")
    if percent is None and usual is None:
        raise part.wrong("RowVatRatePercent", "is missing; only a bill with one rate of VAT may leave it out")
    return _digits(percent) if percent is not None else usual or ""


def _line(part: _Part, net: int, percent: str, first: date | None, last: date | None) -> Told:
    name = part.words("ArticleName", "ArticleDescription", "RowFreeText", "ArticleIdentifier")
    if name is None:
        raise part.wrong("ArticleName", "is missing; it is what the row is called")
    return {
        "contract_number": part.words("RowAgreementIdentifier"),
        "code": (part.words("ArticleIdentifier") or "row")[:CODE].strip(),
        "name": dict.fromkeys(("fi", "sv", "en"), name[:NAME].strip()),
        "period_from": first.isoformat() if first else None,
        "period_to": last.isoformat() if last else None,
        **_counted(part),
        "vat_percent": percent,
        "net_cents": net,
        "estimated": part.defined("RowDefinition", ESTIMATED) == YES,
    }


def _counted(part: _Part) -> Told:
    """Quantity, unit and price without VAT, where the row tells both figures."""
    quantity, price = part.figure("InvoicedQuantity"), part.euros("UnitPriceAmount")
    if quantity is None or price is None:
        return {"quantity": None, "unit": None, "unit_price": None}
    base = part.figure("UnitPriceBaseQuantity")
    if base is not None and base < 1:
        raise part.wrong("UnitPriceBaseQuantity", "is less than 1; it is for how many of the unit the price is")
    unit, each = _unit(part), price / (base or 1)
    if unit is LineUnit.MWH and quantity != quantity.quantize(FINEST):  # finer than the feed tells megawatt-hours
        unit, quantity, each = LineUnit.KWH, quantity * KWH_A_MEGAWATT_HOUR, each / KWH_A_MEGAWATT_HOUR
    if unit is LineUnit.KWH:
        each *= CENTS_A_EURO
    return {"quantity": _digits(quantity), "unit": unit, "unit_price": _digits(each)}


def _unit(part: _Part) -> LineUnit:
    told = part.element.find("InvoicedQuantity")
    for attribute in ("QuantityUnitCodeUN", "QuantityUnitCode"):
        said = (told.get(attribute) or "").strip() if told is not None else ""
        if said.casefold() in SAID:
            return SAID[said.casefold()]
    raise part.wrong("InvoicedQuantity", f"counts none of {', '.join(UNITS.values())} (UNECE Recommendation 20)")


def _digits(figure: Decimal) -> str:
    """A figure as the feed tells it: a point, six decimals at most, no zeros after the last."""
    said = f"{figure.quantize(FINEST, ROUND_HALF_UP):f}"
    return said.rstrip("0").rstrip(".")
