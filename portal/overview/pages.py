"""The overview: what is owed and when, how much was used, which contracts run, what was decided; one question each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from portal.auth.people import User, user
from portal.consents import queries as consents
from portal.consents.authorisations import queries as authorisations
from portal.consents.rules import Action, DecisionKind
from portal.consumption import queries as consumption
from portal.consumption.by_site import together
from portal.consumption.freshness import Awaited, freshness
from portal.consumption.registers import queries as registers
from portal.consumption.selection import Point
from portal.contracts import queries as contracts
from portal.contracts.records import ContractHead
from portal.home import welcome
from portal.invoices.records import InvoiceHead
from portal.kit.clock import HELSINKI
from portal.kit.html import Page
from portal.kit.i18n import Text, counted, text
from portal.kit.web import Visit, page
from portal.messages import queries as messages
from portal.messages.records import ThreadHead
from portal.organisation import queries as organisation
from portal.outages import queries as outages
from portal.outages.records import OutageHere
from portal.overview.needs import MADE, READ_EACH, SOON, Need, Pending, can_be_withdrawn, needs
from portal.payments import queries as payments
from portal.requests import queries as requests
from portal.sites import queries as sites
from portal.sites_overview.portfolio import MANY, Portfolio
from portal.sites_overview.portfolio import portfolio as of_many
from portal.sites_overview.records import Use

LATEST = 3  # messages
CONTRACTS = 6
DRAFTS = 3
RIGHTS = 3
UNREAD = 3  # meters


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a customer has decided, in numbers."""

    consents: Text
    prohibitions: Text
    latest_at: datetime | None


@dataclass(frozen=True)
class Overview(Page):
    """What matters now, at a glance."""

    template = "overview/show.html"
    heading: Text
    is_customer: bool
    is_first_visit: bool
    last_word: Text | None
    reaches: datetime | None
    outages: Sequence[OutageHere]
    needs: Sequence[Need]
    silent: Sequence[Awaited]
    today: date
    invoice: InvoiceHead | None
    usage: Use | None
    portfolio: Portfolio | None
    contracts: Sequence[ContractHead]
    permissions: Permissions | None
    messages: Sequence[ThreadHead]


def show(visit: Visit[User]) -> Overview:
    """One question per region; somebody who is no customer gets a page that helps."""
    db, who, today = visit.db, visit.who, visit.today
    points = consumption.points(db, who, today)
    fresh = freshness(points, who.parties, visit.now)
    many = portfolio(db, who, points, today)
    running = () if many else contracts.running(db, who, today, CONTRACTS)
    return Overview(
        heading=heading(who, visit.now),
        is_customer=bool(who.parties),
        is_first_visit=welcome.is_first_visit(who),
        last_word=welcome.last_word(visit),
        reaches=fresh.reaches,
        outages=outages.here(db, who, today),
        needs=needs(pending(db, who, today), today),
        silent=fresh.silent,
        today=today,
        invoice=payments.next_due(db, who),
        usage=None if many else usage(db, who, points, today),
        portfolio=many,
        contracts=running,
        permissions=permissions(db, who),
        messages=messages.latest(db, who, LATEST),
    )


def pending(db: Session, who: User, today: date) -> Pending:
    """What may need somebody now."""
    soon = today + SOON
    pressing = contracts.pressing(db, who, today, soon, today - MADE)
    unread = registers.not_read_since(db, who, soon - READ_EACH, today, UNREAD)
    asked_about = [*(one.id for one, _ in can_be_withdrawn(pressing, today)), *(one.site_id for one in unread)]
    return Pending(
        contracts=pressing,
        drafts=requests.drafts(db, who, DRAFTS),
        expiring=authorisations.expiring(db, who, today, soon),
        rights=organisation.ending(db, who, today, soon, RIGHTS),
        unread=unread,
        under_way=requests.under_way(db, who, asked_about, today - MADE),
    )


def greeting(name: str, now: datetime) -> Text:
    """A greeting by the hour in Helsinki, and the first name; the night has none of its own."""
    hour = now.astimezone(HELSINKI).hour
    first = name.split(" ", maxsplit=1)[0]
    if 5 <= hour < 10:
        return text("Good morning, %(name)s", name=first)
    return text("Good evening, %(name)s", name=first) if 17 <= hour < 23 else text("Hello, %(name)s", name=first)


def heading(who: User, now: datetime) -> Text:
    """A greeting to the person in their own matters; above those of another, whose they are."""
    another = who.reach.party if who.reach.acting_for else None
    return text("Overview of %(name)s", name=another.name) if another else greeting(who.name, now)


def portfolio(db: Session, who: User, points: Sequence[Point], today: date) -> Portfolio | None:
    """All sites together, for whoever looks after many; None for the few of a household."""
    return of_many(db, who, points, today) if sites.number_held(db, who, today) > MANY else None


def permissions(db: Session, who: User) -> Permissions | None:
    """How many consents and prohibitions are in force; None for those who decide for no customer."""
    permissions = consents.permissions(db, who) if who.reach.is_full else None
    if permissions is None:
        return None
    given = [one for one in permissions if one.action is Action.GIVEN]
    agreed = sum(one.kind is DecisionKind.CONSENT for one in given)
    forbidden = sum(one.kind is DecisionKind.OBJECTION for one in given)
    return Permissions(
        counted(
            "%(n)s consent has been given.",
            "%(n)s consents have been given.",
            agreed,
            none=text("No consents have been given."),
        ),
        counted(
            "%(n)s prohibition is in force.",
            "%(n)s prohibitions are in force.",
            forbidden,
            none=text("No prohibitions are in force."),
        ),
        max((one.at for one in permissions), default=None),
    )


def usage(db: Session, who: User, points: Sequence[Point], today: date) -> Use | None:
    """The newest month with readings at all sites, None before there are any."""
    found = consumption.by_site(db, who, points, None, today)
    every = together(found.by_site.values()) if found else None
    return Use(found, every, "/consumption") if found and every and every.is_known else None


routes = [page("/overview", show, who=user, viewed=text("Looked at the overview"))]
