"""How a customer's own things are put before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from portal.customers.change_requests import Billing, Channel, Matter, PostalAddress
from portal.customers.contact import Contact, Fact
from portal.customers.models import PartyKind
from portal.customers.words import CHANNELS, LANGUAGES
from portal.home.account.forms import HOME_COUNTRY, ways
from portal.home.account.saving import Saved
from portal.kit import formats
from portal.kit.clock import day_of
from portal.kit.i18n import Language, Text, text

HINTS: Final[Mapping[Channel, Text]] = {
    Channel.E_INVOICE: text("Order it in the online bank as well; the first one comes after that."),
    Channel.EMAIL: text("As a PDF attachment"),
    Channel.OMAPOSTI: text("Invoices are seen and paid in the OmaPosti app"),
    Channel.MOBILE: text("Our invoices are accepted in the app"),
    Channel.PAPER: text("It comes by post to the postal address"),
}
COMPANY: Final[Mapping[Channel, Text]] = {
    Channel.E_INVOICE: text("E-invoice to the invoicing system"),
}
COMPANY_HINTS: Final[Mapping[Channel, Text]] = {
    Channel.E_INVOICE: text("We ask you for the e-invoice address and operator by message."),
}
NEWS: Final[Mapping[Saved, Text]] = {
    Saved.NOTHING: text("Nothing was changed. Everything was already as you wished."),
    Saved.CONTACT: text("The contact details have been saved."),
    Saved.EMAIL: text("We sent a letter to the new email address. Open its link to take the address into use."),
    Saved.ADDRESS: text("The postal address has been saved."),
    Saved.BILLING: text("The way of billing has been saved."),
    Saved.LANGUAGE: text("Your language has been saved."),
    Saved.SESSIONS: text("The session was ended."),
}


@dataclass(frozen=True, slots=True)
class DetailLine:
    """One matter: what holds, since when the register is being updated, and what waits to be confirmed."""

    says: str | Text
    changed_on: date | None
    waits: str | None
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as their own account tells of them."""

    name: str
    numbers: tuple[str, ...]
    is_company: bool
    business_id: str | None
    email: DetailLine
    phone: DetailLine
    address: DetailLine
    channel: DetailLine
    bills_to: str | None
    reference: str | None
    language: DetailLine
    other_emails: tuple[str, ...]
    other_phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One of the ways to choose between."""

    value: str
    label: Text
    hint: Text | None

    @property
    def is_paper(self) -> bool:
        """Whether bills come on paper, which may cost something."""
        return self.value == Channel.PAPER


def customer(contacts: Sequence[Contact], language: Language) -> Customer | None:
    """The customer, None without a number; all numbers of one's own matters are of the same person."""
    if not contacts:
        return None
    first = contacts[0]
    billing = first.billing
    is_company = first.kind == PartyKind.COMPANY
    return Customer(
        name=first.name,
        numbers=tuple(one.customer_number for one in contacts),
        is_company=is_company,
        business_id=first.business_id,
        email=_line(first.facts[Matter.EMAIL]),
        phone=_line(first.facts[Matter.PHONE], formats.phone(first.facts[Matter.PHONE].now)),
        address=_line(first.facts[Matter.ADDRESS], post(first.address, language)),
        channel=_line(first.facts[Matter.BILLING], channel(billing.channel, first.kind) if billing else ""),
        bills_to=_bills_to(first, billing),
        reference=billing.reference if billing else None,
        language=_line(first.facts[Matter.LANGUAGE], LANGUAGES[Language(first.facts[Matter.LANGUAGE].now)]),
        other_emails=first.other_emails,
        other_phones=first.other_phones,
    )


def channel(way: Channel, kind: str) -> Text:
    """A way of billing in words."""
    return COMPANY.get(way, CHANNELS[way]) if kind == PartyKind.COMPANY else CHANNELS[way]


def options(contact: Contact) -> Sequence[Option]:
    """The ways of billing that a customer may choose between, and the one they have."""
    is_company = contact.kind == PartyKind.COMPANY
    hints = {**HINTS, **COMPANY_HINTS} if is_company else HINTS
    return [Option(way, channel(way, contact.kind), hints.get(way)) for way in ways(contact)]


def post(address: PostalAddress | None, language: Language) -> str:
    """A postal address on one line; empty for none. The country is named where it is another one."""
    if address is None:
        return ""
    place = f"{address.street}, {address.postcode} {address.town}"
    return place if address.country == HOME_COUNTRY else f"{place}, {formats.country(address.country, language)}"


def _line(fact: Fact, says: str | Text | None = None) -> DetailLine:
    return DetailLine(
        says=fact.now if says is None else says,
        changed_on=day_of(fact.change.at) if fact.change else None,
        waits=fact.waiting.after if fact.waiting else None,
        asked_at=fact.waiting.at if fact.waiting else None,
    )


def _bills_to(contact: Contact, billing: Billing | None) -> str | None:
    if billing is None or billing.channel is not Channel.EMAIL:
        return None
    return billing.email or contact.facts[Matter.EMAIL].now or None
