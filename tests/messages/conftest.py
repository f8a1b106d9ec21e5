"""Customers of a small register, and messages between them and the utility."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from portal.auth.models import Account
from portal.auth.people import User
from portal.auth.reach import Grant, Level, Reach, Theme
from portal.kit.feed import ImportContext
from portal.kit.i18n import Language
from portal.messages import actions, subjects
from portal.messages.actions import Letter, Matter
from portal.messages.importing import MessageEntry, keep_messages
from portal.messages.rules import Topic
from tests.contracts.register import Register
from tests.people import named, user, vault

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def limited(*themes, sites, level=Level.MANAGE):
    """A mandate that leaves something out."""
    return Grant(frozenset(themes), sites, level)


def entry(number, customer, kind="bulletin", sent_at=NOW, **more):
    """A row of the feed."""
    told = {
        "message_number": number,
        "customer_number": customer,
        "thread_number": None,
        "kind": kind,
        "subject": f"Asia {number}",
        "body": "Ensimmäinen kappale.\n\nToinen kappale.",
        "language": "fi",
        "sent_at": f"{sent_at:%Y-%m-%dT%H:%M:%SZ}",
        "site_number": None,
        "invoice_number": None,
        "from_name": None,
    }
    return MessageEntry.model_validate_json(json.dumps(told | more))


@dataclass
class Post:
    """Whatever passes between customers and the utility in a test's database."""

    register: Register

    def customer(self, *parties, grants=None) -> User:
        """Somebody who is signed in: in their own matters, or, with grants, acting for the one party."""
        account = Account(identity_index=uuid4().bytes * 2, given_names="Aino", family_name="Mäkelä", created_at=NOW)
        self.register.add(account)
        given = {"grants": grants, "acting_for": parties[0]} if grants else {}
        reach = Reach(frozenset(parties), choices=named(self.register.database, parties), **given)
        return user(reach, account_id=account.id, known_since=NOW)

    def tell(self, *rows, offers=(), now=NOW):
        """Take rows in, as a feed does."""
        with self.register.database.writing() as db:
            return keep_messages(db, rows, ImportContext(vault, now), lambda _db, _parties: offers)

    def ask(self, who, about=None, *, topic=Topic.BILLING, key=None, body="Miksi?", now=NOW) -> UUID:
        """Write as somebody."""
        with self.register.database.writing() as db:
            about = about or subjects.general(who)
            matter = Matter(topic, "Kysymys", about)
            return actions.write(db, who, matter, letter(key, body), now)

    def do(self, action, *arguments):
        """Do something in a transaction."""
        with self.register.database.writing() as db:
            return action(db, *arguments)

    def see(self, query, *arguments):
        """Ask something."""
        with self.register.database.reading() as db:
            return query(db, *arguments)


def letter(key=None, body="Miksi?"):
    return Letter(body, Language.FI, key or uuid4())


@pytest.fixture
def post(database):
    return Post(Register(database))


THEMES = tuple(Theme)
