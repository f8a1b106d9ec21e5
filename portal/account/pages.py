"""One's own account: how one is reached and billed, the language, where one is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from portal.account import labels, saving
from portal.account.forms import COUNTRIES
from portal.account.saving import Saved
from portal.auth import actions as sessions
from portal.auth import open_sessions, ways
from portal.auth.actions import BINDING_COOKIE, SESSION_COOKIE
from portal.auth.open_sessions import OpenSession, Profile
from portal.auth.pages.sign_out import FORGET, SIGNED_OUT
from portal.auth.people import ConfirmedUser, User, anyone, decides, decides_confirmed, user
from portal.auth.rules import Way
from portal.customers import actions, contact
from portal.customers.change_requests import HOME_COUNTRY, Billing, Channel, Matter, PostalAddress
from portal.customers.contact import Contact, Mailbox
from portal.customers.words import LANGUAGES
from portal.kit.access import Anyone
from portal.kit.forms import Typed, one_of
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, text
from portal.kit.web import LANGUAGE_COOKIE, Answer, Cookie, Redirect, Reply, Visit, action, page
from portal.requests import queries as requests
from portal.requests.kinds.billing_rhythm import BILLING_RHYTHM
from portal.requests.kinds.refund_account import REFUND_ACCOUNT
from portal.requests.records import HeldRequest

ACCOUNT: Final = "/account"
YEAR_S: Final = 365 * 24 * 3600
OF_BILLING: Final = (BILLING_RHYTHM, REFUND_ACCOUNT)


@dataclass(frozen=True)
class AccountPage(Page):
    """Who one is to the utility, and what is one's own whoever one acts for.

    customer: None for somebody without a customer number; of one's own matters the first, as all are of the same person
    decides: whether the customer's details are theirs to see
    is_unreached: that our letter to a new e-mail address did not get there
    requests: what was last asked for of how invoices come, and of the account for refunds
    """

    template = "account/show.html"
    name: str
    customer: Contact | None
    numbers: Sequence[str]
    is_unreached: bool
    decides: bool
    in_own_matters: bool
    profile: Profile
    open_sessions: Sequence[OpenSession]
    ways: Mapping[Way, Text]
    language_names: Mapping[Language, str]
    chosen: Language
    news: Text | None
    today: date
    requests: Sequence[HeldRequest]


@dataclass(frozen=True)
class ContactDetails(Page):
    """The form of the e-mail address and the phone number; `is_back` says that what was typed has waited."""

    template = "account/contact.html"
    typed: Typed
    name: str
    is_back: bool


@dataclass(frozen=True)
class AddressDetails(Page):
    """The form of the postal address."""

    template = "account/address.html"
    typed: Typed
    countries: Sequence[str]


@dataclass(frozen=True)
class WayOfBilling(Page):
    """The form of how bills come."""

    template = "account/billing.html"
    typed: Typed
    options: Sequence[tuple[Channel, Text, Text | None]]
    emails: Sequence[str]
    language_names: Mapping[Language, str]


@dataclass(frozen=True)
class EmailConfirmation(Page):
    """What a link in a letter leads to: a button, as programs that look for viruses open links too."""

    template = "account/confirm_email.html"
    mailbox: Mailbox | None
    token: str


def show(visit: Visit[User]) -> AccountPage:
    """The account; of the party acted for only what the mandate covers."""
    who, profile = visit.who, open_sessions.profile(visit.db, visit.who)
    customers = contact.contacts(visit.db, who)
    return AccountPage(
        name=who.name,
        customer=next(iter(customers), None),
        numbers=[one.customer_number for one in customers],
        is_unreached=contact.is_unreached(visit.db, who),
        decides=who.reach.is_full,
        in_own_matters=who.reach.acting_for is None,
        profile=profile,
        open_sessions=open_sessions.open_now(visit.db, who, visit.now),
        ways=ways.NAMES,
        language_names=LANGUAGES,
        chosen=profile.language or visit.language,
        news=_news(visit),
        today=visit.today,
        requests=requests.newest_of_kinds(visit.db, who, OF_BILLING) if who.reach.is_full else (),
    )


def choose_language(visit: Visit[User]) -> Redirect:
    """Serve the person in a language; in their own matters their bills and letters too, where the bank proved them."""
    language = one_of(Language, visit.form.get("language"), None)
    if language is None:
        return _saved(Saved.NOTHING)
    sessions.speak(visit.db, visit.who, language, visit.now)
    if visit.who.reach.acting_for is None and visit.who.way is Way.BANK:
        actions.change_language(visit.db, visit.who, language, visit.now)
    return Redirect(f"{ACCOUNT}?saved={Saved.LANGUAGE}", [Cookie(LANGUAGE_COOKIE, language, YEAR_S)])


def end_session(visit: Visit[User]) -> Redirect:
    """End one of the person's sessions. Raises NoSuchSession."""
    sessions.end_one(visit.db, visit.who, visit.id("id"), visit.now)
    return _saved(Saved.SESSIONS)


def end_other_sessions(visit: Visit[User]) -> Redirect:
    """End all of the person's sessions but this one."""
    sessions.end_others(visit.db, visit.who, visit.now)
    return _saved(Saved.SESSIONS)


def sign_out_everywhere(visit: Visit[User]) -> Redirect:
    """End all of the person's sessions; the browser forgets what it has seen, as at every sign-out."""
    sessions.end_all(visit.db, visit.who.account_id, visit.now)
    gone = [Cookie(name, None) for name in (SESSION_COOKIE, BINDING_COOKIE)]
    return Redirect(SIGNED_OUT, gone, {"Clear-Site-Data": FORGET})


