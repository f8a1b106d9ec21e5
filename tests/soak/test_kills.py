"""Processes are killed in the middle of their work, again and again: what was acknowledged stays, nothing is half done.

PORTAL_SOAK_SECONDS says for how long each proof goes on (60).
"""

import contextlib
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import func, text, update
from sqlmodel import select

from portal.audit import chain
from portal.audit.models import AuditEntry
from portal.auth.actions import SESSION_COOKIE
from portal.consents.models import PermissionRecord
from portal.consumption.models import MonthTotal, ReadingMonth, Series
from portal.kit import clock
from portal.kit.db import Database
from portal.outbox.mail import Letter, post
from portal.outbox.models import OutboxEvent
from portal.sites.models import MeteringPoint
from tests.bench.store import Readings
from tests.bench.texts import written
from tests.consents.test_pages import Form
from tests.consumption.readings import every
from tests.data import SHARED
from tests.operating.conftest import Installation, installation  # noqa: F401 - a fixture
from tests.people import AINO, KARIN, MIKKO, House
from tests.post import Post
from tests.settings import DATA_KEYS

SECONDS = int(os.environ.get("PORTAL_SOAK_SECONDS", "60"))
PEOPLE = {AINO: "Aino Mäkelä", MIKKO: "Mikko Korhonen", KARIN: "Karin Öst"}


def rounds():
    """Chance for one round after another, until the time is over."""
    ends, chance = time.monotonic() + SECONDS, random.Random(20261121)
    number = 0
    while time.monotonic() < ends:
        number += 1
        yield chance
    print(f"\n{number} rounds")


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


# The portal


class Decider(threading.Thread):
    """A customer who changes their mind without a pause, and knows what was acknowledged."""

    def __init__(self, party, cookie, port):
        super().__init__()
        self.party, self.cookie, self.port = party, cookie, port
        self.acknowledged, self.open = 0, 0

    def again(self):
        """The same customer, before a new life of the portal."""
        return Decider(self.party, self.cookie, self.port)

    def run(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            while True:
                self._decide()

    def _decide(self):
        _, page, _ = self._ask("GET", "/consents")
        form = Form(page)
        name = random.choice([name for name in form.boxes if name.endswith("email")] or list(form.boxes))
        fields = dict(form.fields)
        if form.boxes[name]:
            del fields[name]
        else:
            fields[name] = "on"
        self.open += 1
        status, _, location = self._ask("POST", "/consents", urlencode(fields))
        self.open -= 1
        if status == 303:
            self.acknowledged += int(re.search(r"saved=(\d+)", location)[1])

    def _ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("localhost", self.port, timeout=20)
        try:
            headers = {"Cookie": f"{SESSION_COOKIE}={self.cookie}", "Sec-Fetch-Site": "same-origin"}
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get("Location", "")
        finally:
            connection.close()


def test_no_acknowledged_decision_is_lost_when_the_portal_is_killed(installation):  # noqa: F811
    installation.environ |= DATA_KEYS
    database = Database(installation.environ["PORTAL_DATABASE_URL"])
    house = House(database)
    deciders = [
        Decider(house.customer(code, name, str(1001 + at)), house.cookie(code, name), installation.port)
        for at, (code, name) in enumerate(PEOPLE.items())
    ]
    lives, decided = [], 0
    for chance in rounds():
        before = records(database)
        deciders = [one.again() for one in deciders]
        started = time.monotonic()
        with installation.serving() as process:
            lives.append(time.monotonic() - started)
            for one in deciders:
                one.start()
            while process.poll() is None and not any(one.acknowledged for one in deciders):
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 1))
            kill(process)
        for one in deciders:
            one.join()
            written = records(database)[one.party] - before[one.party]
            assert one.acknowledged <= written <= one.acknowledged + one.open
            decided += written
        assert_whole(database)
    print(f"{len(lives)} kills, {decided} decisions, ready again after {sorted(lives)[len(lives) // 2]:.1f} s (median)")
    database.engine.dispose()


def records(database):
    """How many decisions of each customer are on record."""
    with database.reading() as db:
        asked = select(PermissionRecord.party_id, func.count()).group_by(PermissionRecord.party_id)
        return Counter(dict(db.exec(asked).all()))


def assert_whole(database):
    """Each decision has its audit entry and its event, each event its decision; the chain and the file hold."""
    with database.reading() as db:
        decided = set(db.exec(select(PermissionRecord.id)).all())
        audited = select(AuditEntry.object_id).where(AuditEntry.object_kind == "permission_record")
        assert {UUID(one) for one in db.exec(audited)} == decided
        told = select(OutboxEvent.payload).where(OutboxEvent.kind == "permission.decided")
        assert {UUID(json.loads(one)["record_id"]) for one in db.exec(told)} == decided
        assert chain.verify(db).wrong is None
        assert db.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


# Jobs


