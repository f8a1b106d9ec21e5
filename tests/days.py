"""The day on which portals of tests live, so that they show the same on every later day: the day of the seeded demo.

What is seeded ends one day (mandates, authorisations), and a chart of today is another one at the first of a month.
"""

from datetime import date, datetime, timedelta

from portal.kit import clock

UNTIL = date(2026, 11, 21)  # the first day without readings
BEGAN = clock.now()


def now() -> datetime:
    """Noon of that day, and as much later as these tests have run."""
    return clock.start_of(UNTIL) + timedelta(hours=12) + (clock.now() - BEGAN)
