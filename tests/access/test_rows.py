"""The second check of access: on PostgreSQL a bare SELECT * shows whoever asks what is theirs, and nothing besides.

What is whose is worked out here row by row, from the columns and the keys between tables alone.
"""

import re
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Update, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import SQLModel

from portal import app
from portal.auth import actions as sessions
from portal.auth.rules import Way
from portal.keepers import KEEPERS
from portal.kit.access import Anyone
from portal.kit.belonging import EVERYBODY, Writes
from portal.kit.db import Database, table_of
from tests import days, filling
from tests.access import cast
from tests.people import House
from tests.postgres import APP, as_app, as_url, copied

PERSONAL = {table_of(model).name: rows for keeper in KEEPERS for model, rows in keeper.TABLES.items()}
NOBODYS = {table_of(model).name for keeper in KEEPERS for model in keeper.NOT_PERSONAL}
TABLES = SQLModel.metadata.tables
REFUSED = "permission denied|row-level security"
ALSO_ONES_OWN = {"party", "identity_code", "contact_detail", "contact_change", "occupancy", "message_thread"} | {
    *("audit_entry", "outbox_event")
}
"""What a person who acts for another still has of their own, for the letters about their own ways in."""
ALSO_WHO_DID_IT = {"audit_entry", "contact_change", "contact_draft"}
"""Where a row of a party belongs to whoever acted as well; elsewhere `account_id` only says who it was."""


WHOLES = (
    *("authorisation", "mandate_invitation", "mandate", "metering_point", "site", "invoice", "service_request"),
    *("message_thread", "privacy_case", "contract"),
)
"""What a row without a party is part of, the first of these that it refers to."""

FILLED_TOO = {"disconnection"}  # of a household that is not of the cast
FILLED = ("Aino", "Mikko", "Karin", "Juha for the company")


class Kept:
    """The demo on PostgreSQL with the whole cast, and everything in it as the superuser sees it."""

    def __init__(self, url, demo):
        self.url, self.database = url, Database(url)
        _copy(demo, self.database)
        self.house = House(self.database)
        self.cast = cast.enter(self.house)
        self.app = as_app(self.database)
        self.rows = self._rows()
        filling.add(self.database.engine, self._of_empty_tables())
        self.rows = self._rows()
        known = [person for person in self.cast.values() if person.name != "nobody"]
        self.seers = {one.name: (who := self.who(one), Theirs(self.rows, who)) for one in known}

    def who(self, person):
        """The person as the portal recognises them."""
        recognise = sessions.recogniser(app._reach(days.now))
        with self.app.reading() as db:
            return recognise(db, person.browser.cookies, days.now()).person

    def _rows(self):
        with self.database.reading() as db:
            return {name: _bare(db, name) for name in PERSONAL}

    def _of_empty_tables(self):
        """Rows for tables in which the demo has none, or none of the cast: one of each, as far as it can be theirs."""
        for name in FILLED:
            theirs = Theirs(self.rows, self.who(self.cast[name]))
            given = {"account_id": theirs.account, "party_id": min(theirs.parties)}
            for table in [TABLES[name] for name, rows in self.rows.items() if not rows or name in FILLED_TOO]:
                wholes = {key.parent.name: theirs.of(key.column.table.name) for key in table.foreign_keys}
                wholes = {name: rows for name, rows in wholes.items() if name not in given}
                if all(wholes.values()):
                    yield table.name, {name: rows[0]["id"] for name, rows in wholes.items()} | _in(table, given)


def _in(table, given):
    return {name: value for name, value in given.items() if name in table.columns}


def _copy(demo, database):
    with demo.reading() as db, database.writing() as into:
        for table in SQLModel.metadata.sorted_tables:
            rows = [dict(row) for row in db.connection().execute(select(table)).mappings()]
            if rows:
                into.connection().execute(table.insert(), rows)
        for table, column in (("outbox_event", "number"), ("import_run", "number"), ("revision", "id")):
            into.connection().execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), 1000000)"))


@pytest.fixture(scope="module")
def kept(postgres, seeded_sqlite):
    copied(postgres.get_uri(), "empty", "kept")
    demo = Database(f"sqlite:///{seeded_sqlite}")
    made = Kept(as_url(postgres.get_uri("kept")), demo)
    demo.engine.dispose()
    yield made
    made.database.engine.dispose()
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE kept WITH (FORCE)")


