"""One data package a person at a time, over all workers, however the one before it ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from urllib.parse import urlencode

import anyio
import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from portal.auth import leases
from portal.auth.leases import LASTS, RENEWED_EVERY, Lease, TakenByAnother
from portal.auth.models import Account, PackageLease
from portal.kit.db import Database
from portal.privacy.rules import PACKAGES_A_DAY
from tests import days
from tests.browser import hidden
from tests.people import AINO, House
from tests.privacy.test_pages import taken
from tests.running import PATIENCE_S

NOW = days.now()
TAKERS = 6
SECOND = timedelta(seconds=1)


@pytest.fixture
def workers(database_url):
    """The portal as two workers run it: two applications, each with its own connections to one database."""
    houses = [House(Database(database_url)) for _ in range(2)]
    houses[0].customer(AINO, "Aino Mäkelä", "1001")
    yield houses
    for house in houses:
        house.database.engine.dispose()


@pytest.fixture
def proved(workers):
    """Aino's browser, just after her bank; its cookie and its forms are good at either worker."""
    return workers[0].open_for(AINO, "Aino Mäkelä", proved_minutes_ago=0)


@pytest.fixture
def take(proved):
    """Takes the package from a worker: what is sent; something may happen when the first of it has come."""
    form = urlencode(hidden(proved.open("/privacy/package").text)).encode()
    return lambda house, meanwhile=None: taken(house.app, proved, form, meanwhile)


@pytest.fixture
def person(database):
    """The account of somebody."""
    account = Account(identity_index=b"a" * 32, given_names="Aino", family_name="Mäkelä", created_at=NOW)
    with database.writing() as db:
        db.add(account)
    return account.id


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at


def hold(database, lease, now=NOW):
    with database.writing() as db:
        return leases.hold(db, lease, now)


def standing(database):
    with database.reading() as db:
        return db.exec(select(PackageLease)).all()


def status(messages):
    return messages[0]["status"]


# The package


def test_while_one_worker_sends_a_package_the_other_makes_none_and_the_next_when_it_has_ended(workers, take):
    one, other = workers

    async def second_while_the_first_comes():
        async def meanwhile():
            refused.extend(await take(other))

        refused = []
        return await take(one, meanwhile), refused

    first, refused = anyio.run(second_while_the_first_comes)
    assert (status(first), status(refused)) == (200, 429)
    assert dict(refused[0]["headers"])[b"retry-after"] == b"60"
    assert standing(one.database) == []
    assert status(anyio.run(take, other)) == 200


def test_whoever_breaks_off_may_take_the_next_from_another_worker(workers, take):
    async def gone():
        raise OSError

    anyio.run(take, workers[0], gone)
    assert standing(workers[0].database) == []
    assert status(anyio.run(take, workers[1])) == 200


@pytest.mark.parametrize(("ago", "answer"), [(LASTS / 2, 429), (LASTS, 200)])
def test_after_a_worker_that_was_killed_the_next_is_made_when_its_lease_has_run_out(workers, proved, take, ago, answer):
    one, other = workers
    with one.database.reading() as db:
        account = db.exec(select(Account.id)).one()
    began = days.now() - ago
    assert hold(one.database, Lease(account, began), began)
    assert status(anyio.run(take, other)) == answer
    assert len(standing(one.database)) == (answer == 429)


def test_a_day_that_is_full_leaves_no_lease(workers, take):
    for _ in range(PACKAGES_A_DAY):
        assert status(anyio.run(take, workers[0])) == 200
    for house in workers:
        refused = anyio.run(take, house)
        assert status(refused) == 429
        assert dict(refused[0]["headers"])[b"retry-after"] != b"60"
    assert standing(workers[0].database) == []


# The lease


@pytest.mark.parametrize("left_behind", [False, True])
def test_of_many_at_once_one_takes_it(database, person, left_behind):
    if left_behind:
        assert hold(database, Lease(person, NOW - LASTS), NOW - LASTS)
    together = Barrier(TAKERS)

    def take_one(_):
        together.wait(PATIENCE_S)
        return hold(database, Lease(person, NOW))

    with ThreadPoolExecutor(TAKERS) as takers:
        assert sorted(takers.map(take_one, range(TAKERS))) == [False] * (TAKERS - 1) + [True]


