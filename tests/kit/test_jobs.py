"""Jobs in rounds: nothing is left over, and nobody waits for all of it at once."""

from datetime import UTC, datetime, timedelta

from portal.kit.db import Database
from portal.kit.jobs import AT_ONCE, Done, Shift, rounds

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Heap:
    """So many things to be taken away, and how many were each time; `after` follows each taking."""

    def __init__(self, left, after=lambda: None):
        self.left, self.after, self.taken = left, after, []

    def take(self, _db, _now, most):
        self.taken.append(min(most, self.left))
        self.left -= self.taken[-1]
        self.after()
        return self.taken[-1]


def test_a_job_in_rounds_goes_on_until_one_is_not_full(sqlite_url):
    heap, shift = Heap(2 * AT_ONCE + 7), Shift(Database(sqlite_url), lambda: NOW)
    job = rounds("heap", timedelta(hours=1), heap.take)
    assert job.run(shift) == Done(2 * AT_ONCE + 7)
    assert heap.taken == [AT_ONCE, AT_ONCE, 7]
    assert job.run(shift) == Done()


def test_a_job_that_is_told_to_stop_finishes_its_round(sqlite_url):
    shift = Shift(Database(sqlite_url), lambda: NOW)
    heap = Heap(2 * AT_ONCE, shift.ending.set)
    assert rounds("heap", timedelta(hours=1), heap.take).run(shift) == Done(AT_ONCE)
    assert heap.left == AT_ONCE
