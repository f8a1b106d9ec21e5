"""Decisions about bills: where one stands on a day, and what is left to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.invoices import banking_days
from portal.kit.money import Money, total

NOTHING: Final = Money(0)
SOON: Final = timedelta(days=7)
A_YEAR_APART: Final = timedelta(days=10)  # how far the days of bills a year apart may differ


class Status(StrEnum):
    """Where a bill stands.

    Credited is a bill that credit notes take off as a whole, whether it was paid or not. A credit note waits (credit)
    until its money has gone back or been set off (credited).
    """

    OPEN = "open"
    DUE_SOON = "due-soon"
    LATE = "late"
    PARTLY_PAID = "partly-paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    NOTHING = "nothing"  # nothing was asked for, and nothing came
    CREDIT = "credit"
    CREDITED = "credited"
    DISPUTED = "disputed"  # all that is left is disputed, and waits for the utility's answer
    COLLECTION = "collection"  # whoever collects it asks for what is left
    BOOKING = "booking"  # what was left has been paid here, and the books do not have it yet


def status(total: Money, paid: Money, credited: Money, due_on: date, today: date) -> Status:
    """Where a bill stands on a day; one that is late is so even when a part of it was paid.

    credited: what credit notes take off the bill, as an amount that is not negative
    """
    if total.cents < 0:
        return Status.CREDITED if paid <= total else Status.CREDIT
    if paid > total:
        return Status.OVERPAID
    if is_credited(total, credited):
        return Status.CREDITED
    if paid == total:
        return Status.PAID if total else Status.NOTHING
    return _unpaid_status(paid, due_on, today)


def last_late_day(today: date) -> date:
    """The latest due date that is over today; one that is no banking day is kept by paying on the next."""
    return banking_days.on_or_before(today - timedelta(days=1))


def is_late(due_on: date, today: date) -> bool:
    """Whether a due date is over."""
    return due_on <= last_late_day(today)


def is_credited(total: Money, credited: Money) -> bool:
    """Whether credit notes take off all that a bill asked for."""
    return Money(0) < total <= credited


def left_to_pay(total: Money, paid: Money, credited: Money) -> Money:
    """What is still to be paid; never negative.

    Nothing of a credit note, whatever was paid back for it, and nothing of a bill that was credited as a whole. What a
    credit note takes off a part of a bill comes as a payment when the billing system sets it off.
    """
    if total.cents < 0 or is_credited(total, credited):
        return Money(0)
    return Money(max(0, total.cents - paid.cents))


@dataclass(frozen=True, slots=True)
class Shares:
    """What is left to pay of a bill, shared out: these add up to it, and none is negative.

    asked: what its customer is to pay to us
    on_the_way: what was paid here, and the books do not have yet
    disputed: what waits for the utility's answer
    collected: what whoever collects it asks for, and no longer we
    """

    asked: Money
    on_the_way: Money
    disputed: Money
    collected: Money


def shared_out(left: Money, on_the_way: Money, disputed: Money, *, is_in_collection: bool) -> Shares:
    """Who asks for what of that which is left to pay.

    What is disputed need not be paid while it is handled, and is neither reminded of nor collected (Collection Act
    513/1999, good collection practice); what is not disputed falls due as it did. What is in collection is paid to
    whoever collects it, who knows its costs and interest: it is not paid here, and its due date does not move.
    """
    booked = min(left, on_the_way)
    waits = min(left - booked, disputed)
    rest = left - booked - waits
    return Shares(NOTHING, booked, waits, rest) if is_in_collection else Shares(rest, booked, waits, NOTHING)


def shared_out_together(left: Money, aside: Sequence[Shares]) -> Shares:
    """What is left to pay of many bills, shared out; of those that are not told of all is asked for."""
    booked = total(one.on_the_way for one in aside)
    disputed, collected = total(one.disputed for one in aside), total(one.collected for one in aside)
    return Shares(left - booked - disputed - collected, booked, disputed, collected)


def too_much(total: Money, paid: Money) -> Money:
    """What came beyond what was asked for; nothing of a credit note."""
    return Money(max(0, paid.cents - total.cents) if total.cents >= 0 else 0)


def years_before(day: date, years: int) -> date:
    """The same day some years before; the 28th for a leap day."""
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def year_before(day: date) -> date:
    """The same day a year before."""
    return years_before(day, 1)


def is_a_year_later(first: date, last: date, earlier_first: date, earlier_last: date) -> bool:
    """Whether a period is about the same days as another, a year later."""
    begins, ends = year_before(first) - earlier_first, year_before(last) - earlier_last
    return abs(begins) <= A_YEAR_APART and abs(ends) <= A_YEAR_APART


def _unpaid_status(paid: Money, due_on: date, today: date) -> Status:
    if is_late(due_on, today):
        return Status.LATE
    if paid:
        return Status.PARTLY_PAID
    return Status.DUE_SOON if due_on <= today + SOON else Status.OPEN
