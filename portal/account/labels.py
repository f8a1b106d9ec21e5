"""What is said of one's own account: the ways of billing to choose between, and what became of a form."""

from collections.abc import Mapping, Sequence
from typing import Final

from portal.account.forms import ways
from portal.account.saving import Saved
from portal.customers import words
from portal.customers.change_requests import Channel
from portal.customers.contact import Contact
from portal.kit.i18n import Text, text

HINTS: Final[Mapping[Channel, Text]] = {
    Channel.E_INVOICE: text("Order it in the online bank as well; the first one comes after that."),
    Channel.EMAIL: text("As a PDF attachment"),
    Channel.OMAPOSTI: text("Invoices are seen and paid in the OmaPosti app"),
    Channel.MOBILE: text("Our invoices are accepted in the app"),
    Channel.PAPER: text("It comes by post to the postal address"),
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


def options(contact: Contact) -> Sequence[tuple[Channel, Text, Text | None]]:
    """The ways of billing that a customer may choose between, and the one they have: each in words, with a hint."""
    hints = {**HINTS, **COMPANY_HINTS} if contact.is_company else HINTS
    return [(way, words.channel(way, contact.kind), hints.get(way)) for way in ways(contact)]
