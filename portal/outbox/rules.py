"""How long what leaves the house is tried again, and when it is given up."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LETTER_TRIED_FOR = timedelta(days=4)  # RFC 5321, 4.5.4.1: "at least 4-5 days"
KEPT_AFTERWARDS = timedelta(days=30)
CLAIM = timedelta(minutes=10)
"""For how long a process has what it is delivering to itself; one delivery takes less than half of it."""


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, then twice as long each time, up to an hour."""
    doublings = min(attempts - 1, 10)
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << doublings))


def is_hopeless(posted_at: datetime, now: datetime) -> bool:
    """Whether a letter has been tried for long enough. An event never is: what it tells became true."""
    return now - posted_at >= LETTER_TRIED_FOR
