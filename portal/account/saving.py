"""Saving what customers typed about themselves: the same for their account and for the first steps."""

from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import urlencode

from portal.account import letters
from portal.account.forms import AddressForm, BillingForm, ContactForm, ways
from portal.auth.people import ConfirmedUser, User
from portal.customers import actions, contact
from portal.customers.actions import TooManyLetters
from portal.customers.change_requests import Billing, Channel, Matter
from portal.customers.contact import Contact
from portal.kit import formats
from portal.kit.forms import Typed, Valid, read
from portal.kit.i18n import Text, text
from portal.kit.web import Redirect, Visit


class Saved(StrEnum):
    """What became of a form; the value of `saved=`."""

    NOTHING = "nothing"
    CONTACT = "contact"
    EMAIL = "email"
    ADDRESS = "address"
    BILLING = "billing"
    LANGUAGE = "language"
    SESSIONS = "sessions"


def save_contact(visit: Visit[User], here: str) -> Saved | Typed | Redirect:
    """Save an e-mail address and a phone number: what was saved, or the form again.

    Somebody who has to prove first who they are comes back to `here`, where what they typed waits.
    """
    match read(ContactForm, visit.form):
        case Typed() as again:
            return again
        case Valid(value=form):
            change = contact.Typed(form.email, form.phone)
    customers = contact.contacts(visit.db, visit.who)
    if problem := _unreachable(customers, form):
        return Typed({"email": form.email, "phone": form.phone}, {"email": problem})
    if all(_is_so(one, form) for one in customers):
        return Saved.NOTHING
    if not isinstance(visit.who, ConfirmedUser):
        actions.keep_draft(visit.db, visit.who, change, visit.now)
        return Redirect(f"/confirm?{urlencode({'next': here}, safe='/')}")
    try:
        changed = actions.change_contact(visit.db, visit.who, change, visit.now)
    except TooManyLetters as full:
        return Typed({"email": form.email, "phone": form.phone}, {"email": _full(visit, full)})
    return _sent(visit, changed)


def ask_again(visit: Visit[User]) -> Saved:
    """Send the letter to a new address once more."""
    return _sent(visit, actions.ask_again(visit.db, visit.who, visit.now))


def save_address(visit: Visit[User]) -> Saved | Typed:
    """Save a postal address: what was saved, or the form again."""
    match read(AddressForm, visit.form):
        case Typed() as again:
            return again
        case Valid(value=form):
            changed = actions.change_address(visit.db, visit.who, form.address, visit.now)
            return Saved.ADDRESS if changed else Saved.NOTHING


def save_billing(visit: Visit[User]) -> Saved | Typed:
    """Save how bills come and in which language: what was saved, or the form again."""
    match read(BillingForm, visit.form):
        case Typed() as again:
            return again
        case Valid(value=form):
            pass
    customers = contact.contacts(visit.db, visit.who)
    emails = customers[0].billing_emails if customers else ()
    if any(form.channel not in ways(one) for one in customers[:1]):
        return Typed(form.model_dump(), {"channel": text("Choose one of the options.")})
    if form.channel is Channel.EMAIL and not emails:
        return Typed(form.model_dump(), {"channel": text("Add an email address to the contact details first.")})
    to = form.email if form.channel is Channel.EMAIL and form.email in emails[1:] else None
    change = Billing(form.channel, to, form.reference or None)
    changed = (
        actions.change_billing(visit.db, visit.who, change, visit.now),
        actions.change_language(visit.db, visit.who, form.language, visit.now),
    )
    return Saved.BILLING if any(changed) else Saved.NOTHING


def _sent(visit: Visit[User], changed: actions.Changed | None) -> Saved:
    if changed is None:
        return Saved.NOTHING
    letters.send(visit.db, visit.installation, changed, visit.language, visit.now)
    return Saved.EMAIL if changed.to_confirm else Saved.CONTACT


def _full(visit: Visit[User], full: TooManyLetters) -> Text:
    return text(
        "You have given as many new email addresses as we take in one day. You can give another one on %(at)s. "
        "If it cannot wait, call us: %(phone)s.",
        at=formats.instant(full.free_at, visit.language),
        phone=visit.installation.brand.phone,
    )


def _is_so(customer: Contact, form: ContactForm) -> bool:
    facts = customer.facts
    return (facts[Matter.EMAIL].asked, facts[Matter.PHONE].asked) == (form.email, form.phone)


def _unreachable(customers: Sequence[Contact], form: ContactForm) -> Text | None:
    """Bills by e-mail need an address."""
    ways = [one.billing for one in customers if one.billing]
    if form.email or not any(way.channel is Channel.EMAIL and not way.email for way in ways):
        return None
    return text("The invoices come by email. Choose another way for them first, or keep an address here.")
