"""Standard compensation for long outages, and when customers are to be told of one again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final

from portal.kit.clock import day_of, start_of
from portal.kit.money import Money, rounded
from portal.outages.kinds import OutageState

RECENT: Final = timedelta(days=7)
"""How long after its end an outage is still news to customers: what a first load tells of years ago is none."""

SETTLED: Final = timedelta(days=183)
"""How long after its end billing is told of a right: compensation is paid within six months (section 100)."""

CAP: Final = Money(200_000)
CAP_PERCENT: Final = 200
"""Compensation of a calendar year is at most 200 % of the annual network fee, and at most 2 000 euros."""


@dataclass(frozen=True, slots=True)
class Step:
    """From how many hours on an outage gives a right to how many per cent of the annual network fee."""

    hours: int
    percent: int


STEPS: Final[Sequence[tuple[date, Sequence[Step]]]] = (
    (
        date(2024, 1, 1),
        (Step(288, 200), Step(120, 150), Step(72, 100), Step(48, 50), Step(24, 25), Step(12, 10)),
    ),
    (
        date(2013, 9, 1),
        (Step(288, 200), Step(192, 150), Step(120, 100), Step(72, 50), Step(24, 25), Step(12, 10)),
    ),
)
"""Electricity Market Act 588/2013, section 100(2): as it was made, and as Act 730/2021 changed it from 2024 on.

The newest stand first. An outage that lasts over the change has the steps of the day on which it ends.
"""


@dataclass(frozen=True, slots=True)
class Lasting:
    """An outage that gives a right to compensation, as far as one site felt it.

    year_fee: what the network costs the site in a year, with VAT
    """

    starts_at: datetime
    ended_at: datetime
    year_fee: Money

    @property
    def lasted(self) -> timedelta:
        """How long it lasted."""
        return self.ended_at - self.starts_at

    def by_year(self) -> Iterator[tuple[int, Decimal]]:
        """The calendar years of Helsinki in which it lies, and what share of it lies in each."""
        first, last = day_of(self.starts_at).year, day_of(self.ended_at).year
        for year in range(first, last + 1):
            begins = max(self.starts_at, start_of(date(year, 1, 1)))
            ends = min(self.ended_at, start_of(date(year + 1, 1, 1)))
            yield year, Decimal((ends - begins) // timedelta(seconds=1)) / max(1, self.lasted // timedelta(seconds=1))


def percent(lasted: timedelta, ended_on: date) -> int:
    """How many per cent of the annual network fee an outage gives a right to; 0 for one of less than 12 hours.

    Electricity Market Act 588/2013, section 100(2).
    """
    steps = next((steps for since, steps in STEPS if since <= ended_on), ())
    return next((step.percent for step in steps if lasted >= timedelta(hours=step.hours)), 0)


def compensations(outages: Sequence[Lasting]) -> Sequence[Money]:
    """The standard compensation of each outage of one site, in the order of time.

    What those of one calendar year come to is limited (section 100(3)); one that lasts over New Year counts in each
    year by its share. The company may owe less where it shows that it could not have helped it (section 100(1)).
    """
    given: dict[int, Decimal] = {}
    found = []
    for outage in outages:
        whole = Decimal(outage.year_fee.cents) * percent(outage.lasted, day_of(outage.ended_at)) / 100
        most = min(Decimal(outage.year_fee.cents) * CAP_PERCENT / 100, Decimal(CAP.cents))
        owed = Decimal(0)
        for year, share in outage.by_year():
            part = min(whole * share, max(Decimal(0), most - given.get(year, Decimal(0))))
            given[year] = given.get(year, Decimal(0)) + part
            owed += part
        found.append(rounded(owed))
    return found


def says(state: OutageState, *times: datetime | None) -> str:
    """What customers are told of an outage that stands so: a letter is worth writing when this has changed."""
    return " ".join((state, *(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" if at else "-" for at in times)))


def with_sites(said: str, sites: Iterable[str], *, compensated: bool) -> str:
    """The same with what else makes it news: which sites it names, and whether it is compensated."""
    named = sha256("\n".join(sorted(sites)).encode()).hexdigest()[:16]
    return f"{said} {named} {'yes' if compensated else 'no'}"


def said_of(whole: str) -> str:
    """What customers are told, of the whole."""
    return whole.rsplit(" ", 2)[0]
