"""`portal jobs` as an operator runs it: by the clock or once, and stopped at any moment."""

import signal

import pytest
from sqlmodel import select

from portal import cli
from portal.kit import clock
from portal.kit.db import Database
from portal.outbox.mail import Letter, post
from portal.outbox.models import OutboxEvent
from tests.post import Mood, Post
from tests.running import PATIENCE_S


@pytest.fixture
def letters(installation):
    """The outbox of an installation, with three letters in it."""
    database = Database(installation.environ["PORTAL_DATABASE_URL"])
    with database.writing() as db:
        for number in range(3):
            post(db, Letter(f"aino{number}@example.fi", "Hei", "", None), clock.now())
    yield lambda: _rows(database)
    database.engine.dispose()


def _rows(database):
    with database.reading() as db:
        return db.exec(select(OutboxEvent)).all()


def once(installation, monkeypatch, **environ):
    for name, value in (installation.environ | environ).items():
        monkeypatch.setenv(name, value)
    return cli.main(["jobs", "--once"])


def test_one_round_sends_what_waits_and_says_what_it_did(installation, letters, monkeypatch, capsys):
    with Post() as office:
        assert once(installation, monkeypatch, PORTAL_SMTP_URL=office.url) == 0
    assert len(office.letters) == 3
    assert "outbox.mail: done=3 failed=0" in capsys.readouterr().out


def test_a_round_that_does_only_a_part_says_so(installation, letters, monkeypatch):
    with Post(mood=Mood.BUSY) as office:
        assert once(installation, monkeypatch, PORTAL_SMTP_URL=office.url) == 1


def test_without_a_mail_server_letters_wait(installation, letters, monkeypatch):
    assert once(installation, monkeypatch) == 0
    assert [row.attempts for row in letters()] == [0, 0, 0]


def test_an_old_schema_is_not_worked_on(installation, monkeypatch, capsys):
    assert once(installation, monkeypatch, PORTAL_DATABASE_URL="sqlite:///:memory:") == 2
    assert "`portal migrate`" in capsys.readouterr().err


def test_jobs_run_until_told_to_stop_and_finish_what_they_have_in_hand(installation, letters):
    with Post() as office:
        installation.environ["PORTAL_SMTP_URL"] = office.url
        with installation.running("jobs") as process:
            office.wait_for(1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
    sent = {str(letter["Message-ID"]) for letter in office.letters}
    done = {f"<{row.id}@example.fi>" for row in letters() if row.delivered_at}
    assert sent == done, "nothing was left between sent and noted"
