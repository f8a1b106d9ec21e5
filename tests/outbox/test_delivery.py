"""What stands in the outbox leaves the house: at least once, in order, by one process at a time."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from portal.kit.db import Database
from portal.kit.jobs import Done, Job, Shift, chore, once, until_told
from portal.kit.mail import MailFolder, MailServer, NotSent, Security, Smtp
from portal.outbox import delivery, jobs, rules
from portal.outbox.actions import Event, announce
from portal.outbox.mail import Letter, post
from portal.outbox.models import OutboxEvent
from tests.post import SIGNATURE, Mood, Post, trust
from tests.running import PATIENCE_S

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AINO, MIKKO = UUID(int=1), UUID(int=2)


class Moved(Event):
    kind: ClassVar[str] = "customer.moved"

    party_id: UUID
    step: int


class Clock:
    """The time, moved on by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    """Where the utility's systems fetch events."""
    (tmp_path / "outbox").mkdir()
    return tmp_path / "outbox"


@pytest.fixture
def shift(sqlite_url, clock):
    """For what is the same on either database."""
    database = Database(sqlite_url)
    yield Shift(database, clock)
    database.engine.dispose()


@pytest.fixture
def either(database, clock):
    """Once on each kind of database: for claims, order and what is erased."""
    return Shift(database, clock)


def tell(database, *steps, party=AINO):
    with database.writing() as db:
        for step in steps:
            announce(db, Moved(party_id=party, step=step), NOW)


def write(database, to="aino@example.fi", body="Hei Äijä\n", **more):
    with database.writing() as db:
        post(db, Letter(to, "Vahvista sähköpostisi", body, AINO, **more), NOW)


def rows(database):
    with database.reading() as db:
        return db.exec(select(OutboxEvent).order_by(OutboxEvent.number)).all()


def told(folder):
    """What the utility's systems find, in the order of the files' names."""
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def carrier(office):
    server = MailServer.at(office.url)
    return lambda: Smtp(server, trust())


# Events


def test_events_are_written_as_json_lines_once(shift, folder):
    tell(shift.database, 1)
    telling = jobs.telling(folder)
    assert (telling.run(shift), telling.run(shift)) == (Done(1), Done())
    [row] = rows(shift.database)
    assert row.delivered_at == NOW
    assert told(folder) == [
        {
            "id": str(row.id),
            "kind": "customer.moved",
            "at": "2026-11-21T12:00:00+00:00",
            "event": {"party_id": str(AINO), "step": 1},
        }
    ]
    assert [file.name for file in folder.iterdir()] == ["events-20261121T120000.000000Z-00000001.jsonl"], (
        "no half files"
    )


def test_the_events_of_one_customer_stay_in_order(either, folder):
    tell(either.database, 1, 2)
    tell(either.database, 1, party=MIKKO)
    tell(either.database, 3)
    assert jobs.telling(folder).run(either) == Done(4)
    steps = [line["event"]["step"] for line in told(folder) if line["event"]["party_id"] == str(AINO)]
    assert steps == [1, 2, 3]


def test_a_customers_later_event_waits_for_the_earlier_one(either, clock):
    tell(either.database, 1, 2)
    tell(either.database, 1, party=MIKKO)
    with either.database.writing() as db:
        claimed = delivery.claim_events(db, 100, clock())
    assert [(row.party_id, row.number) for row in claimed] == [(AINO, 1), (MIKKO, 3)]
    with either.database.writing() as db:
        assert delivery.claim_events(db, 100, clock()) == []
    with either.database.writing() as db:
        delivery.settle(db, claimed[:1], clock())
    with either.database.writing() as db:
        assert [row.number for row in delivery.claim_events(db, 100, clock())] == [2]


def test_what_a_dead_process_had_in_hand_comes_back_with_the_same_id(either, clock, folder):
    tell(either.database, 1)
    with either.database.writing() as db:
        [claimed] = delivery.claim_events(db, 1, clock())
    telling = jobs.telling(folder)
    assert telling.run(either) == Done()
    clock.now += rules.CLAIM
    assert telling.run(either) == Done(1)
    assert told(folder)[0]["id"] == str(claimed.id)


