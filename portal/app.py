"""The whole portal, put together in one place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlmodel import Session
from starlette.routing import Route
from starlette.types import ASGIApp

from portal.account import factor_letters
from portal.account import pages as account
from portal.account import ways_pages as ways_to_sign_in
from portal.audit.actions import Act, record
from portal.auth import actions as sessions
from portal.auth import pages as signing_in
from portal.auth.actions import FindReach, FirstChoice
from portal.auth.brokers import BrokerProfile, MethodNames, for_production, load_all
from portal.auth.identification import Identification, People, Service, prepare
from portal.auth.kept_forms import form_store
from portal.auth.oidc import keys as relying_party_keys
from portal.auth.people import User, ask_way
from portal.auth.reach import Reach
from portal.auth.rules import IDLE, Way
from portal.auth.ways import passkey, password
from portal.auth.ways.hashing import Hashing, Peppers
from portal.auth.ways.passkey import Passkeys
from portal.auth.ways.password import Passwords, name_key
from portal.bill_check import pages as bill_check
from portal.billing_month import pages as billing_month
from portal.brand import MARK, Brand, made_files
from portal.consents import pages as consents
from portal.consents.authorisations import pages as authorisations
from portal.consumption import pages as consumption
from portal.consumption.corrected_sums import corrected_sums
from portal.contracts import pages as contracts
from portal.contracts.asked_for import Requests
from portal.customers import lookups as customers
from portal.customers import pages as acting
from portal.home import head, legal, service, styleguide, welcome
from portal.home import pages as home
from portal.installation import Installation
from portal.invoices import pages as invoices
from portal.keepers import KEEPERS
from portal.kit import clock
from portal.kit.access import Anyone
from portal.kit.asgi import serve
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.documents import Letterhead
from portal.kit.files import Files
from portal.kit.headers import Count, uncounted
from portal.kit.html import Html, Person
from portal.kit.i18n import Language
from portal.kit.outgoing import Connect, connect
from portal.kit.rates import Turnstile
from portal.kit.signing import Signer
from portal.kit.threads import Threads
from portal.kit.typesetting import Typesetter
from portal.kit.web import PageView, Platform
from portal.messages import pages as messages
from portal.organisation import pages as organisation
from portal.organisation.mandates import pages as mandates
from portal.outages import pages as outages
from portal.overview import pages as overview
from portal.payments import calendar_pages, profiles
from portal.payments import pages as payments
from portal.payments import queries as payments_made
from portal.payments.hosted import HostedPage
from portal.payments.profiles import BadPaymentProfile, PaymentAccount
from portal.payments.service import PaymentService
from portal.privacy import pages as privacy
from portal.requests import pages as requests
from portal.requests import queries as requests_made
from portal.requests.withdrawing import still_until
from portal.settings import Environment, Settings
from portal.sites import lookups as sites
from portal.sites_overview import pages as sites_overview

ROOT = Path(__file__).parent.parent
Now = Callable[[], datetime]
PAGES: Final = (
    *overview.routes,
    *sites_overview.routes,
    *organisation.routes,
    *mandates.routes,
    *account.routes,
    *ways_to_sign_in.routes,
    *welcome.routes,
    *acting.routes,
    *consumption.routes,
    *bill_check.routes,  # before the invoices, of which /invoices/check would be one, and /invoices/month
    *billing_month.routes,
    *calendar_pages.routes,
    *invoices.routes(corrected_sums, payments_made),
    *payments.routes,
    *contracts.routes(Requests(requests_made.about_contract, still_until)),
    *consents.routes,
    *privacy.routes,
    *messages.routes(payments_made),
    *authorisations.routes,
    *requests.routes,
)
"""Every address behind the sign-in, made at once: a data package, which no browser asks for, says what they are."""


def create_app(
    settings: Settings,
    database: Database,
    *,
    connect: Connect = connect,
    now: Now = clock.now,
    count: Count = uncounted,
    threads: Threads | None = None,
) -> ASGIApp:
    """The portal on a database; `connect` reaches brokers, `now` tells the time, `count` hears of every answer.

    `threads` are those in which pages are made, for whoever wants to know how many are at work.
    """
    paying = payment_service(settings, connect=connect, now=now)
    vault = Vault(settings.data_keys, settings.index_key)
    pays_at = paying.origins if paying else ()
    terms, press = settings.payment_terms, typesetter(settings.brand)
    offered = ((Way.PASSWORD, settings.passwords), (Way.PASSKEY, settings.passkeys))
    ways = frozenset(way for way, is_offered in offered if is_offered)
    installation = Installation(settings.brand, settings.base_url, vault, terms, press, KEEPERS, pays_at, ways)
    platform = Platform(
        database=database,
        html=html(settings.brand),
        signer=Signer(settings.secret_keys),
        recognise=sessions.recogniser(_reach(now), ways | {Way.BANK}),
        introduce=_introduce,
        idle_s=int(IDLE.total_seconds()),
        audit_view=_audit_of_view,
        ask_way=ask_way,
        forms=form_store(installation.vault),
        installation=installation,
        now=now,
        threads=threads or Threads(),
    )
    everything = routes(settings, identification(settings, connect=connect, now=now), paying)
    served = files(settings.brand)
    return serve(everything, platform, served, origin=settings.base_url, hosts=settings.hosts, count=count)


def routes(settings: Settings, identify: Identification, paying: PaymentService | None = None) -> Sequence[Route]:
    """Every address of the portal; those of paying where there is a payment service."""
    return [
        *home.routes(Turnstile(settings.report_rates)),
        *legal.routes(settings),
        *outages.routes(partial(service.status, identify.is_failing)),
        *signing_in.routes(identify, *(Turnstile(settings.sign_in_rates) for _ in range(2))),
        *_other_ways(settings, identify),
        *(payments.ways(paying) if paying else ()),
        *calendar_pages.public(),
        *PAGES,
        *(styleguide.routes if settings.environment is not Environment.PRODUCTION else ()),
    ]


def _other_ways(settings: Settings, identify: Identification) -> Iterator[Route]:
    """The addresses of the ways in beside the bank, as far as the installation offers them."""
    people, now = identify.people, identify.now
    if settings.passwords is not None:
        hashing, turnstile = Hashing(Peppers(settings.passwords.peppers)), Turnstile(settings.passwords.rates)
        tell = partial(factor_letters.tell_of_device, _reach(now))
        by_password = Passwords(people, hashing, turnstile, name_key(settings.index_key), now, tell)
        yield from signing_in.of_password(by_password)
        yield from ways_to_sign_in.of_password(by_password)
    if settings.passkeys:
        by_passkey = Passkeys(people, settings.base_url, settings.brand.called, now)
        yield from signing_in.of_passkeys(by_passkey, Turnstile(settings.sign_in_rates))
        yield from ways_to_sign_in.of_passkeys(by_passkey)


@cache
def files(brand: Brand) -> Files:
    """What browsers fetch, read once."""
    return Files(ROOT / "static", made=made_files(brand, ROOT / "static"))


@cache
def html(brand: Brand) -> Html:
    """The templates, with what all of them may name; compiled once."""
    served = files(brand)
    return Html(ROOT / "templates", brand.called, asset=served.url, integrity=served.integrity, brand=brand)


@cache
def typesetter(brand: Brand) -> Typesetter:
    """Who makes PDFs; its process is started when the first is asked for."""
    mark = files(brand).text(MARK)
    templates = ROOT / "templates" / "documents"
    return Typesetter(templates, ROOT / "static" / "vendor" / "print", Letterhead(templates, brand, mark))


def identification(settings: Settings, *, connect: Connect = connect, now: Now = clock.now) -> Identification:
    """Where people identify themselves; demo and test make the keys that are missing."""
    if settings.environment is not Environment.PRODUCTION:
        relying_party_keys.make_missing(settings.keys_dir)
    names = MethodNames(**{language.value: settings.brand.called(language) for language in Language})
    service = Service(settings.base_url, names, settings.brand.company)
    vault = Vault(settings.data_keys, settings.index_key)
    keys = relying_party_keys.load(settings.keys_dir)
    people = People(vault.blind_index, _first_choice(now), customers.language)
    prepared = prepare(service, brokers(settings), keys, people, connect=connect, now=now)
    offers = [
        offer() for asked, offer in ((settings.passkeys, passkey.offer), (settings.passwords, password.offer)) if asked
    ]
    return replace(prepared, offers=offers)


def brokers(settings: Settings) -> Sequence[BrokerProfile]:
    """The broker profiles that the settings name; production takes none that is for trials.

    Raises BadProfile.
    """
    found = load_all(settings.broker_profiles, issuer=settings.broker_issuer, client_id=settings.broker_client_id)
    return [for_production(one) for one in found] if settings.environment is Environment.PRODUCTION else found


def payment_service(settings: Settings, *, connect: Connect = connect, now: Now = clock.now) -> PaymentService | None:
    """The payment service that the settings name, None where bills are not paid here.

    Raises BadPaymentProfile, in production also for one that is for trials.
    """
    asked = settings.payments
    if asked is None:
        return None
    profile = profiles.load(asked.provider, asked.address)
    if profile.allow_http and settings.environment is Environment.PRODUCTION:
        raise BadPaymentProfile(f"{profile.name}: allow_http is refused in production; it is for trials")
    account, call_back = PaymentAccount(profile, asked.account, asked.secret), f"{settings.base_url}/payments/callback"
    return HostedPage(account, settings.brand.email, call_back, connect, now)


def _reach(now: Now) -> FindReach:
    def today(db: Session, identity_index: bytes, acting_for: UUID | None) -> Reach:
        return customers.reach(db, identity_index, acting_for, clock.day_of(now()))

    return today


def _first_choice(now: Now) -> FirstChoice:
    """In one's own matters, unless there are none: then for the first of those whom one may act for."""

    def today(db: Session, identity_index: bytes) -> UUID | None:
        parties = customers.parties(db, identity_index, clock.day_of(now()))
        if sites.any_held(db, {party.id for party in parties if party.is_own}):
            return None
        return next((party.id for party in parties if not party.is_own), None)

    return today


def _introduce(db: Session, who: Anyone) -> Person | None:
    return head.person(db, who) if isinstance(who, User) else None


def _audit_of_view(person: Anyone, view: PageView) -> Callable[[Session], None] | None:
    """The audit tells a customer of everybody who looked at their things on their behalf."""
    if not isinstance(person, User) or person.reach.acting_for is None:
        return None
    act = Act(
        act="looked",
        object_kind=view.page,
        object_id=view.object_id,
        account_id=person.account_id,
        party_id=person.reach.acting_for,
    )

    def note(db: Session) -> None:
        record(db, act, view.at)

    return note
