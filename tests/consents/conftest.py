"""Customers of a small portal that knows consents only: a household, a company, and somebody without a contract."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from portal.auth.models import Account
from portal.auth.reach import Reach
from portal.consents import actions, notices, pages
from portal.consents.editions import Seen
from portal.consents.rules import MATRIX, Channel, DecisionSubject, Purpose, Switch
from portal.customers.models import IdentityCode, Party
from portal.kit import web
from portal.kit.access import Anyone
from portal.kit.asgi import serve
from portal.kit.files import Files
from portal.kit.html import Html, Person
from portal.kit.i18n import Language
from portal.kit.signing import Signer
from portal.settings import DEMO_BRAND
from tests.browser import Browser
from tests.people import named, user
from tests.settings import installation

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
EMAIL = "direct-marketing.email"
LETTER = "direct-marketing.letter"


def cell(purpose, channel, subject=DecisionSubject.PERSON):
    """A cell of a matrix."""
    return next(cell for cell in MATRIX[subject] if (cell.purpose, cell.channel) == (purpose, channel))


def request(key, switch, subject=DecisionSubject.PERSON):
    """How a cell of that key should be."""
    purpose, channel = key.split(".")
    return {cell(Purpose(purpose), Channel(channel), subject): Switch(switch)}


def seen(language=Language.FI):
    """The words of today, in a language."""
    return Seen(notices.EDITIONS.current, language)


@dataclass
class Register:
    """The people and parties of a test's database."""

    database: object

    def person(self, name, number):
        """Somebody who is signed in and is a customer under a number."""
        party = self._party(name, number, "person")
        return self._account(name, frozenset({party}), party)

    def company(self, name, number):
        """Somebody who acts for a company now."""
        return self._account("Kaisa Kirjanpitäjä", frozenset({self._party(name, number, "company")}), None)

    def nobody_s_customer(self, name):
        """Somebody who can prove who they are and has no contract."""
        return self._account(name, frozenset(), None)

    def decide(self, who, *requests, at=NOW):
        """Decide as somebody; (key, on or off) each."""
        with self.database.writing() as db:
            asked = {cell: switch for one in requests for cell, switch in request(*one).items()}
            return actions.decide(db, who, actions.hold(db, who), asked, seen(), at)

    def _party(self, name, number, kind):
        party = Party(customer_number=number, kind=kind, name=name)
        with self.database.writing() as db:
            db.add(party)
        return party.id

    def _account(self, name, parties, own):
        given, _, family = name.rpartition(" ")
        index = uuid4().bytes * 2
        account = Account(identity_index=index, given_names=given, family_name=family, created_at=NOW)
        with self.database.writing() as db:
            db.add(account)
            if own:
                db.add(IdentityCode(party_id=own, encrypted=b"-", blind_index=index))
        reach = Reach(parties, choices=named(self.database, parties))
        return user(reach, account_id=account.id, name=name)


@pytest.fixture
def register(database):
    return Register(database)


@pytest.fixture
def aino(register):
    return register.person("Aino Mäkelä", "100001")


@pytest.fixture
def mikko(register):
    return register.person("Mikko Virtanen", "100002")


@pytest.fixture(scope="session")
def files():
    return Files(ROOT / "static")


@pytest.fixture(scope="session")
def html(files):
    return Html(ROOT / "templates", DEMO_BRAND.called, asset=files.url, integrity=files.integrity, brand=DEMO_BRAND)


@pytest.fixture
def clock():
    return Clock()


class Clock:
    """Stands still until a test moves it."""

    def __init__(self):
        self.now = NOW

    def pass_by(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def browse(database, html, files, clock):
    """A browser in which somebody is signed in."""

    def open_browser(who=None, language="fi"):
        platform = web.Platform(
            database=database,
            html=html,
            signer=Signer(["s" * 40]),
            recognise=lambda db, cookies, now: web.Recognition(who or Anyone()),
            introduce=lambda db, person: Person(who.name, "100001") if who else None,
            idle_s=900,
            installation=installation(),
            now=lambda: clock.now,
        )
        app = serve(pages.routes, platform, files, origin="https://portal.test", hosts={"portal.test"})
        return Browser(app, language=language)

    return open_browser


@pytest.fixture
def household(browse, aino):
    return browse(aino)
