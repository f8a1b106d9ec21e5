"""What runs by the clock: customers are written to when an outage at their sites is news."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from portal.kit.jobs import Done, Job, Shift
from portal.outages.letters import Contactable, Sender, tell

OFTEN = timedelta(seconds=30)


def telling(sender: Sender, wanting: Contactable) -> Job:
    """Writes of each outage of which something is news, one transaction each."""
    return Job("outages.tell", OFTEN, partial(_tell_all, partial(tell, sender=sender, wanting=wanting)))


def _tell_all(tell_next: Callable[..., int], shift: Shift) -> Done:
    came = Done()
    while not shift.ending.is_set():
        with shift.database.writing() as db:
            done = tell_next(db, now=shift.now())
        if not done:
            break
        came += Done(done)
    return came
