"""Every form, each kind of person, other people's things: refused, and no row is changed; one's own are let through."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import delete, select, text, update
from sqlmodel import SQLModel

from portal.auth.actions import SESSION_COOKIE
from portal.auth.models import SignedSession
from portal.customers.models import MandateEnd
from portal.kit.db import Database
from tests.access.cast import Person
from tests.access.conftest import Town
from tests.access.test_doors import CAST, NOWHERE, met, split
from tests.addresses import Cell, Door, Kind, doors
from tests.browser import Browser, hidden
from tests.people import House

pytestmark = pytest.mark.xdist_group("access")

POSTS = [door for door in doors() if door.method == "POST"]
PASSING = {"session", "audit_entry", "login_transaction", "seen_token", "kept_form"}  # what comes and goes with visits
SHUT = {Cell.SIGN_IN, Cell.CLOSED, Cell.MISSING}
ALWAYS = {
    "/sign-out",
    "/session",
    "/session/form",
    "/sign-out/back-channel/{profile}",
}  # whoever wants to leave may, a tab may ask, with an old form as well, and a broker's server bears no form of ours
NUMBERS = count()
BARE = {"/csp-report"}  # browsers post there by themselves
LEADS_AWAY = {"/sign-in/bank", "/confirm/bank", "/invoices/{id}/pay"}  # to a bank, which is not there in these tests


@pytest.fixture(scope="module")
def before(town):
    """What every table holds; nothing in these tests may change it."""
    return everything(town.house.database)


@pytest.fixture(scope="module")
def copy(town, tmp_path_factory):
    """The portal on a copy of the database, where forms may take effect."""
    path = tmp_path_factory.mktemp("copy") / "portal.db"
    with closing(sqlite3.connect(town.house.database.engine.url.database)) as of, closing(sqlite3.connect(path)) as to:
        of.backup(to)  # what still stands in its write-ahead log as well
    database = Database(f"sqlite:///{path}")
    with database.writing() as db:
        db.execute(text("DROP TRIGGER mandate_end_no_delete"))  # here a mandate that was ended is needed again
    yield House(database)
    database.engine.dispose()


@pytest.mark.parametrize("name", CAST)
def test_what_is_anothers_cannot_be_changed(town, before, name):
    person = town.people[name]
    token = token_of(person)
    wrong = [fault for door in POSTS for fault in trespasses(town, person, door, token)]
    assert not wrong, "\n".join(wrong)
    changed = {table for table, rows in everything(town.house.database).items() if rows != before[table]}
    assert not changed, f"{name} changed rows of {sorted(changed)}"


@pytest.mark.parametrize("name", CAST)
def test_a_form_about_ones_own_is_let_through(town, copy, name):
    """With the least that a form can hold: it may be wrong, but it is theirs to send."""
    person = town.people[name]
    token, cookie = token_of(person), person.browser.cookies.get(SESSION_COOKIE)
    wrong = []
    for door in POSTS:
        cell = door.cells[person.kind]
        if cell not in {Cell.MAY, Cell.PROVE} or door.route in LEADS_AWAY:
            continue
        for thing in split(town, person, door.about)[0][:1] if door.about else [None]:
            browser = Browser(copy.app, cookies={SESSION_COOKIE: cookie} if cookie else None)
            answer = post(browser, door, thing.id if thing else "", token)
            if met(answer) in SHUT or (met(answer) is Cell.PROVE) != (cell is Cell.PROVE) or answer.status_code >= 500:
                wrong.append(f"{name}: {door.address}: {met(answer)}, and the table says {cell}")
            with copy.database.writing() as db:
                db.execute(update(SignedSession).values(ended_at=None))
                db.execute(delete(MandateEnd))
    assert not wrong, "\n".join(wrong)


def test_a_form_from_another_site_or_session_does_nothing(town):
    aino, others = town.people["Aino, just proved"].browser, token_of(town.people["Mikko"])
    for door in POSTS:
        address = door.to(NOWHERE).partition("?")[0]
        if door.route not in BARE:
            assert aino.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403, address
        if door.route not in BARE | ALWAYS:
            assert aino.post(address, data=others).status_code == 403, address


def trespasses(town: Town, person: Person, door: Door, token: dict[str, str]) -> Iterator[str]:
    """What is wrong with the answers to forms about things that are not a person's."""
    cell = door.cells[person.kind]
    shut = cell if cell in SHUT or (cell is Cell.PROVE and door.about) else Cell.MISSING
    if door.about is None:
        others = [""] if cell in SHUT else []
    else:
        others = [*(thing.id for thing in split(town, person, door.about)[1]), NOWHERE]
    for other in others:
        answer = post(person.browser, door, other, token)
        if met(answer) is not shut:
            yield f"{person.name}: {door.to(other)}: {met(answer)}, and the table says {shut}"
        if told := town.canaries[person.name].in_(answer) - {str(other)}:
            yield f"{person.name}: {door.to(other)}: tells what is not theirs to know: {sorted(told)[:8]}"


def token_of(person: Person) -> dict[str, str]:
    """What every form of a person's session carries."""
    return hidden(person.browser.get("/sign-in" if person.kind is Kind.NOBODY else "/overview").text)


def post(browser: Browser, door: Door, thing: object, token: dict[str, str]):
    """A form with its token and the fields that the table names."""
    address, _, fields = door.to(thing).partition("?")
    fields = fields.replace("new@", f"new{next(NUMBERS)}@")  # what is so already needs no proof
    return browser.post(address, data=token | dict(parse_qsl(fields, keep_blank_values=True)))


def everything(database: Database) -> dict[str, int]:
    """What the rows of each table amount to."""
    with database.reading() as db:
        rows = {
            name: db.connection().execute(select(table)).all()
            for name, table in SQLModel.metadata.tables.items()
            if name not in PASSING and not name.startswith("reading_")
        }
    return {name: hash(tuple(sorted(map(repr, of_table)))) for name, of_table in rows.items()}
