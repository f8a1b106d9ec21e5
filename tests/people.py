"""The cast: people with sessions of their own, on a register that tests fill."""

import hashlib
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE, Arrival, Entry, Proof, unknown_language
from portal.auth.models import Account
from portal.auth.oidc.claims import Identity
from portal.auth.people import User
from portal.auth.reach import NamedParty
from portal.auth.rules import TEST_PEOPLE, Way, identity_code
from portal.customers.models import ContactDetail, IdentityCode, Party
from portal.kit import clock
from portal.kit.crypto import Vault
from tests import days
from tests.browser import Browser
from tests.settings import settings

on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""Of a file that runs on SQLite alone: what is asked before anybody is known, which a policy must let by."""
AINO, MIKKO, KARIN, OONA = "010180-9015", "290296-912H", "120775Y9446", "150704A933E"


def vault():
    """The vault of the test settings."""
    return Vault(settings().data_keys, settings().index_key)


def customer(code, name, number, *, language="fi"):
    """A person in the register, and the row that ties them to their identity code."""
    party = Party(id=uuid4(), customer_number=number, kind="person", name=name, language=language)
    sealed = vault().seal(code, table="identity_code", column="encrypted", row=party.id)
    return party, IdentityCode(party_id=party.id, encrypted=sealed, blind_index=vault().blind_index(code))


def user(reach, *, kind=User, **told):
    """Somebody who is signed in, with no session in any database."""
    usual = {
        "account_id": uuid4(),
        "session_id": uuid4(),
        "name": "Aino Mäkelä",
        "acr": "http://ftn.ficora.fi/2017/loatest2",
        "way": Way.BANK,
    }
    return kind(**usual | {"known_since": days.now(), "reach": reach} | told)


def named(database, parties):
    """Parties as they are chosen between, by customer number."""
    with database.reading() as db:
        found = db.exec(select(Party).where(col(Party.id).in_(parties)).order_by(Party.customer_number)).all()
    fields = ("id", "customer_number", "kind", "name", "street", "postcode", "town")
    return tuple(NamedParty(*(getattr(party, field) for field in fields), is_own=True) for party in found)


class House:
    """A portal on a database, with a door for each person, living on the day of tests."""

    def __init__(self, database, told=None, connect=None):
        from portal import app  # noqa: PLC0415 - tests of a slice need not load the others
        from tests.postgres import as_app  # noqa: PLC0415

        self.database = database
        leads_out = {"connect": connect} if connect else {}
        self.app = app.create_app(told or settings(), as_app(database), now=days.now, **leads_out)
        self.first_choice = app._first_choice(days.now)
        self.language = unknown_language  # a test's browser says which language is meant, unless it asks the register
        self.now = days.now()

    def customer(self, code, name, number, **more):
        """Add a customer to the register."""
        party, tie = customer(code, name, number, **more)
        with self.database.writing() as db:
            db.add(party)
            db.flush()
            db.add(tie)
        return party.id

    def contact(self, party, **values):
        """Tell the register how a customer is reached: `email` and `phone`."""
        with self.database.writing() as db:
            db.add_all(ContactDetail(party_id=party, kind=kind, value=value) for kind, value in values.items())

    def cookie(self, code, name="", *, now=None, proved_at=None) -> str:
        """The session cookie of a person who has just come from their bank."""
        now = now or days.now()
        with self.database.writing() as db:
            return sessions.arrive(db, self.arrival(code, name, now=now, proved_at=proved_at), now)

    def arrival(self, code, name="", *, now=None, proved_at=None, returns_to=None) -> Arrival:
        """A person who comes from their bank."""
        given, _, family = name.rpartition(" ")
        now = now or days.now()
        identity = Identity(
            code=identity_code(code, TEST_PEOPLE),
            given_names=given,
            family_name=family,
            acr="http://ftn.ficora.fi/2017/loatest2",
            amr="",
            proved_at=proved_at or now,
            issuer="https://broker.test",
            subject=hashlib.sha256(code.encode()).hexdigest(),
            issued_at=int(now.timestamp()),
            nonce=uuid4().hex,
        )
        return Arrival(
            identity, vault().blind_index(code), "demo", None, None, self.first_choice, self.language, returns_to
        )

    def open_by(self, way, code, name="") -> Browser:
        """A browser in which a person is signed in by another way than the bank, who came by it once before."""
        self.cookie(code, name)
        with self.database.writing() as db:
            index = vault().blind_index(code)
            account = db.exec(select(Account.id).where(Account.identity_index == index)).one()
            entry = Entry(account, Proof(way, way), None, self.first_choice, self.language)
            return Browser(self.app, cookies={SESSION_COOKIE: sessions.enter(db, entry, days.now())})

    def open_for(self, code, name="", *, language="fi", proved_minutes_ago=10) -> Browser:
        """A browser in which a person is signed in."""
        proved_at = days.now() - timedelta(minutes=proved_minutes_ago)
        return Browser(
            self.app, language=language, cookies={SESSION_COOKIE: self.cookie(code, name, proved_at=proved_at)}
        )


@pytest.fixture
def house(database):
    """The portal on the test's database."""
    return House(database)


@pytest.fixture
def nobody(house):
    """A browser in which nobody is signed in."""
    return Browser(house.app)


@pytest.fixture
def aino(house):
    """A customer with a number of her own: Aino Mäkelä, 1001."""
    return Resident(house, AINO, "Aino Mäkelä", "1001")


@pytest.fixture
def mikko(house):
    """Another customer, who must never see what is Aino's."""
    return Resident(house, MIKKO, "Mikko Korhonen", "1002")


@pytest.fixture
def oona(house):
    """Somebody who can identify herself and is no customer."""
    return house.open_for(OONA, "Oona Virtanen")


class Resident:
    """A customer: the party in the register, and a browser that is signed in as them."""

    party: UUID
    browser: Browser
    today: date
    now: datetime

    def __init__(self, house, code, name, number):
        self.party = house.customer(code, name, number)
        self.browser = house.open_for(code, name)
        self.code, self.name = code, name
        self.now = days.now()
        self.today = clock.day_of(self.now)