def test_an_event_is_tried_until_it_is_told_however_long_that_takes(shift, clock, folder):
    tell(shift.database, 1)
    telling = jobs.telling(folder / "not there")
    for _ in range(200):
        assert telling.run(shift) == Done(failed=1)
        assert telling.run(shift) == Done(), "not before its pause is over"
        clock.forward(hours=1)
    (folder / "not there").mkdir()
    assert telling.run(shift) == Done(1)


def test_many_processes_tell_everything_once_and_in_order(either, folder):
    for step in range(5):
        for party in range(10):
            tell(either.database, step, party=UUID(int=party))
    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(lambda _: jobs.telling(folder).run(either), range(4)))
    jobs.telling(folder).run(either)  # what one process waited for while another had it in hand
    assert sum(one.done for one in came) <= 50
    lines = [line["event"] for line in told(folder)]
    assert len(lines) == 50
    assert {row.attempts for row in rows(either.database)} == {1}


# Letters


@pytest.mark.parametrize("security", Security)
def test_a_letter_arrives_and_leaves_no_content_behind(shift, security):
    write(shift.database)
    with Post(security) as office:
        url = office.url.replace("127.0.0.1", "us:p%40ss@127.0.0.1")
        server = MailServer.at(url)
        assert jobs.mailing(lambda: Smtp(server, trust()), SIGNATURE).run(shift) == Done(1)
    [letter] = office.letters
    [row] = rows(shift.database)
    assert letter["From"] == "Esimerkki Energia fi – åäö <palvelu@example.fi>"
    assert (letter["To"], letter["Subject"]) == ("aino@example.fi", "Vahvista sähköpostisi")
    assert letter.get_content().splitlines() == ["Hei Äijä"]
    assert letter["Message-ID"] == f"<{row.id}@example.fi>"
    assert office.passwords == ["PLAIN AHVzAHBAc3M="]
    assert (row.delivered_at, row.payload) == (NOW, "{}")
    assert not server.is_open_on_the_way, "it stays on this machine"
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_server_that_nobody_vouches_for_gets_no_letter(shift, security):
    write(shift.database)
    with Post(security) as office:
        server = MailServer.at(office.url)
        assert jobs.mailing(lambda: Smtp(server), SIGNATURE).run(shift) == Done(failed=1)
    assert (office.letters, office.recipients) == ([], [])


def test_a_server_without_starttls_gets_no_letter(shift, post):
    write(shift.database)
    server = MailServer.at(post.url.replace("smtp:", "smtp+starttls:"))
    assert jobs.mailing(lambda: Smtp(server), SIGNATURE).run(shift) == Done(failed=1)
    assert post.recipients == []


@pytest.mark.parametrize("mood", [Mood.BUSY, Mood.RUDE])
def test_a_letter_is_tried_again_after_growing_pauses(shift, clock, mood):
    write(shift.database)
    with Post(mood=mood) as office:
        mailing = jobs.mailing(carrier(office), SIGNATURE)
        for minutes in (1, 2, 4, 8):
            assert mailing.run(shift) == Done(failed=1)
            assert rows(shift.database)[0].due_at == clock() + timedelta(minutes=minutes)
            clock.forward(minutes=minutes)
        office.mood = Mood.KIND
        assert mailing.run(shift) == Done(1)
    assert len(office.letters) == 1


def test_a_letter_is_given_up_after_days_and_said_loudly(either, clock, caplog):
    write(either.database)
    with Post(mood=Mood.BUSY) as office:
        mailing = jobs.mailing(carrier(office), SIGNATURE)
        clock.forward(days=5)
        mailing.run(either)
    [row] = rows(either.database)
    assert (row.given_up_at, row.payload) == (clock(), "{}")
    with either.database.reading() as db:
        assert delivery.letters(db) == delivery.Backlog(0, None, 1)
    [said] = [json.loads(one.getMessage()) for one in caplog.records if one.levelname == "ERROR"]
    assert said == {
        "event": "letter given up",
        "id": str(row.id),
        "attempts": 1,
        "reason": "recipient refused with 451",
    }


@pytest.mark.parametrize("to", ["nobody@example.fi", "not an address", "a@b@c", "@", "<>", "aino@example.fi, b@c.fi"])
def test_an_address_that_is_none_is_given_up_at_once_and_holds_nobody_up(shift, to, caplog):
    write(shift.database, to)
    write(shift.database)
    with Post(mood=Mood.UNKNOWN) as office:
        assert jobs.mailing(carrier(office), SIGNATURE).run(shift) == Done(failed=2)
    assert all(row.given_up_at for row in rows(shift.database))
    assert "example" not in caplog.text