def show_contact(visit: Visit[ConfirmedUser]) -> Reply:
    """The form, filled in with what one is known by, or with what was typed before the bank was asked."""
    found = contact.first(visit.db, visit.who)
    return contact_form(visit, found) if found else Redirect(ACCOUNT)


def contact_form(visit: Visit[User] | Visit[ConfirmedUser], found: Contact) -> ContactDetails:
    """The form of a customer."""
    draft = contact.draft(visit.db, visit.who, visit.now)
    email, phone = found.facts[Matter.EMAIL].asked, found.facts[Matter.PHONE].asked
    values = {"email": draft.email if draft else email, "phone": draft.phone if draft else phone}
    return ContactDetails(Typed(values), found.name, draft is not None)


def save_contact(visit: Visit[User]) -> Reply:
    """Save it, after the bank has been asked where it has not been just before."""
    found = contact.first(visit.db, visit.who)
    if found is None:
        return Redirect(ACCOUNT)
    match saving.save_contact(visit, "/account/contact"):
        case Typed() as again:
            return Answer(ContactDetails(again, found.name, is_back=False), status=422)
        case Redirect() as elsewhere:
            return elsewhere
        case Saved() as saved:
            return _saved(saved)


def ask_again(visit: Visit[User]) -> Redirect:
    """Send the letter to a new address once more."""
    return _saved(saving.ask_again(visit))


def show_address(visit: Visit[User]) -> Reply:
    """The form, filled in with what is known."""
    found = contact.first(visit.db, visit.who)
    if found is None:
        return Redirect(ACCOUNT)
    address = found.address or PostalAddress("", "", "", HOME_COUNTRY)
    country = address.country if address.country in COUNTRIES else HOME_COUNTRY
    values = {"street": address.street, "postcode": address.postcode, "town": address.town, "country": country}
    return AddressDetails(Typed(values), COUNTRIES)


def save_address(visit: Visit[User]) -> Reply:
    """Save it, or show the form again."""
    match saving.save_address(visit):
        case Typed() as again:
            return Answer(AddressDetails(again, COUNTRIES), status=422)
        case Saved() as saved:
            return _saved(saved)


def show_billing(visit: Visit[User]) -> Reply:
    """The form, filled in with what is known."""
    found = contact.first(visit.db, visit.who)
    return billing_form(found, billing_typed(found)) if found else Redirect(ACCOUNT)


def billing_typed(found: Contact) -> Typed:
    """What the form of a customer's billing holds at first."""
    way = found.billing or Billing(Channel.OTHER)
    return Typed(
        {
            "channel": way.channel if found.billing else "",
            "email": way.email or "",
            "reference": way.reference or "",
            "language": found.facts[Matter.LANGUAGE].now,
        }
    )


def billing_form(found: Contact, typed: Typed) -> WayOfBilling:
    """The form of a customer's billing."""
    return WayOfBilling(typed, labels.options(found), found.billing_emails, LANGUAGES)


def save_billing(visit: Visit[User]) -> Reply:
    """Save it, or show the form again."""
    found = contact.first(visit.db, visit.who)
    if found is None:
        return Redirect(ACCOUNT)
    match saving.save_billing(visit):
        case Typed() as again:
            return Answer(billing_form(found, again), status=422)
        case Saved() as saved:
            return _saved(saved)


def show_confirmation(visit: Visit[Anyone]) -> Reply:
    """The button, or how it went: looking changes nothing."""
    token = visit.query.get("token", "")
    request_id = contact.asked_by(visit.db, token, visit.now)
    mailbox = contact.mailbox(visit.db, request_id, visit.now) if request_id else None
    return Answer(EmailConfirmation(mailbox, token), status=200 if mailbox else 410)


def confirm_email(visit: Visit[Anyone]) -> Redirect:
    """Take a new address into use; a second time changes nothing."""
    token = str(visit.form.get("token", ""))
    request_id = contact.asked_by(visit.db, token, visit.now)
    if request_id:
        actions.confirm_email(visit.db, request_id, visit.now)
    return Redirect(f"/account/confirm-email?{urlencode({'token': token})}")


def _saved(saved: Saved) -> Redirect:
    return Redirect(f"{ACCOUNT}?saved={saved}")


def _news(visit: Visit[User]) -> Text | None:
    saved = one_of(Saved, visit.query.get("saved"), None)
    return labels.NEWS[saved] if saved else None


routes = [
    page(ACCOUNT, show, who=user, viewed=text("Looked at the account")),
    action("/account/language", choose_language, who=user),
    action("/account/sessions/{id}/end", end_session, who=user),
    action("/account/sessions/end-others", end_other_sessions, who=user),
    action("/account/sessions/end-all", sign_out_everywhere, who=user),
    page("/account/contact", show_contact, who=decides_confirmed, viewed=text("Opened the form of contact details")),
    action("/account/contact", save_contact, who=decides),
    action("/account/contact/again", ask_again, who=decides),
    page("/account/address", show_address, who=decides, viewed=text("Opened the form of the postal address")),
    action("/account/address", save_address, who=decides),
    page("/account/billing", show_billing, who=decides, viewed=text("Opened the form of how invoices come")),
    action("/account/billing", save_billing, who=decides),
    page("/account/confirm-email", show_confirmation, who=anyone),
    action("/account/confirm-email", confirm_email, who=anyone),
]