class Theirs:
    """What is somebody's, told apart by the columns of a row."""

    def __init__(self, rows, who):
        self.rows, self.account = rows, who.account_id
        index = next(row["identity_index"] for row in rows["account"] if row["id"] == self.account)
        self.own = {row["party_id"] for row in rows["identity_code"] if row["blind_index"] == index}
        self.parties, self.limit = who.parties, who.reach.any_sites
        held = [row["site_id"] for name in ("occupancy", "contract") for row in rows[name] if self._is_partys(row)]
        self.sites = {site for site in held if self._is_open(site)}
        self.points = {row["id"] for row in rows["metering_point"] if row["site_id"] in self.sites}
        self._seen = {}

    def of(self, name):
        """The rows of a table that are theirs."""
        if name not in self._seen:
            self._seen[name] = [row for row in self.rows[name] if self._has(name, row)]
        return self._seen[name]

    def _is_partys(self, row):
        return row["party_id"] in self.parties

    def _is_open(self, site):
        return self.limit is None or site in self.limit

    def _has(self, name, row):
        odd = getattr(self, f"_{name}", None)
        return odd(row) if odd else self._usual(name, row)

    def _usual(self, name, row):
        """By its party, else its metering point, else its site, else what it is part of, else its account."""
        if row.get("party_id"):
            theirs = self._is_partys(row) and ("site_id" not in row or self._is_open(row["site_id"]))
            own = name in ALSO_ONES_OWN and row["party_id"] in self.own
            return theirs or own or (name in ALSO_WHO_DID_IT and self._did(row))
        wholes = {key.column.table.name: row[key.parent.name] for key in TABLES[name].foreign_keys}
        whole = next((one for one in WHOLES if one in wholes), None)
        return self._is_part(whole, wholes[whole]) if whole else self._did(row)

    def _party(self, row):
        known = {one[side] for one in self.of("mandate") for side in ("grantor_id", "grantee_id")}
        return row["id"] in self.parties | self.own | known

    def _mandate(self, row):
        held = row["holder_account_id"] == self.account
        return held or bool({row["grantor_id"], row["grantee_id"]} & (self.parties | self.own))

    def _mandate_invitation(self, row):
        return row["grantor_id"] in self.parties

    def _account(self, row):
        return row["id"] in {self.account, *(one["account_id"] for one in self.of("audit_entry"))}

    def _outage(self, _row):
        return True  # as everybody reads of it at /outages

    def _outage_site(self, _row):
        return True  # an id that tells nobody which site it is

    def _site(self, row):
        return row["id"] in self.sites

    def _metering_point(self, row):
        return row["id"] in self.points

    def _payment_attempt(self, row):
        return self._is_part("invoice", row["invoice_id"])

    def _thread_reading(self, row):
        return self._did(row)

    def _contact_draft(self, row):
        return self._did(row)

    def _calendar_link(self, row):
        return self._did(row)

    def _did(self, row):
        return row.get("account_id") == self.account

    def _is_part(self, whole, its_id):
        return any(row["id"] == its_id for row in self.of(whole))


def _keys(name, rows):
    return Counter(tuple(row[column.name] for column in TABLES[name].primary_key) for row in rows)


def _bare(db, name):
    return [dict(row) for row in db.connection().execute(select(TABLES[name])).mappings()]


def seen_wrongly(kept, names):
    """What a bare SELECT * of these tables shows to each of the cast that is not theirs, or does not show of theirs."""
    for person, (who, theirs) in kept.seers.items():
        with kept.app.seen_by(who.sight).reading() as db:
            for name in names:
                found, expected = _keys(name, _bare(db, name)), _keys(name, theirs.of(name))
                if found != expected:
                    too_many, missing = len(found - expected), len(expected - found)
                    yield f"{person}, {name}: {too_many} that are not theirs, {missing} of theirs missing"


def shown_wrongly(kept, names):
    """Which of these tables show anything to whoever is not known."""
    with kept.app.reading() as db:
        yield from (name for name in names if PERSONAL[name] is not EVERYBODY and _bare(db, name))


def touched_wrongly(kept, names):
    """What an UPDATE or DELETE of everything touches that is not one's own, as each of the cast.

    Keys between tables and triggers are off, for they would hide what a policy lets through.
    """
    for person, (who, theirs) in kept.seers.items():
        for table, writes in ((TABLES[name], PERSONAL[name].writes) for name in names):
            for statement, is_granted in _of_everything(table, writes):
                touched = _touched(kept.database, who.sight, statement)
                expected = len(_written(table.name, theirs)) if is_granted else None
                if isinstance(statement, Update) and writes is Writes.LOCKS and not theirs.of(table.name):
                    expected = 0  # it may say so, and has nothing to change
                if touched != expected:
                    yield f"{person}, {statement}: {touched} rows, not {expected}"