def test_a_refusal_that_is_about_us_is_tried_again(shift):
    write(shift.database)
    with Post(mood="554 5.7.1 Relay access denied") as office:
        jobs.mailing(carrier(office), SIGNATURE).run(shift)
    assert rows(shift.database)[0].given_up_at is None


def test_a_server_that_is_down_is_asked_once_a_round(shift):
    for _ in range(3):
        write(shift.database)
    with Post() as office:
        pass
    assert jobs.mailing(carrier(office), SIGNATURE).run(shift) == Done(failed=1)


def test_a_letter_is_one_line_where_it_must_be():
    for to, subject in [("a@b.fi\nBcc: c@d.fi", "Hei"), ("a@b.fi", "Hei\r\nBcc: c@d.fi"), ("", "Hei"), ("a@b.fi", "")]:
        with pytest.raises(ValueError, match="one line each"):
            Letter(to, subject, "", None)


def test_the_demos_letters_are_files(shift, folder):
    write(shift.database)
    assert jobs.mailing(lambda: MailFolder(folder / "mail"), SIGNATURE).run(shift) == Done(1)
    [file] = (folder / "mail").iterdir()
    assert file.name == f"{rows(shift.database)[0].id}.eml"
    assert message_from_bytes(file.read_bytes(), policy=policy.default).get_content().splitlines() == ["Hei Äijä"]
    with pytest.raises(NotSent):
        MailFolder(file).carry(message_from_bytes(file.read_bytes(), policy=policy.default))


@pytest.mark.parametrize(
    "url", ["https://mail.example.fi", "smtp://", "smtp://mail.example.fi/path", "smtp://a?b", "smtp://a:b", "mail"]
)
def test_what_is_no_mail_server_is_refused(url):
    with pytest.raises(ValueError, match=r"mail|[Pp]ort"):
        MailServer.at(url)


# Rules and rhythm


@given(st.integers(1, 10_000))
def test_pauses_grow_up_to_an_hour(attempts):
    assert timedelta(minutes=1) <= rules.pause(attempts) <= rules.pause(attempts + 1) <= timedelta(hours=1)


def test_what_ended_a_month_ago_is_removed(either, clock, folder):
    tell(either.database, 1, 2)
    jobs.telling(folder).run(either)
    tell(either.database, 3)
    purge = jobs.purging()
    assert purge.run(either) == Done()
    clock.forward(days=31)
    assert purge.run(either) == Done(2)
    assert len(rows(either.database)) == 1, "what still waits stays"


def test_the_backlog_says_what_waits_and_since_when(either):
    with either.database.reading() as db:
        assert delivery.events(db) == delivery.Backlog(0, None, 0)
    tell(either.database, 1, 2)
    write(either.database)
    with either.database.reading() as db:
        assert delivery.events(db) == delivery.Backlog(2, NOW, 0)
        assert delivery.letters(db) == delivery.Backlog(1, NOW, 0)


def test_a_job_that_fails_stops_no_other(sqlite_url, caplog):
    def fails(_db, _now):
        raise RuntimeError(str(uuid4()))

    shift = Shift(None, lambda: NOW)
    broken = Job("broken", timedelta(0), lambda _shift: fails(None, None))
    assert once([broken, Job("fine", timedelta(0), lambda _: Done(3))], shift) == {
        "broken": Done(failed=1),
        "fine": Done(3),
    }
    assert '{"event": "job failed", "job": "broken"}' in caplog.text


def test_a_shift_ends_when_it_is_told_to(shift, clock):
    ran = []

    def job(shift):
        ran.append(1)
        shift.ending.set()
        return Done()

    late = Job("late", timedelta(0), lambda _: ran.append(2) or Done())
    worker = threading.Thread(target=until_told, args=([Job("job", timedelta(hours=1), job), late], shift))
    worker.start()
    worker.join(PATIENCE_S)
    assert (worker.is_alive(), ran) == (False, [1])


def test_a_chore_is_one_transaction(shift):
    def tidy(db, now):
        announce(db, Moved(party_id=AINO, step=1), now)
        raise ZeroDivisionError

    assert once([chore("tidy", timedelta(0), tidy)], shift)["tidy"] == Done(failed=1)
    assert rows(shift.database) == []
