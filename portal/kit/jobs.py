"""What runs by the clock, beside the pages: jobs, each in its own rhythm, none stopped by another's failure."""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from portal.kit.db import Database

AT_ONCE: Final = 500

log = logging.getLogger("portal.jobs")


@dataclass(frozen=True)
class Done:
    """What came of a job: how many things were done, and how many could not be."""

    done: int = 0
    failed: int = 0

    def __add__(self, other: "Done") -> "Done":
        """Both together."""
        return Done(self.done + other.done, self.failed + other.failed)


@dataclass(frozen=True)
class Shift:
    """What a job works with: the database, the time, and word that it is to stop after what it has in hand."""

    database: Database
    now: Callable[[], datetime]
    ending: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Job:
    """Work that is looked after every so often."""

    name: str
    every: timedelta
    run: Callable[[Shift], Done]


def chore(name: str, every: timedelta, tidy: Callable[[Session, datetime], int | None]) -> Job:
    """A job that is one transaction; what it returns is how many things it did."""

    def run(shift: Shift) -> Done:
        with shift.database.writing() as db:
            return Done(tidy(db, shift.now()) or 0)

    return Job(name, every, run)


def rounds(name: str, every: timedelta, tidy: Callable[[Session, datetime, int], int]) -> Job:
    """A job in rounds of at most so many things, each a transaction of its own: nobody waits long for the database.

    `tidy` is told how many at most and returns how many it did; a round that is not full is the last one.
    """

    def run(shift: Shift) -> Done:
        came = Done()
        while not shift.ending.is_set():
            with shift.database.writing() as db:
                done = tidy(db, shift.now(), AT_ONCE)
            came += Done(done)
            if done < AT_ONCE:
                break
        return came

    return Job(name, every, run)


def once(jobs: Sequence[Job], shift: Shift) -> Mapping[str, Done]:
    """Run each job one time; what came of it, by name."""
    return {job.name: _run(job, shift) for job in jobs if not shift.ending.is_set()}


def until_told(jobs: Sequence[Job], shift: Shift) -> None:
    """Run each job in its rhythm until the shift ends."""
    due = {job.name: shift.now() for job in jobs}
    while not shift.ending.is_set():
        for job in jobs:
            if due[job.name] <= shift.now() and not shift.ending.is_set():
                _run(job, shift)
                due[job.name] = shift.now() + job.every
        shift.ending.wait(max(0.0, (min(due.values()) - shift.now()).total_seconds()))


def _run(job: Job, shift: Shift) -> Done:
    try:
        came = job.run(shift)
    except Exception:
        log.exception(json.dumps({"event": "job failed", "job": job.name}))
        return Done(failed=1)
    if came.done or came.failed:
        log.info(json.dumps({"event": "job", "job": job.name, "done": came.done, "failed": came.failed}))
    return came
