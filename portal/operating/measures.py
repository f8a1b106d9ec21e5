"""What can be measured of a running portal: requests, sign-ins, sessions, what waits to leave, memory."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from portal import VERSION
from portal.audit import chain
from portal.auth import actions as sessions
from portal.consumption import store
from portal.feeds import runs
from portal.kit.clock import day_of
from portal.kit.db import Database
from portal.kit.headers import Count, Served
from portal.kit.metrics import Counts, Family, Meter, exposition, resident_bytes, series
from portal.kit.threads import Threads
from portal.operating.auditing import newest_head
from portal.outbox import delivery
from portal.outbox.delivery import Backlog
from portal.settings import Settings

IN_HAND, WAITING = "portal_requests_in_hand", "portal_requests_waiting"
DATABASE_ERRORS = "portal_database_errors_total"
BOUNDS: Final = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "+Inf")
REQUESTS, SECONDS, SIGN_INS = "portal_requests_total", "portal_request_seconds", "portal_sign_ins_total"
RETURN = "/sign-in/return"
SILENT = "portal_silent_metering_points"
HEAD_AGE, UNVOUCHED = "portal_audit_head_age_seconds", "portal_audit_entries_after_head"


def counting(meter: Meter) -> Count:
    """Counts every answer: by route, kind of status and duration; what failed of the database; ends of journeys."""

    def count(served: Served) -> None:
        meter.count(REQUESTS, {"route": served.route, "status": f"{served.status // 100}xx"})
        bound = next(bound for bound in BOUNDS if served.seconds <= float(bound))
        meter.count(f"{SECONDS}_bucket", {"route": served.route, "le": bound})
        meter.count(f"{SECONDS}_sum", {"route": served.route}, served.seconds)
        if code := served.notes.get("database"):
            meter.count(DATABASE_ERRORS, {"code": code})
        tried = served.notes.get("reason", "").startswith("password.")
        if served.route.startswith(RETURN) or tried:
            meter.count(SIGN_INS, {"outcome": served.notes.get("reason", "signed-in")})

    return count


def watch(meter: Meter, threads: Threads) -> None:
    """Tell how many requests are worked on, and how many wait for that."""
    meter.watch(IN_HAND, lambda: threads.at_work)
    meter.watch(WAITING, lambda: threads.waiting)


def text(counted: Counts, settings: Settings, database: Database, processes: Sequence[int], now: datetime) -> str:
    """Everything as Prometheus reads it; what stands in the database is left out where that cannot be asked."""
    families = [*_of_requests(counted), *_of_database(database, now), *_of_audit(settings, database, now)]
    built = Family("portal_info", "gauge", "Which version runs.", {series("portal_info", {"version": VERSION}): 1})
    return exposition([built, *families, _memory(processes or [os.getpid()])])


def _of_requests(counted: Counts) -> Iterator[Family]:
    def named(name: str) -> Counts:
        return {one: value for one, value in sorted(counted.items()) if one.partition("{")[0] == name}

    yield Family(REQUESTS, "counter", "Answers by route and kind of status.", named(REQUESTS))
    yield Family(SECONDS, "histogram", "How long answers took, by route.", _histogram(counted))
    yield Family(IN_HAND, "gauge", "Requests that are worked on.", named(IN_HAND))
    yield Family(WAITING, "gauge", "Requests that wait for a thread.", named(WAITING))
    yield Family(DATABASE_ERRORS, "counter", "Answers that a failing database spoilt.", named(DATABASE_ERRORS))
    ended = "Journeys to the bank, and tries of a password, by how they ended."
    yield Family(SIGN_INS, "counter", ended, named(SIGN_INS))


def _histogram(counted: Counts) -> Counts:
    """Prometheus wants each bucket to hold those below it as well."""
    told: dict[str, float] = {}
    for summed in sorted(name for name in counted if name.startswith(f"{SECONDS}_sum")):
        route = summed.partition('route="')[2].removesuffix('"}')
        buckets = [series(f"{SECONDS}_bucket", {"route": route, "le": bound}) for bound in BOUNDS]
        sums = list(accumulate(counted.get(bucket, 0) for bucket in buckets))
        told |= dict(zip(buckets, sums, strict=True))
        told |= {summed: counted[summed], series(f"{SECONDS}_count", {"route": route}): sums[-1]}
    return told


def _of_database(database: Database, now: datetime) -> Iterator[Family]:
    try:
        with database.reading() as db:
            alive, backlogs = sessions.alive(db, now), _backlogs(db)
            newest = store.newest_end(db), runs.last_ended(db)
            silent = store.silent(db, day_of(now))
    except SQLAlchemyError:
        return
    yield Family("portal_sessions", "gauge", "Sessions that are alive.", {"portal_sessions": alive})
    yield Family(SILENT, "gauge", "Connected metering points that send nothing any more.", {SILENT: silent})
    for (name, means), at in zip(AGES, newest, strict=True):
        yield Family(name, "gauge", means, {name: (now - at).total_seconds()} if at else {})
    for name, means, value in OUTBOX:
        values = {series(name, {"kind": kind}): value(backlog, now) for kind, backlog in backlogs.items()}
        yield Family(name, "gauge", means, values)


def _of_audit(settings: Settings, database: Database, now: datetime) -> Iterator[Family]:
    """The age of the newest head, and how many entries it does not vouch for; nothing where no head is kept."""
    newest = newest_head(settings)
    if newest is None:
        return
    age = (now - newest.at).total_seconds()
    yield Family(HEAD_AGE, "gauge", "How long ago the audit's end was kept outside the database.", {HEAD_AGE: age})
    try:
        with database.reading() as db:
            last = chain.last_number(db)
    except SQLAlchemyError:
        return
    after = max(0, last - newest.number)
    yield Family(UNVOUCHED, "gauge", "Entries of the audit that came after that.", {UNVOUCHED: after})


def _backlogs(db: Session) -> dict[str, Backlog]:
    return {"event": delivery.events(db), "letter": delivery.letters(db)}


def _age_s(backlog: Backlog, now: datetime) -> float:
    return (now - backlog.oldest).total_seconds() if backlog.oldest else 0


AGES: Final = (
    ("portal_newest_reading_age_seconds", "How long ago the newest reading of all metering points ends."),
    ("portal_last_import_age_seconds", "How long ago an import last came to its end."),
)
OUTBOX: Final[Sequence[tuple[str, str, Callable[[Backlog, datetime], float]]]] = (
    ("portal_outbox_waiting", "What waits to leave the house.", lambda backlog, _now: backlog.waiting),
    ("portal_outbox_oldest_seconds", "For how long the oldest of it has waited.", _age_s),
    ("portal_outbox_given_up", "What was given up in the last month.", lambda backlog, _now: backlog.given_up),
)


def _memory(processes: Sequence[int]) -> Family:
    return Family("portal_resident_memory_bytes", "gauge", "Memory by process.", resident_bytes(processes))
