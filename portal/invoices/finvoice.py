"""An invoice as a Finvoice 3.0 file, for the customer's own bookkeeping.

Source: Finance Finland, "Finvoice 3.0", its schema and implementation guidelines. A decimal comma, days as 20261130, no
namespace. What its fields are too short for is cut, or goes on in the next one where a field may be repeated. It tells
what the invoice's page tells, where the buyer lives, and our numbers of the site and the contracts, so that
`finvoice_reading` makes the same bill of it: no numbers of metering points, no reference of the buyer's own, for
whoever may see an invoice need not be told these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from textwrap import wrap
from typing import Final
from xml.etree import ElementTree as ET

from portal.brand import Brand
from portal.contracts.pricing import Vat
from portal.invoices import labels
from portal.invoices.kinds import InvoiceKind, LineUnit
from portal.invoices.payment import is_rf_reference
from portal.invoices.records import Buyer, Counted, InvoiceHead, Line, WholeInvoice
from portal.kit.documents import file_name
from portal.kit.formats import NBSP
from portal.kit.i18n import Language, Text, text
from portal.kit.money import Money, total
from portal.kit.workbooks import NOT_XML

VERSION: Final = "3.0"
CREDIT_NOTE: Final = ("INV02", "381")  # Finvoice's own code, and that of UNTDID 1001
BILL: Final = ("INV01", "380")  # a reminder is a bill of its own, too: it never asks again for what is late
COPY: Final = "Copy"  # the bill itself came another way
UNITS: Final[Mapping[LineUnit, str]] = {  # UNECE Recommendation 20
    LineUnit.KWH: "KWH",
    LineUnit.MWH: "MWH",
    LineUnit.M3: "MTQ",
    LineUnit.KW: "KWT",
    LineUnit.KVARH: "K3",
    LineUnit.MONTH: "MON",
    LineUnit.DAY: "DAY",
    LineUnit.PIECE: "C62",
}
NAME, SHORT, NUMBER, ARTICLE = 70, 35, 20, 100  # characters that a field holds
STREETS: Final = 3
REMINDER: Final = "reminder"  # how a bill of our own is classified that reminds of another; Finvoice has no code for it
ESTIMATED, READ_BY, YES = "estimated", "read-by", "yes"  # definitions of our own, and the value of the first
LEAST: Final = 2  # characters of a name, a street, a town
FIGURE: Final = 14  # characters of a quantity
PRICE: Final = Decimal("0.00001")  # the finest price


def written(invoice: WholeInvoice, buyer: Buyer, seller: Brand) -> bytes:
    """The file in UTF-8: the same bytes for the same invoice, buyer and seller, in the buyer's language."""
    root = ET.Element("Finvoice", Version=VERSION)
    root.extend(
        [
            _seller(seller),
            _of(
                "SellerCommunicationDetails",
                _text("SellerPhoneNumberIdentifier", seller.phone, SHORT),
                _text("SellerEmailaddressIdentifier", seller.email, NAME),
            ),
            _of("SellerInformationDetails", _account(invoice)),
            _buyer(buyer),
            *([_text("DeliverySiteCode", invoice.site_number, SHORT)] if invoice.site_number else []),
            _details(invoice, buyer),
            *(_rows(invoice.lines, buyer.language) or [ET.Element("InvoiceRow")]),  # the schema asks for one
            _payment(invoice),
        ]
    )
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return body + b"\n"


def filename(head: InvoiceHead) -> str:
    """What the file is called: `finvoice-261148213.xml`."""
    return file_name("finvoice", head.number, "xml")


def _seller(seller: Brand) -> ET.Element:
    at = seller.address
    return _of(
        "SellerPartyDetails",
        _text("SellerPartyIdentifier", seller.business_id, SHORT),
        *_names("SellerOrganisationName", seller.company),
        _text("SellerOrganisationTaxCode", f"FI{seller.business_id.replace('-', '')}", SHORT),
        _address("Seller", at.street, at.town, at.postcode, "FI"),
    )


def _account(invoice: WholeInvoice) -> ET.Element:
    return _of(
        "SellerAccountDetails",
        _text("SellerAccountID", invoice.iban, SHORT, IdentificationSchemeName="IBAN"),
        _text("SellerBic", invoice.bic, SHORT, IdentificationSchemeName="BIC"),
        _text("SellerAccountName", invoice.payee, NAME),
    )


def _buyer(buyer: Buyer) -> ET.Element:
    found = [_text("BuyerPartyIdentifier", buyer.business_id, SHORT)] if buyer.business_id else []
    found += _names("BuyerOrganisationName", buyer.name)
    if buyer.street and buyer.town and buyer.postcode:
        found.append(_address("Buyer", buyer.street, buyer.town, buyer.postcode, buyer.country))
    return _of("BuyerPartyDetails", *found)


