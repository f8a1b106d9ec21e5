"""What invoices come to by day, by month and year, and where a page of a list begins."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.sums import DaySum, InvoiceSums, Stretch, Sum, by_day, others
from portal.kit.money import Money

OCTOBER, SEPTEMBER, AUGUST = date(2026, 10, 31), date(2026, 9, 30), date(2025, 8, 31)


def day(last, count, cents=0, left=0):
    return DaySum(last, count, Money(cents), Money(left))


EVERY = [day(OCTOBER, 3, 600), day(SEPTEMBER, 2, 300), day(AUGUST, 4, 100)]
UNPAID = [day(OCTOBER, 2, 500, 400)]


def test_what_is_not_unpaid_is_settled():
    assert others(EVERY, UNPAID) == [day(OCTOBER, 1, 100), day(SEPTEMBER, 2, 300), day(AUGUST, 4, 100)]
    assert others(EVERY, EVERY) == []


def test_a_day_of_several_parties_is_one_day():
    assert by_day([day(OCTOBER, 1, 5, 1), day(OCTOBER, 2, 10, 2), day(AUGUST, 1)]) == [
        day(OCTOBER, 3, 15, 3),
        day(AUGUST, 1),
    ]


def test_sums_of_years_and_months():
    sums = InvoiceSums(EVERY, UNPAID, others(EVERY, UNPAID))
    assert (sums.count, sums.total, sums.years) == (9, Money(1000), [2026, 2025])
    assert sums.by_year == [
        Sum(True, 2026, 2, Money(500), Money(400)),
        Sum(False, 2026, 3, Money(400), Money(0)),
        Sum(False, 2025, 4, Money(100), Money(0)),
    ]
    assert sums.by_month(date(2026, 1, 1)) == {date(2026, 9, 1): Money(300), date(2026, 10, 1): Money(600)}


@pytest.mark.parametrize(
    ("skip", "limit", "stretches"),
    [
        (0, 2, [Stretch(True, OCTOBER, OCTOBER, 0, 2)]),
        (1, 3, [Stretch(True, OCTOBER, OCTOBER, 1, 1), Stretch(False, SEPTEMBER, OCTOBER, 0, 2)]),
        (3, 2, [Stretch(False, SEPTEMBER, SEPTEMBER, 0, 2)]),
        (4, 9, [Stretch(False, AUGUST, SEPTEMBER, 1, 5)]),
        (9, 5, []),
    ],
)
def test_where_a_page_stands(skip, limit, stretches):
    assert [*InvoiceSums(EVERY, UNPAID, others(EVERY, UNPAID)).stretches(skip, limit)] == stretches


COUNTS = st.lists(st.integers(1, 5), max_size=6)


@given(unpaid=COUNTS, settled=COUNTS, skip=st.integers(0, 40), limit=st.integers(1, 10))
def test_a_page_is_the_same_as_of_a_list_that_is_written_out(unpaid, settled, skip, limit):
    days = [
        [day(OCTOBER - timedelta(days=place), count) for place, count in enumerate(part)] for part in (unpaid, settled)
    ]
    written_out = [
        (is_unpaid, one.day, place)
        for part, is_unpaid in zip(days, (True, False), strict=True)
        for one in part
        for place in range(one.count)
    ]
    shown = []
    for part in InvoiceSums([], *days).stretches(skip, limit):
        there = [one for one in written_out if one[0] is part.unpaid and part.first <= one[1] <= part.last]
        shown += there[part.skip : part.skip + part.limit]
    assert shown == written_out[skip : skip + limit]
