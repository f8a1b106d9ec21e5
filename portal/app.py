"""The whole portal, put together in one place."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session
from starlette.routing import Route
from starlette.types import ASGIApp

from portal.auth import actions as sessions
from portal.auth import pages as identification
from portal.auth.brokers import BrokerProfile, Names, for_production, load_all
from portal.auth.desk import Desk, House, open_desk
from portal.auth.oidc import keys as relying_party_keys
from portal.auth.oidc.outgoing import Connect, connect
from portal.auth.people import Customer
from portal.auth.rules import IDLE
from portal.consents import pages as consents
from portal.consumption import pages as consumption
from portal.contracts import pages as contracts
from portal.customers import queries as customers
from portal.home import pages as home
from portal.invoices import pages as invoices
from portal.kit import clock
from portal.kit.access import Anyone
from portal.kit.asgi import serve
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.files import Files
from portal.kit.html import Html, Person
from portal.kit.i18n import Language
from portal.kit.signing import Signer
from portal.kit.web import Platform
from portal.settings import Environment, Settings

ROOT = Path(__file__).parent.parent
Now = Callable[[], datetime]


def create_app(settings: Settings, database: Database, *, connect: Connect = connect, now: Now = clock.now) -> ASGIApp:
    """The portal on a database; `connect` reaches brokers, `now` tells the time."""
    files = Files(ROOT / "static")
    platform = Platform(
        database=database,
        html=html(settings, files),
        signer=Signer(settings.secret_keys),
        recognise=sessions.recogniser(_parties(now)),
        introduce=_introduce,
        idle_s=int(IDLE.total_seconds()),
        now=now,
    )
    everything = routes(settings, desk(settings, connect=connect, now=now))
    return serve(everything, platform, files, origin=settings.base_url, hosts=settings.hosts)


def routes(settings: Settings, identify: Desk) -> Sequence[Route]:
    """Every address of the portal."""
    return [
        *home.routes,
        *identification.routes(identify),
        *consumption.routes,
        *invoices.routes,
        *contracts.routes,
        *consents.routes(settings.brand),
    ]


def html(settings: Settings, files: Files) -> Html:
    """The templates, with what all of them may name."""
    brand = settings.brand
    return Html(ROOT / "templates", brand.called, asset=files.url, integrity=files.integrity, brand=brand)


def desk(settings: Settings, *, connect: Connect = connect, now: Now = clock.now) -> Desk:
    """Where people identify themselves; demo and test make the keys that are missing."""
    if settings.environment is not Environment.PRODUCTION:
        relying_party_keys.make_missing(settings.keys_dir)
    names = Names(**{language.value: settings.brand.called(language) for language in Language})
    house = House(settings.base_url, names, settings.brand.company)
    vault = Vault(settings.data_keys, settings.index_key)
    keys = relying_party_keys.load(settings.keys_dir)
    return open_desk(house, brokers(settings), keys, vault.blind_index, connect=connect, now=now)


def brokers(settings: Settings) -> Sequence[BrokerProfile]:
    """The broker profiles that the settings name; production takes none that is for trials.

    Raises BadProfile.
    """
    found = load_all(settings.broker_profiles, issuer=settings.broker_issuer, client_id=settings.broker_client_id)
    return [for_production(one) for one in found] if settings.environment is Environment.PRODUCTION else found


def _parties(now: Now) -> Callable[[Session, bytes], frozenset[UUID]]:
    def today(db: Session, identity_index: bytes) -> frozenset[UUID]:
        return customers.parties_of(db, identity_index, clock.day_of(now()))

    return today


def _introduce(db: Session, who: Anyone) -> Person | None:
    if not isinstance(who, Customer):
        return None
    party = customers.shown(db, who)
    return Person(who.name, _initials(who.name), party.customer_number if party else "")


def _initials(name: str) -> str:
    words = name.split()
    return (words[0][:1] + words[-1][:1]).upper() if words else ""
