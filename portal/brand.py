"""Whose portal this is: names, ways to reach the company, colours and mark, read from one TOML file and checked.

docs/first-customer.md shows a whole brand file. Contrasts of the colours: portal/contrast.py.
"""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final
from xml.etree import ElementTree as ET

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from stdnum.fi import ytunnus

from portal.kit import addresses, formats
from portal.kit.addresses import NotAnAddress
from portal.kit.i18n import Language, Text, text
from portal.kit.money import rounded

SVG: Final = "{http://www.w3.org/2000/svg}"
SHAPES: Final = "path rect circle ellipse line polyline polygon text tspan"
PARTS: Final = "svg g defs symbol use title desc linearGradient radialGradient stop clipPath mask"
DRAWN: Final = frozenset(f"{SHAPES} {PARTS}".split())  # nothing that runs, embeds, styles or fetches
LOGO_BYTES: Final = 64 * 1024
STYLESHEET: Final = "vendor/portal.css"
MARK: Final = "img/icon.svg"


class BadBrand(Exception):
    """The brand file does not hold together; the message names the file and the key."""


def _business_id(text: str) -> str:
    if not re.fullmatch(r"[0-9]{7}-[0-9]", text) or not ytunnus.is_valid(text):
        raise ValueError('must be a business id such as "0984944-9", its check digit right')
    return text


def _email(text: str) -> str:
    try:
        return addresses.as_read(text)
    except NotAnAddress:
        raise ValueError('must be an e-mail address such as "asiakaspalvelu@example.fi"') from None


def _secure(text: str) -> str:
    if not re.fullmatch(r"(https://|mailto:|tel:)[^\s<>\"]+", text):
        raise ValueError("must begin with https://, mailto: or tel:")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")
]
Email = Annotated[Line, AfterValidator(_email)]
Address = Annotated[Line, AfterValidator(_secure)]
Hue = Annotated[float, Field(ge=0, le=360)]
Euros = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanyNames(_Part):
    """What customers call the company, in each language."""

    fi: Line
    sv: Line
    en: Line


class PostalAddress(_Part):
    """Where letters to the company go."""

    street: Line
    postcode: Line
    town: Line


class DataProtection(_Part):
    """Whom to ask about personal data: the data protection officer where there is one (GDPR, Article 13(1)(b))."""

    name: Line | None = None
    email: Email
    phone: Line | None = None


class Security(_Part):
    """Where weaknesses are to be reported, for security.txt (RFC 9116, sections 2.5.3 and 2.5.7)."""

    contact: Address
    policy: Address | None = None


class Colours(_Part):
    """The seeds of every colour, in OKLCH: a hue, that of the warm accent, and how strong the brand's colour is."""

    hue: Hue = 205
    hue_warm: Hue = 65
    chroma: Annotated[float, Field(ge=0, le=0.2)] = 0.085


class Brand(_Part):
    """Whose portal this is.

    `status_page` is where the company says what is out of order; `logo` is a whole SVG, checked, or None for the
    portal's own mark. `paper_bill_price` is what each bill on paper costs, in euros with VAT; None where nothing is
    said of that.
    """

    name: CompanyNames
    company: Line
    business_id: Annotated[Line, AfterValidator(_business_id)]
    phone: Line
    phone_hours: Line
    faults_phone: Line
    email: Email
    address: PostalAddress
    data_protection: DataProtection
    status_page: Address | None = None
    paper_bill_price: Euros | None = None
    security: Security | None = None
    colours: Colours = Colours()
    logo: str | None = None

    @property
    def phone_href(self) -> str:
        """The address that calls customer service."""
        return _tel(self.phone)

    @property
    def faults_phone_href(self) -> str:
        """The address that calls about a fault."""
        return _tel(self.faults_phone)

    @property
    def paper_bill(self) -> Text | None:
        """What a bill on paper costs, in a sentence."""
        if self.paper_bill_price is None:
            return None
        if not self.paper_bill_price:
            return text("Paper invoices are free of charge.")
        return text(
            "Each paper invoice costs %(price)s, incl. VAT.", price=formats.money(rounded(self.paper_bill_price * 100))
        )

    def called(self, language: Language) -> str:
        """The company's name as its customers know it."""
        return {Language.FI: self.name.fi, Language.SV: self.name.sv, Language.EN: self.name.en}[language]


