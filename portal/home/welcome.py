"""The first steps of somebody who has come for the first time: what we found, how we reach them, how bills come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from portal.account import pages as account
from portal.account import saving
from portal.account.labels import options
from portal.account.pages import WayOfBilling
from portal.auth import actions as sessions
from portal.auth.people import User, decides, user
from portal.contracts import queries as contracts
from portal.customers import contact
from portal.customers.change_requests import Matter, PostalAddress
from portal.customers.contact import Contact
from portal.customers.words import LANGUAGES
from portal.invoices import queries as invoices
from portal.invoices.filters import InvoiceFilter
from portal.kit.forms import Typed
from portal.kit.html import Page
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.web import Answer, Redirect, Reply, Visit, action, page

HOME: Final = "/overview"


class Ended(StrEnum):
    """How the first steps ended; the value of `welcome=` on the page that comes after them."""

    TAKEN = "taken"
    LEFT = "left"


WORDS: Final[Mapping[Ended, Text]] = {
    Ended.TAKEN: text("Everything is ready. Thank you."),
    Ended.LEFT: text("We do not ask again. Everything works without these steps as well."),
}


@dataclass(frozen=True)
class Found(Page):
    """The first step: what is there in somebody's name, in words, and for whom they may act."""

    template = "welcome/found.html"
    first_name: str
    numbers: Sequence[str]
    found: Sequence[Text]
    others: Sequence[str]
    decides: bool


@dataclass(frozen=True)
class NothingFound(Page):
    """For somebody without a customer number: what we looked by, and what to do."""

    template = "welcome/nothing.html"
    first_name: str
    name: str


@dataclass(frozen=True)
class HowToReach(Page):
    """The second step: e-mail address, phone number and language."""

    template = "welcome/contact.html"
    typed: Typed
    address: PostalAddress | None
    is_back: bool
    language_names: Mapping[Language, str]


@dataclass(frozen=True)
class HowToBill(WayOfBilling):
    """The third step: how bills come."""

    template = "welcome/billing.html"


def is_first_visit(who: User) -> bool:
    """Whether somebody in their own matters has neither taken nor skipped the first steps."""
    return bool(who.parties) and who.reach.acting_for is None and not who.is_welcomed


def show_found(visit: Visit[User]) -> Page:
    """What we found."""
    who = visit.who
    first_name = who.name.split(" ", maxsplit=1)[0]
    mine = contact.contacts(visit.db, who)
    if not mine:
        return NothingFound(first_name, who.name)
    return Found(
        first_name=first_name,
        numbers=[one.customer_number for one in mine],
        found=_found(visit.db, who, visit.today),
        others=[one.name for one in who.reach.choices if one.id not in who.parties],
        decides=who.reach.is_full,
    )


def show_contact(visit: Visit[User]) -> Reply:
    """How we reach somebody, to confirm or to correct."""
    mine = contact.first(visit.db, visit.who)
    if mine is None:
        return Redirect("/welcome")
    form = account.contact_form(visit, mine)
    language = {"language": mine.facts[Matter.LANGUAGE].now}
    return _how_to_reach(mine, Typed({**form.typed.values, **language}), is_back=form.is_back)


def save_contact(visit: Visit[User]) -> Reply:
    """Save what differs, and go on."""
    mine = contact.first(visit.db, visit.who)
    if mine is None:
        return Redirect("/welcome")
    chosen = account.choose_language(visit)
    match saving.save_contact(visit, "/welcome/contact"):
        case Typed() as again:
            typed = Typed({**again.values, "language": str(visit.form.get("language", ""))}, again.errors)
            return Answer(_how_to_reach(mine, typed), status=422)
        case Redirect(to=elsewhere):
            return Redirect(elsewhere, chosen.cookies)
        case _:
            return Redirect("/welcome/billing", chosen.cookies)


def show_billing(visit: Visit[User]) -> Reply:
    """How bills come, to confirm or to choose."""
    mine = contact.first(visit.db, visit.who)
    return _how_to_bill(mine, account.billing_typed(mine)) if mine else Redirect("/welcome")


def save_billing(visit: Visit[User]) -> Reply:
    """Save what differs; that was the last step."""
    mine = contact.first(visit.db, visit.who)
    if mine is None:
        return Redirect("/welcome")
    match saving.save_billing(visit):
        case Typed() as again:
            return Answer(_how_to_bill(mine, again), status=422)
        case _:
            return _end(visit, Ended.TAKEN)


def skip(visit: Visit[User]) -> Redirect:
    """The steps are not wanted."""
    return _end(visit, Ended.LEFT)


def last_word(visit: Visit[User]) -> Text | None:
    """What is said right after the first steps, None where nobody comes from them."""
    said = visit.query.get("welcome")
    return WORDS[Ended(said)] if said in set(Ended) else None


def _end(visit: Visit[User], how: Ended) -> Redirect:
    sessions.welcome(visit.db, visit.who, visit.now)
    return Redirect(f"{HOME}?welcome={how}")


def _found(db: Session, who: User, today: date) -> Sequence[Text]:
    """What is there, as far as the person may see it."""
    sites = contracts.number_of_sites(db, who, today)
    bills = invoices.sums(db, who, InvoiceFilter(), today).count
    return [
        counted("Contracts at %(n)s site", "Contracts at %(n)s sites", sites, none=text("No contracts yet")),
        counted("%(n)s invoice", "%(n)s invoices", bills, none=text("No invoices yet")),
    ]


def _how_to_reach(mine: Contact, typed: Typed, *, is_back: bool = False) -> HowToReach:
    return HowToReach(typed, mine.address, is_back, LANGUAGES)


def _how_to_bill(mine: Contact, typed: Typed) -> HowToBill:
    return HowToBill(typed, options(mine), mine.billing_emails, LANGUAGES)


routes = [
    page("/welcome", show_found, who=user, viewed=text("Looked at the first steps")),
    page("/welcome/contact", show_contact, who=decides, viewed=text("Opened the form of contact details")),
    action("/welcome/contact", save_contact, who=decides),
    page("/welcome/billing", show_billing, who=decides, viewed=text("Opened the form of how invoices come")),
    action("/welcome/billing", save_billing, who=decides),
    action("/welcome/skip", skip, who=user),
]
