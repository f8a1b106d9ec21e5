"""Whether the time of a refusal tells that a login name exists."""

import asyncio
import time
from dataclasses import replace
from uuid import uuid4

from portal import migrations
from portal.auth.models import Account
from portal.auth.passwords.actions import login_key
from portal.auth.passwords.models import Password
from portal.auth.passwords.rules import TRIES
from portal.auth.ways.hashing import Hashing, Peppers
from portal.auth.ways.password import name_key
from portal.kit.db import Database
from portal.kit.rates import Rate, Rates
from tests import days
from tests.browser import Browser, hidden
from tests.people import House
from tests.settings import settings

EACH = 1000
NAMES = EACH // TRIES
WARM = 5
FREELY = Rates(Rate(1_000_000), Rate(1_000_000))


def seconds(folder):
    """Of so many tries with a wrong password each: the seconds with names that exist, and with names that do not."""
    told = replace(settings(), passwords=replace(settings().passwords, rates=FREELY))
    database = Database(f"sqlite:///{folder / 'passwords.db'}")
    migrations.upgrade(database.engine)
    house = House(database, told)
    _people(house, told)
    browser, page = Browser(house.app), "/sign-in/password"
    token = hidden(browser.get(page).text)
    taken = {"somebody": [], "nobody": []}
    for turn in range(-WARM, EACH):
        pair = ("somebody", "nobody") if turn % 2 else ("nobody", "somebody")
        for whose in pair:
            form = token | {
                "name": f"{whose}{turn % NAMES if turn >= 0 else 'warm'}@login.example",
                "password": f"a wrong one, number {turn:05}",
            }
            started = time.perf_counter()
            answer = browser.post(page, data=form)
            took = time.perf_counter() - started
            if turn >= 0:
                assert answer.status_code == 422, answer.status_code
                taken[whose].append(took)
    return taken["somebody"], taken["nobody"]


def _people(house, told):
    hashed = asyncio.run(Hashing(Peppers(told.passwords.peppers)).hashed("another one, which is right"))
    key = name_key(told.index_key)
    with house.database.writing() as db:
        for number in range(NAMES):
            account = Account(identity_index=uuid4().bytes * 2, given_names="A", family_name="B", created_at=days.now())
            db.add(account)
            db.flush()
            name = f"somebody{number}@login.example"
            kept = {"login_name": name, "login_key": login_key(key, name), "set_at": days.now()}
            db.add(Password(account_id=account.id, encoded=hashed.encoded, pepper=hashed.pepper, **kept))


def auc(these, those):
    """How well a threshold of time would tell them apart, whichever are slower: 0.5 not at all, 1 always."""
    ranked = sorted([(time_s, True) for time_s in these] + [(time_s, False) for time_s in those])
    ranks = sum(rank for rank, (_, is_these) in enumerate(ranked, 1) if is_these)
    share = (ranks - len(these) * (len(these) + 1) / 2) / (len(these) * len(those))
    return max(share, 1 - share)