DEMO_BRAND = Brand(
    name=CompanyNames(fi="Esimerkki Energia", sv="Esimerkki Energia", en="Esimerkki Energia"),
    company="Esimerkki Energia Oy",
    business_id="7654321-2",
    phone="0800 000 000",
    phone_hours="8\u201318",
    faults_phone="0800 000 001",
    email="asiakaspalvelu@example.fi",
    address=PostalAddress(street="Esimerkkikatu 1", postcode="33100", town="Tampere"),
    data_protection=DataProtection(email="tietosuoja@example.fi", phone="0800 000 000"),
    paper_bill_price=Decimal("2.90"),
    security=Security(contact="mailto:tietoturva@example.fi"),
)


def load(path: Path) -> Brand:
    """The brand that a TOML file describes; a `logo` is the name of an SVG file beside it.

    Raises BadBrand.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as refused:
        raise BadBrand(f"{path} cannot be read as TOML: {_reason(refused)}.") from None
    if isinstance(said.get("logo"), str):
        said["logo"] = logo(path.parent / said["logo"])
    try:
        return Brand.model_validate(said)
    except ValidationError as refused:
        raise BadBrand(_sentence(path, refused)) from None


def logo(path: Path) -> str:
    """An SVG that is a drawing and nothing else: no scripts, no styles, nothing from elsewhere.

    Raises BadBrand.
    """
    try:
        source = path.read_text(encoding="utf-8")  # in another encoding a document type would pass unseen
        if path.stat().st_size > LOGO_BYTES or "<!DOCTYPE" in source or "<!ENTITY" in source:
            raise BadBrand(f"{path}: a logo is an SVG of at most {LOGO_BYTES // 1024} kB, without a document type.")
        drawing = ET.fromstring(source)  # noqa: S314 - no entities can be declared without a document type
    except (OSError, UnicodeDecodeError, ET.ParseError) as refused:
        raise BadBrand(f"{path}, the logo of the brand, cannot be read as SVG: {_reason(refused)}.") from None
    if drawing.tag != f"{SVG}svg":
        raise BadBrand(f"{path}: its first element is not an svg of {SVG.strip('{}')}.")
    for element in drawing.iter():
        _check_drawn(path, element)
    ET.register_namespace("", SVG.strip("{}"))
    return ET.tostring(drawing, encoding="unicode")  # without comments and processing instructions


def made_files(brand: Brand, folder: Path) -> Mapping[str, bytes]:
    """The static files that a brand makes, by name; they stand in place of those of the folder."""
    made = {STYLESHEET: (folder / STYLESHEET).read_bytes() + stylesheet(brand.colours).encode()}
    return made if brand.logo is None else {**made, MARK: brand.logo.encode()}


def stylesheet(colours: Colours) -> str:
    """The CSS that a brand adds to the portal's own."""
    seeds = f"--hue: {colours.hue:g}; --hue-warm: {colours.hue_warm:g}; --chroma: {colours.chroma:g};"
    return f"@layer brand {{ :root {{ {seeds} }} }}\n"


def _reason(refused: Exception) -> str:
    """Why a file cannot be read, without its name, which stands before it."""
    return (isinstance(refused, OSError) and refused.strerror) or str(refused)


def _check_drawn(path: Path, element: ET.Element) -> None:
    name = str(element.tag).removeprefix(SVG)
    if name not in DRAWN:
        raise BadBrand(f"{path}: a logo may not hold <{name}>; draw it with shapes, gradients and text only.")
    for attribute, value in element.attrib.items():
        plain = attribute.rpartition("}")[2].lower()
        leads_away = plain == "href" and not value.startswith("#")
        if plain.startswith("on") or plain == "style" or leads_away or re.search(r"url\((?!\s*['\"]?#)", value):
            raise BadBrand(f"{path}: the attribute {plain} of <{name}> may not stand in a logo.")


def _tel(number: str) -> str:
    return "tel:" + number.replace(" ", "")


def _sentence(path: Path, refused: ValidationError) -> str:
    first: Any = refused.errors(include_url=False)[0]
    key = ".".join(map(str, first["loc"]))
    match first["type"]:
        case "missing":
            return f"{path} lacks {key}; docs/first-customer.md shows a whole brand file."
        case "extra_forbidden":
            return f"{path}: {key} is no key of a brand file; docs/first-customer.md shows a whole one."
        case _:
            says = re.sub(r"^(Value error, |(Decimal )?[Ii]nput (?=should))", "", first["msg"])
            return f"{path}: {key} {says}."