def _address(whose: str, street: str, town: str, postcode: str, country: str | None) -> ET.Element:
    return _of(
        f"{whose}PostalAddressDetails",
        *[_text(f"{whose}StreetName", part, SHORT, LEAST) for part in _parts(street, SHORT)[:STREETS]],
        _text(f"{whose}TownName", town, SHORT, LEAST),
        _text(f"{whose}PostCodeIdentifier", postcode, SHORT, LEAST),
        *([_text("CountryCode", country, LEAST)] if country else []),
    )


def _details(invoice: WholeInvoice, buyer: Buyer) -> ET.Element:
    head = invoice.head
    code, code_un = CREDIT_NOTE if head.is_credit_note else BILL
    return _of(
        "InvoiceDetails",
        _text("InvoiceTypeCode", code, SHORT),
        _text("InvoiceTypeCodeUN", code_un, SHORT),
        _text("InvoiceTypeText", _kind(head.kind, buyer.language), SHORT),
        *_classification(head.kind),
        _text("OriginCode", COPY, SHORT),
        _number("InvoiceNumber", head.number),
        _day("InvoiceDate", head.issued_on),
        *([_number("OriginalInvoiceNumber", invoice.refers_to)] if invoice.refers_to else []),
        _day("InvoicingPeriodStartDate", head.first),
        _day("InvoicingPeriodEndDate", head.last),
        _text("SellerReferenceIdentifier", head.number, NAME),
        _text("SellersBuyerIdentifier", buyer.customer_number, NAME),
        *_defined("Definition", _definitions(invoice), buyer.language),
        _amount("RowsTotalVatExcludedAmount", total(line.net for line in invoice.lines)),
        _amount("InvoiceTotalVatExcludedAmount", invoice.net),
        _amount("InvoiceTotalVatAmount", invoice.vat),
        _amount("InvoiceTotalVatIncludedAmount", head.total),
        *map(_vat, invoice.vats),
        *([] if head.is_credit_note else [_of("PaymentTermsDetails", _day("InvoiceDueDate", head.due_on))]),
    )


def _kind(kind: InvoiceKind, language: Language) -> str:
    return labels.KINDS.get(kind, text("Invoice")).said(language)


def _classification(kind: InvoiceKind) -> Iterator[ET.Element]:
    if kind is InvoiceKind.REMINDER:
        yield _of("InvoiceClassification", _text("ClassificationCode", REMINDER, SHORT))


def _definitions(invoice: WholeInvoice) -> Iterator[tuple[str, Text, str]]:
    if invoice.estimated:
        yield ESTIMATED, text("Estimated consumption"), YES
    if invoice.read_by:
        yield READ_BY, text("Metering"), invoice.read_by


def _defined(tag: str, definitions: Iterable[tuple[str, Text, str]], language: Language) -> Iterator[ET.Element]:
    """What Finvoice has no field for: a code, its words and a value each."""
    for code, words, value in definitions:
        header = _text(f"{tag}HeaderText", words.said(language), NAME, DefinitionCode=code)
        yield _of(f"{tag}Details", header, _text(f"{tag}Value", value, NAME))


def _vat(vat: Vat) -> ET.Element:
    return _of(
        "VatSpecificationDetails",
        _amount("VatBaseAmount", vat.net),
        _text("VatRatePercent", _decimal(vat.percent), SHORT),
        *_vat_code("VatCode", vat.percent),
        _amount("VatRateAmount", vat.vat),
    )


def _vat_code(tag: str, percent: Decimal) -> Iterator[ET.Element]:
    """S (UNTDID 5305) where there is a rate; why there is none, an invoice does not say."""
    if percent:
        yield _text(tag, "S", SHORT)


def _rows(lines: Iterable[Line], language: Language) -> Sequence[ET.Element]:
    """The lines. VAT is worked out on their sum, so that a line has none of its own."""
    return [_of("InvoiceRow", *_row(line, place, language)) for place, line in enumerate(lines, 1)]


def _row(line: Line, place: int, language: Language) -> Iterator[ET.Element]:
    counted = line.counted
    yield _text("ArticleIdentifier", line.code, NAME)
    yield _text("ArticleName", line.name.said(language), ARTICLE)
    if line.estimated:
        yield from _defined("RowDefinition", [(ESTIMATED, text("Estimated consumption"), YES)], language)
    if counted:
        yield _quantity("InvoicedQuantity", counted)
    yield _day("StartDate", line.first)
    yield _day("EndDate", line.last)
    if counted:
        yield from _price(counted)
    yield _text("RowPositionIdentifier", str(place), SHORT)
    if line.source and line.source.number:
        yield _text("RowAgreementIdentifier", line.source.number, NAME)
    if counted and line.energy is not None:
        yield _quantity("RowUsedQuantity", counted)
        yield _day("RowPreviousMeterReadingDate", line.first)
        yield _day("RowLatestMeterReadingDate", line.last)
    yield _text("RowVatRatePercent", _decimal(line.vat_percent), SHORT)
    yield from _vat_code("RowVatCode", line.vat_percent)
    yield _amount("RowVatExcludedAmount", line.net)


