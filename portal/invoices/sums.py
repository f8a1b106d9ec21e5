"""What invoices come to by the last day that they bill: by month, by year, and where a page of a list begins."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby

from portal.kit.clock import first_of_month
from portal.kit.money import Money, total


@dataclass(frozen=True, slots=True)
class DaySum:
    """The invoices whose last day billed is one day: how many, what they come to, and what is left to pay."""

    day: date
    count: int
    total: Money
    left: Money


@dataclass(frozen=True, slots=True)
class Sum:
    """Invoices of one year that are all unpaid or all settled: how many, what they come to, and what is left to pay."""

    unpaid: bool
    year: int
    count: int
    total: Money
    left: Money


@dataclass(frozen=True, slots=True)
class Stretch:
    """Invoices that follow each other in a list, all unpaid or all settled: of some days, all but the first so many.

    Unpaid ones follow each other as they fall due, settled ones by the day, the latest first.
    """

    unpaid: bool
    first: date
    last: date
    skip: int
    limit: int


@dataclass(frozen=True, slots=True)
class InvoiceSums:
    """What invoices come to day by day, the latest first: every one, and those of a list, unpaid and settled."""

    every: Sequence[DaySum]
    unpaid: Sequence[DaySum]
    settled: Sequence[DaySum]

    @property
    def count(self) -> int:
        """How many the list holds."""
        return _count(self.unpaid) + _count(self.settled)

    @property
    def total(self) -> Money:
        """What those come to."""
        return total(day.total for day in (*self.unpaid, *self.settled))

    @property
    def years(self) -> Sequence[int]:
        """The years of which there are any, the latest first."""
        return list(dict.fromkeys(day.day.year for day in self.every))

    @property
    def by_year(self) -> Sequence[Sum]:
        """Those of the list year by year: unpaid ones first, the latest year first."""
        return [*_by_year(self.unpaid, unpaid=True), *_by_year(self.settled, unpaid=False)]

    def by_month(self, since: date) -> Mapping[date, Money]:
        """What all come to whose last day lies in each month, from a day on; months without any are left out."""
        months: defaultdict[date, Money] = defaultdict(lambda: Money(0))
        for day in self.every:
            if day.day >= since:
                months[first_of_month(day.day)] += day.total
        return dict(months)

    def stretches(self, skip: int, limit: int) -> Iterator[Stretch]:
        """Where those of a page stand: unpaid ones first, as they fall due, then the latest day first."""
        held = _count(self.unpaid)
        here = min(limit, held - skip)
        if here > 0:
            yield Stretch(unpaid=True, first=self.unpaid[-1].day, last=self.unpaid[0].day, skip=skip, limit=here)
            limit -= here
        skip = max(0, skip - held)
        here = min(limit, _count(self.settled) - skip)
        if here > 0:
            yield _stretch(self.settled, skip, here)


def by_day(days: Iterable[DaySum]) -> Sequence[DaySum]:
    """Each day once, for sums of several parties in the order of their days."""
    return [_together(day, list(those)) for day, those in groupby(days, key=lambda one: one.day)]


def others(days: Sequence[DaySum], unpaid: Sequence[DaySum]) -> Sequence[DaySum]:
    """Those of some invoices that are not among the unpaid ones: nothing is left to pay of them."""
    taken = {day.day: day for day in unpaid}
    left = (
        DaySum(day.day, day.count - off.count, day.total - off.total, Money(0)) if (off := taken.get(day.day)) else day
        for day in days
    )
    return [day for day in left if day.count]


def _together(day: date, those: Sequence[DaySum]) -> DaySum:
    if len(those) == 1:
        return those[0]
    return DaySum(day, _count(those), total(one.total for one in those), total(one.left for one in those))


def _count(days: Sequence[DaySum]) -> int:
    return sum(day.count for day in days)


def _by_year(days: Sequence[DaySum], *, unpaid: bool) -> Iterator[Sum]:
    for year in dict.fromkeys(day.day.year for day in days):
        those = [day for day in days if day.day.year == year]
        sums = total(day.total for day in those), total(day.left for day in those)
        yield Sum(unpaid, year, _count(those), *sums)


def _stretch(days: Sequence[DaySum], skip: int, limit: int) -> Stretch:
    """Where so many settled ones stand after the first so many; there are as many."""
    until = list(accumulate(day.count for day in days))
    newest, oldest = bisect_right(until, skip), bisect_left(until, skip + limit)
    earlier = until[newest] - days[newest].count
    return Stretch(unpaid=False, first=days[oldest].day, last=days[newest].day, skip=skip - earlier, limit=limit)