def test_nothing_is_lost_and_what_comes_twice_says_so_when_jobs_are_killed(installation):  # noqa: F811
    outbox = installation.folder / "outbox"
    outbox.mkdir()
    installation.environ["PORTAL_OUTBOX_DIR"] = str(outbox)
    database = Database(installation.environ["PORTAL_DATABASE_URL"])
    with Post() as office:
        installation.environ["PORTAL_SMTP_URL"] = office.url
        for chance in rounds():
            fill(database)
            files = len(list(outbox.iterdir()))
            with installation.running("jobs") as process:
                while len(list(outbox.iterdir())) == files and process.poll() is None:
                    time.sleep(0.001)
                time.sleep(chance.uniform(0, 0.2))
                kill(process)
            ten_minutes_later(database)
        while installation.run("jobs", "--once").returncode or waiting(database):
            ten_minutes_later(database)
    told = [json.loads(line) for file in sorted(outbox.glob("*.jsonl")) for line in file.read_text().splitlines()]
    with database.reading() as db:
        rows = db.exec(select(OutboxEvent).order_by(OutboxEvent.number)).all()
    events, letters = ([row for row in rows if (row.kind == "mail") == is_mail] for is_mail in (False, True))
    assert {one["id"] for one in told} == {str(row.id) for row in events}
    assert {letter["Message-ID"] for letter in office.letters} == {f"<{row.id}@example.fi>" for row in letters}
    firsts = {one["id"]: one for one in reversed(told)}
    assert all(firsts[one["id"]] == one for one in told), "what comes twice is the same"
    for party in {row.party_id for row in events}:
        first_told = list(dict.fromkeys(one["id"] for one in told if one["event"]["party"] == str(party)))
        assert first_told == [str(row.id) for row in events if row.party_id == party]
    print(f"{len(events)} events, {len(told) - len(events)} twice; {len(letters)} letters, "
          f"{len(office.letters) - len(letters)} twice")  # fmt: skip
    database.engine.dispose()


def fill(database):
    """Five events of each of twenty customers, and twenty letters."""
    now = clock.now()
    with database.writing() as db:
        for number in range(100):
            party = UUID(int=number % 20)
            payload = json.dumps({"party": str(party)})
            db.add(OutboxEvent(kind="test", party_id=party, payload=payload, created_at=now, due_at=now))
            db.flush()
        for number in range(20):
            post(db, Letter(f"n{number}@example.fi", "Hei", "", None), now)


def ten_minutes_later(database):
    """What a dead process had in hand comes back after ten minutes; they pass here."""
    with database.writing() as db:
        db.connection().execute(update(OutboxEvent).values(due_at=OutboxEvent.created_at))


def waiting(database):
    with database.reading() as db:
        return db.exec(select(func.count()).where(OutboxEvent.delivered_at.is_(None))).one()


# Imports


@pytest.mark.skipif(not (SHARED / "datahub").is_dir(), reason="the shared data files are not beside this checkout")
def test_an_import_that_is_killed_leaves_nothing_half_done(installation):  # noqa: F811
    wanted = ["import", str(SHARED / "datahub" / "consumption-test.csv"), "--metering-point", "643000000000000016"]
    url = installation.environ["PORTAL_DATABASE_URL"]
    once = Installation(installation.folder, PORTAL_DATABASE_URL=f"{url}.once")
    assert once.run("migrate").returncode == 0
    started = time.monotonic()
    assert once.run(*wanted).returncode == 0
    takes = time.monotonic() - started
    database, whole = Database(url), Database(f"{url}.once")
    outcomes = Counter()
    for chance in rounds():
        forget_readings(database)
        command = [sys.executable, "-m", "portal", *wanted]
        process = subprocess.Popen(command, env=installation.environ, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.2, takes))
        kill(process)
        found = readings(database)
        assert found in ([], readings(whole)), "all or nothing"
        outcomes["cut" if found == [] else "whole"] += 1
        assert installation.run(*wanted).returncode == 0
        assert readings(database) == readings(whole)
    print(dict(outcomes))
    for one in (database, whole):
        one.engine.dispose()


def test_an_import_in_portions_that_is_killed_goes_on_where_it_was(installation):  # noqa: F811
    """Thirty points, a year of quarters each: five portions. Of each point there is all or nothing."""
    file = installation.folder / "many.csv"
    year = every(date(2025, 1, 1), date(2025, 12, 31), milliwatt_hours=lambda quarter: quarter * 7919 % 3_000 * 1_000)
    written(file, Readings([year] * 30))
    wanted = ["import", str(file), "--create-points"]
    assert installation.run("migrate").returncode == 0
    database = Database(installation.environ["PORTAL_DATABASE_URL"])
    assert installation.run(*wanted).returncode == 0
    whole, outcomes = readings(database), Counter()
    for chance in rounds():
        forget_readings(database)
        command = [sys.executable, "-m", "portal", *wanted]
        process = subprocess.Popen(command, env=installation.environ, stdout=subprocess.DEVNULL)
        while not months_of_points(database) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.4))
        kill(process)
        found = months_of_points(database)
        assert set(found) == {12}, "of each point all or nothing"
        outcomes[len(found)] += 1
        assert installation.run(*wanted).returncode == 0
        assert readings(database) == whole
    print(dict(outcomes))
    database.engine.dispose()


def months_of_points(database):
    """Of how many months there are readings, point by point."""
    with database.reading() as db:
        counted = select(func.count(ReadingMonth.month)).group_by(ReadingMonth.metering_point_id)
        return db.exec(counted).all()


def forget_readings(database):
    with database.writing() as db:
        for table in (ReadingMonth, MonthTotal, Series, MeteringPoint):
            db.connection().execute(text(f"DELETE FROM {table.__table__.name}"))


def readings(database):
    with database.reading() as db:
        columns = ReadingMonth.month, ReadingMonth.quantities, ReadingMonth.qualities
        months = db.exec(select(*columns).order_by("month")).all()
        totals = db.exec(select(MonthTotal.month, MonthTotal.quantity, MonthTotal.measured).order_by("month")).all()
        return [*map(tuple, months), *map(tuple, totals)]
