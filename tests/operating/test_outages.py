"""A database that is away, full or held by others: visitors are asked to come again, and the log has one line."""

import json
import logging
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from portal.kit.db import Database
from portal.kit.outages import outage
from tests.people import AINO, House
from tests.postgres import as_url, migrated_server

AT_ONCE = 4  # as many as the threads of a portal


@pytest.fixture(scope="module")
def own_server():
    """A PostgreSQL server that tests may stop."""
    with migrated_server("own") as server:
        yield server


@pytest.fixture
def remote(own_server):
    """The database of that server."""
    own_server.ensure_postgres_running()
    database = Database(as_url(own_server.get_uri("own")))
    yield database
    database.engine.dispose()
    own_server.ensure_postgres_running()


def full(database):
    """Let an SQLite database grow no further."""

    @event.listens_for(database.engine, "connect")
    def connect(connection, _record):
        connection.execute("PRAGMA max_page_count = 1")  # that is: no more than there are

    database.engine.dispose()


def at_once(ask):
    """The answers to so many who ask at the same time, each on a connection of their own."""
    with ThreadPoolExecutor(AT_ONCE) as people:
        return [*people.map(lambda _: ask(), range(AT_ONCE))]


def connected_at_once(database):
    """The result of a query by each of so many, who wait for one another."""
    together = Barrier(AT_ONCE)

    def ask():
        with database.reading() as db:
            found = db.execute(text("SELECT 1")).scalar_one()
            together.wait(60)
        return found

    return at_once(ask)


def test_a_server_that_is_away_asks_visitors_to_come_again(own_server, remote, caplog):
    aino = House(remote).open_for(AINO, "Aino Mäkelä")
    assert aino.get("/overview").status_code == 200
    own_server.stop()
    caplog.set_level(logging.INFO, "portal")
    caplog.clear()
    answer = aino.get("/overview")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "ruuhkautunut" in answer.text
    [line] = [record.getMessage() for record in caplog.records if record.name == "portal.requests"]
    assert json.loads(line)["database"] == "unreachable"
    assert not [record for record in caplog.records if record.exc_info], "no stack for what the log's line says"
    own_server.ensure_postgres_running()
    assert aino.get("/overview").status_code == 200


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_restart_costs_nobody_an_error_who_comes_after_it(own_server, remote, how):
    """SIGINT is a fast shutdown that says goodbye, SIGQUIT one that leaves everybody as they are."""
    assert connected_at_once(remote) == [1] * AT_ONCE
    process = own_server.get_postmaster_info().process
    process.send_signal(how)
    process.wait(60)
    own_server.ensure_postgres_running()
    assert connected_at_once(remote) == [1] * AT_ONCE


def test_a_server_that_has_something_to_say_is_asked_and_kept(own_server, remote):
    def process():
        with remote.reading() as db:
            return db.execute(text("SELECT pg_backend_pid()")).scalar_one()

    before = process()
    with psycopg.connect(own_server.get_uri("own"), autocommit=True) as other:
        with remote.reading() as db:
            db.execute(text("LISTEN news"))
            db.commit()
        other.execute("NOTIFY news")
    assert process() == before


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", "57P01"),
        ("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", "53100"),
        ("DO $$ BEGIN RAISE SQLSTATE '08006'; END $$", "08006"),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", "40P01"),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(60)", "57014"),
        ("SELECT no_such_column", None),
        ("SELECT 1 / 0", None),
        ("DO $$ BEGIN RAISE EXCEPTION 'the database is locked'; END $$", None),
    ],
)
def test_what_a_server_says_of_itself_is_told_from_what_it_says_of_a_statement(remote, statement, code):
    with pytest.raises(DBAPIError) as failed, remote.reading() as db:
        db.connection().exec_driver_sql(statement)
    assert outage(failed.value) == code


def test_a_server_with_no_connection_left_is_busy(own_server, remote):
    with psycopg.connect(own_server.get_uri("own"), autocommit=True) as connection:
        connection.execute("ALTER DATABASE own CONNECTION LIMIT 0")
        connection.execute("CREATE ROLE visitor LOGIN")
        try:
            url = remote.engine.url.set(username="visitor").render_as_string(hide_password=False)
            crowded = Database(url)
            with pytest.raises(DBAPIError) as failed, crowded.reading() as db:
                db.connection()
            assert outage(failed.value) in {"53300", "unreachable"}, "libpq tells no code of a connection it never had"
        finally:
            connection.execute("ALTER DATABASE own CONNECTION LIMIT -1")
            connection.execute("DROP ROLE visitor")


def test_nobody_waits_for_a_host_that_takes_calls_and_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        silent = Database(f"postgresql+psycopg://portal@127.0.0.1:{port}/portal?connect_timeout=2")
        with pytest.raises(DBAPIError) as failed, silent.reading() as db:
            db.connection()
    assert outage(failed.value) == "unreachable"


def test_a_full_disk_refuses_what_is_written_and_shows_what_is_there(sqlite_url, caplog):
    database = Database(sqlite_url)
    house = House(database)
    house.customer(AINO, "Aino Mäkelä", "100001")
    aino = house.open_for(AINO, "Aino Mäkelä")
    full(database)
    caplog.set_level(logging.INFO, "portal")
    assert aino.get("/overview").status_code == 200
    answers = [
        aino.submit("/feedback", {"form_key": str(uuid4()), "body": "Å" * 1_900}, page="/messages").status_code
        for _ in range(5)  # the first ones find room in the last page
    ]
    assert answers[-1] == 503
    assert aino.get("/messages").status_code == 200
    *_, last, _ = [json.loads(record.getMessage()) for record in caplog.records if record.name == "portal.requests"]
    assert last["database"] == "SQLITE_FULL"
    assert not [record for record in caplog.records if record.exc_info]
    database.engine.dispose()


def test_a_database_that_cannot_be_opened_is_away(tmp_path):
    nowhere = Database(f"sqlite:///{tmp_path}/nowhere/portal.db")
    with pytest.raises(DBAPIError) as failed, nowhere.reading() as db:
        db.connection()
    assert outage(failed.value) == "SQLITE_CANTOPEN"