def _quantity(tag: str, counted: Counted) -> ET.Element:
    """So many of a unit, with as many decimals as there is room for."""
    said = _decimal(counted.figure)
    if len(said) > FIGURE:
        finest = Decimal(1).scaleb(min(0, said.index(",") + 1 - FIGURE))
        said = _decimal(counted.figure.quantize(finest, ROUND_HALF_UP))
    return _text(tag, said, FIGURE, **_unit("QuantityUnitCode", counted.unit))


def _price(counted: Counted) -> Iterator[ET.Element]:
    """Euros for each, or for the least power of ten of them with which five decimals say the price exactly."""
    each = counted.each / 100 if counted.unit is LineUnit.KWH else counted.each
    base = 1
    while each * base % PRICE:
        base *= 10
    said = _decimal(each * base, 2)
    yield _text("UnitPriceAmount", said, SHORT, **_euros(), **_unit("UnitPriceUnitCode", counted.unit))
    if base > 1:
        yield _text("UnitPriceBaseQuantity", str(base), FIGURE, **_unit("QuantityUnitCode", counted.unit))


def _payment(invoice: WholeInvoice) -> ET.Element:
    """What a payer's bank is told: all that the invoice asked for, whatever was paid since."""
    scheme = "ISO" if is_rf_reference(invoice.reference) else "SPY"
    return _of(
        "EpiDetails",
        _of(
            "EpiIdentificationDetails",
            _day("EpiDate", invoice.head.issued_on),
            _text("EpiReference", invoice.reference, SHORT),
        ),
        _of(
            "EpiPartyDetails",
            _of("EpiBfiPartyDetails", _text("EpiBfiIdentifier", invoice.bic, SHORT, IdentificationSchemeName="BIC")),
            _of(
                "EpiBeneficiaryPartyDetails",
                _text("EpiNameAddressDetails", invoice.payee, SHORT, LEAST),
                _text("EpiAccountID", invoice.iban, SHORT, IdentificationSchemeName="IBAN"),
            ),
        ),
        _of(
            "EpiPaymentInstructionDetails",
            _text("EpiRemittanceInfoIdentifier", invoice.reference, SHORT, IdentificationSchemeName=scheme),
            _amount("EpiInstructedAmount", invoice.head.total),
            _text("EpiCharge", "SHA", SHORT, ChargeOption="SHA"),
            _day("EpiDateOptionDate", invoice.head.due_on),
        ),
    )


def _of(tag: str, *children: ET.Element) -> ET.Element:
    made = ET.Element(tag)
    made.extend(children)
    return made


def _text(tag: str, words: str, most: int, least: int = 1, /, **attributes: str) -> ET.Element:
    """A field of so many characters; what has fewer is filled up with blanks that readers keep."""
    made = ET.Element(tag, attributes)
    made.text = _clean(words)[:most].strip().ljust(least, NBSP)
    return made


def _names(tag: str, name: str) -> Sequence[ET.Element]:
    return [_text(tag, part, NAME, LEAST) for part in _parts(name, NAME)]


def _number(tag: str, number: str) -> ET.Element:
    """The number of an invoice: of a long one its end, which tells invoices apart; whole it is a reference."""
    return _text(tag, _clean(number)[-NUMBER:], NUMBER)


def _day(tag: str, day: date) -> ET.Element:
    return _text(tag, f"{day:%Y%m%d}", SHORT, Format="CCYYMMDD")


def _amount(tag: str, amount: Money) -> ET.Element:
    return _text(tag, _decimal(amount.euros, 2), SHORT, **_euros())


def _euros() -> Mapping[str, str]:
    return {"AmountCurrencyIdentifier": "EUR"}


def _unit(attribute: str, unit: LineUnit) -> Mapping[str, str]:
    """A unit as the invoice writes it, and its code."""
    return {attribute: unit, "QuantityUnitCodeUN": UNITS[unit]}


def _decimal(figure: Decimal, decimals: int = 0) -> str:
    """All digits of a figure, so many after the comma at least."""
    whole, _, rest = f"{figure:f}".partition(".")
    kept = rest.rstrip("0").ljust(decimals, "0")
    return f"{whole},{kept}" if kept else whole


def _parts(words: str, most: int) -> Sequence[str]:
    """Words in parts that a field holds each; none is lost."""
    return wrap(_clean(words), most) or [""]


def _clean(words: str) -> str:
    """Words on one line, without what XML cannot hold."""
    return " ".join(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words).split())