def added_wrongly(kept, names):
    """The tables to which somebody adds a row that is another's, or cannot add one that is their own."""
    for who, theirs in (kept.seers[name] for name in ("Aino", "Juha for the company")):
        for table in map(TABLES.__getitem__, names):
            for row in [row for row in kept.rows[table.name] if row not in theirs.of(table.name)][:1]:
                if _touched(kept.database, who.sight, _added(table, row)) is not None:
                    yield f"{table.name}: another's"
            adds = PERSONAL[table.name].writes in {Writes.ADDS, Writes.CHANGES, Writes.REMOVES}
            if adds and table.name != "account":  # nobody has two
                for row in _written(table.name, theirs)[:1]:
                    if _touched(kept.database, who.sight, _added(table, row)) is None:
                        yield f"{table.name}: one's own"


QUESTIONS = (seen_wrongly, shown_wrongly, touched_wrongly, added_wrongly)
"""What is asked of the policies of some tables; `python -m tests.mutants` asks it of wrong ones."""


def test_each_of_the_cast_sees_with_a_bare_select_what_is_theirs(kept):
    assert [*seen_wrongly(kept, PERSONAL)] == []
    seen = {name for name in PERSONAL for _, theirs in kept.seers.values() if theirs.of(name)}
    assert set(PERSONAL) == seen, "nobody of the cast has any"


def test_whoever_is_not_known_sees_nothing_of_anybody(kept):
    assert [*shown_wrongly(kept, PERSONAL)] == []


def test_a_transaction_leaves_nothing_to_the_next_one_of_its_connection(kept):
    who = kept.who(kept.cast["Aino"])
    with kept.app.seen_by(who.sight).reading() as db:
        before = db.execute(text("SELECT pg_backend_pid()")).scalar()
        assert _bare(db, "invoice")
    with kept.app.reading() as db:
        assert db.execute(text("SELECT pg_backend_pid()")).scalar() == before
        assert not _bare(db, "invoice")
        assert not _bare(db, "session")


@pytest.mark.parametrize(("minutes", "offered"), [(20, set(Way)), (0, set(Way) - {Way.BANK})])
def test_a_session_that_has_run_out_or_whose_way_is_not_offered_shows_nothing(kept, minutes, offered):
    recognise = sessions.recogniser(app._reach(days.now), offered)
    cookies, later = kept.cast["Aino"].browser.cookies, days.now() + timedelta(minutes=minutes)
    with kept.app.reading() as db:
        assert recognise(db, cookies, later).person == Anyone()
        assert not [name for name, rows in PERSONAL.items() if rows is not EVERYBODY and _bare(db, name)]


def test_an_update_or_delete_of_everything_touches_nothing_but_ones_own(kept):
    assert [*touched_wrongly(kept, PERSONAL)] == []


def _touched(database, sight, statement):
    """How many rows a statement touches of somebody, None where it is refused; it is undone."""
    with database.engine.connect() as connection:
        for said in ("SET LOCAL session_replication_role = replica", f"SET LOCAL ROLE {APP}", sight.statement):
            connection.exec_driver_sql(said)
        try:
            return connection.execute(statement).rowcount
        except IntegrityError:
            return 1  # no policy stood in the way, but a key that is taken
        except ProgrammingError as refused:
            return None if re.search(REFUSED, str(refused)) else refused


def _of_everything(table, writes):
    """What locks, changes or removes all rows, whosever, and whether it is granted for those of one's own."""
    yield text(f"TRUNCATE {table.name}"), False
    yield select(*table.primary_key).with_for_update(), writes in {Writes.LOCKS, Writes.CHANGES, Writes.REMOVES}
    first = next(iter(table.columns)) if writes is Writes.LOCKS else _plain(table)
    yield table.update().values({first.name: first}), writes in {Writes.CHANGES, Writes.REMOVES}
    yield table.delete(), writes is Writes.REMOVES


def _plain(table):
    """A column that is no key, where there is one."""
    return next((one for one in table.columns if not one.primary_key), next(iter(table.columns)))


def test_nobody_adds_what_is_anothers_and_everybody_what_is_their_own(kept):
    assert [*added_wrongly(kept, PERSONAL)] == []


def _written(name, theirs):
    """What somebody may write of what they see: of the accounts that acted they know the names."""
    return [row for row in theirs.of(name) if name != "account" or row["id"] == theirs.account]


def _added(table, row):
    """The same row once more, under another primary key where that is an id of its own."""
    [*keys] = table.primary_key
    is_own = [key.name for key in keys] == ["id"] and keys[0].type.python_type is not int
    return table.insert().values(row | ({"id": uuid4()} if is_own else {})).inline()