@pytest.mark.parametrize("first_stays", [False, True])
def test_the_second_waits_for_what_becomes_of_the_first(database, person, first_stays):
    begun = Event()

    def second():
        begun.set()
        return hold(database, Lease(person, NOW))

    with ThreadPoolExecutor(1) as apart:
        with database.writing() as db:
            assert leases.hold(db, Lease(person, NOW), NOW)
            waiting = apart.submit(second)
            begun.wait(PATIENCE_S)
            if not first_stays:
                db.rollback()
        assert waiting.result(PATIENCE_S) is not first_stays


def test_another_person_is_not_in_the_way(database, person):
    other = Account(identity_index=b"b" * 32, given_names="Mikko", family_name="Korhonen", created_at=NOW)
    with database.writing() as db:
        db.add(other)
    assert hold(database, Lease(person, NOW))
    assert hold(database, Lease(other.id, NOW))


def test_it_is_renewed_while_pieces_are_made_once_a_minute(database, person):
    clock, lease = Clock(), Lease(person, NOW)
    hold(database, lease)
    pieces = leases.kept((b"piece" for _ in range(100)), lease, database, clock)
    next(pieces)
    until = []
    for _ in range(3):
        clock.at += RENEWED_EVERY - SECOND
        next(pieces)
        until += [row.until for row in standing(database)]
    minutes = 2 * (RENEWED_EVERY - SECOND)
    assert until == [NOW + LASTS, NOW + minutes + LASTS, NOW + minutes + LASTS]
    clock.at = NOW + 10 * LASTS  # however long it takes
    next(pieces)
    assert [(row.taken_at, row.until) for row in standing(database)] == [(NOW, clock.at + LASTS)]


def test_one_that_has_run_out_is_taken_again_if_nobody_else_has(database, person):
    clock, lease = Clock(), Lease(person, NOW)
    hold(database, lease)
    pieces = leases.kept((b"piece" for _ in range(2)), lease, database, clock)
    next(pieces)
    clock.at += LASTS
    with database.writing() as db:
        assert leases.forget(db, clock.at) == 1
    assert next(pieces) == b"piece"
    assert [row.holder for row in standing(database)] == [lease.holder]


def test_a_package_breaks_off_when_the_next_has_its_lease_and_leaves_that_one_alone(database, person):
    clock, lease = Clock(), Lease(person, NOW)
    made = (b"piece" for _ in range(2))
    hold(database, lease)
    pieces = leases.kept(made, lease, database, clock)
    next(pieces)
    clock.at += LASTS
    following = Lease(person, clock.at)
    assert hold(database, following, clock.at)
    with pytest.raises(TakenByAnother):
        next(pieces)
    assert next(made, None) is None, "it was closed"
    leases.give_back(database, lease)
    assert [row.holder for row in standing(database)] == [following.holder]
    leases.give_back(database, following)
    assert standing(database) == []


def test_no_piece_waits_for_another_who_writes_and_the_lease_is_renewed_a_minute_later(database, person):
    clock, lease = Clock(), Lease(person, NOW)
    hold(database, lease)
    pieces = leases.kept((b"piece" for _ in range(9)), lease, database, clock)
    next(pieces)
    clock.at += RENEWED_EVERY
    writing, came = Event(), Event()

    def write():
        with database.writing() as db:
            db.connection().exec_driver_sql("UPDATE account SET language = 'fi'")
            writing.set()
            return came.wait(2)  # a piece that waits for the end of this comes too late

    with ThreadPoolExecutor(1) as apart:
        another = apart.submit(write)
        writing.wait(PATIENCE_S)
        next(pieces)
        came.set()
        assert another.result()
    clock.at += RENEWED_EVERY
    next(pieces)
    assert [row.until for row in standing(database)] == [clock.at + LASTS]


@pytest.mark.sqlite
def test_a_connection_that_would_not_wait_once_waits_the_next_time(database):
    with database.reading() as db:
        patience = db.connection().exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    with database.writing() as db:
        db.connection()
        with pytest.raises(OperationalError, match="locked"), database.writing_at_once() as hasty:
            hasty.connection()
        with database.reading() as again:
            assert again.connection().exec_driver_sql("PRAGMA busy_timeout").scalar_one() == patience > 0


def test_what_cannot_be_given_back_runs_out(person, tmp_path):
    nowhere = Database(f"sqlite:///{tmp_path / 'none' / 'none.db'}")
    leases.give_back(nowhere, Lease(person, NOW))


def test_the_job_forgets_those_that_have_run_out(database, person):
    hold(database, Lease(person, NOW))
    for later, removed in ((LASTS - SECOND, 0), (LASTS, 1)):
        with database.writing() as db:
            assert leases.forget(db, NOW + later) == removed
    assert standing(database) == []
