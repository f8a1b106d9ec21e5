"""Decisions about payments that are made here: how one ends, which of them the utility's books lack, what goes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from portal.kit.money import Money
from portal.payments.kinds import AttemptState, PaymentOutcome

CURRENCY: Final = "EUR"
ASKED_AFTER: Final = timedelta(minutes=10)  # a payer is usually back by then, and the service has called
ENDED_AFTER: Final = timedelta(hours=24)
"""When a payment that its service still calls open is given up here; money that comes later counts all the same."""
STUCK_AFTER: Final[Mapping[AttemptState, timedelta]] = {
    AttemptState.REFUNDING: timedelta(days=1),
    AttemptState.UNDER_WAY: timedelta(days=14),
}
"""After how long somebody must look at a payment: a refund of which nobody knows, one that is under way for ever."""

NEXT: Final = {
    (AttemptState.BEGUN, PaymentOutcome.UNDER_WAY): AttemptState.UNDER_WAY,
    (AttemptState.BEGUN, PaymentOutcome.PAID): AttemptState.PAID,
    (AttemptState.BEGUN, PaymentOutcome.ENDED): AttemptState.CANCELLED,
    (AttemptState.UNDER_WAY, PaymentOutcome.PAID): AttemptState.PAID,
    (AttemptState.UNDER_WAY, PaymentOutcome.ENDED): AttemptState.CANCELLED,
    (AttemptState.CANCELLED, PaymentOutcome.UNDER_WAY): AttemptState.UNDER_WAY,
    (AttemptState.CANCELLED, PaymentOutcome.PAID): AttemptState.PAID,
    (AttemptState.FAILED, PaymentOutcome.UNDER_WAY): AttemptState.UNDER_WAY,
    (AttemptState.FAILED, PaymentOutcome.PAID): AttemptState.PAID,
}


@dataclass(frozen=True, slots=True)
class Due:
    """What was asked of a payment service: of which payment, by its name there if it has one yet, and how much."""

    transaction: str | None
    cents: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a payment service says of a payment, its signature right: its name there, how it stands, how much."""

    transaction: str
    outcome: PaymentOutcome
    cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaidHere:
    """A payment that was made here: its name at the service, how much, on which day it began.

    booked_before: numbers of the payments that the books held already when it began
    """

    transaction: str
    amount: Money
    on: date
    booked_before: frozenset[str] = frozenset()

    def may_be(self, entry: "Booked") -> bool:
        """Whether a booked payment of another name may be this one: as much, not booked before it, on no earlier day.

        Banks book by days of their own, so one day of difference is none.
        """
        is_later = entry.number not in self.booked_before and self.on <= entry.on + _A_DAY
        return is_later and self.amount == entry.amount


@dataclass(frozen=True, slots=True)
class Booked:
    """A payment of the same bill as the utility's books have it: the bank's archive number, how much, on which day."""

    number: str
    amount: Money
    on: date


def next_state(state: AttemptState, outcome: PaymentOutcome) -> AttemptState:
    """Where a payment stands after what its service says; what is said twice, or too late, changes nothing."""
    return NEXT.get((state, outcome), state)


def agrees(due: Due, told: Told) -> bool:
    """Whether what a service says is about what was asked of it: the same payment, amount and currency."""
    is_the_same = due.transaction in (None, told.transaction)
    return is_the_same and due.cents == told.cents and told.currency == CURRENCY


def not_yet_booked(paid: Sequence[PaidHere], booked: Sequence[Booked]) -> Sequence[PaidHere]:
    """Those payments of a bill that the utility's books do not hold yet, in their order.

    A booked payment stands for one of them: the one whose name at the service is its archive number, else the earliest
    that it may be. Whichever may be fewest of them chooses first, so that as many as can be are found booked.
    """
    left = list(paid)
    others = []
    for entry in booked:
        named = next((one for one in left if one.transaction == entry.number), None)
        if named is None:
            others.append(entry)
        else:
            left.remove(named)
    for entry in sorted(others, key=lambda entry: sum(one.may_be(entry) for one in left)):
        alike = next((one for one in left if one.may_be(entry)), None)
        if alike is not None:
            left.remove(alike)
    return left


def goes_back(left: Money, *, is_booked: bool) -> bool:
    """Whether money that has just come goes back to its payer: nothing was left of the bill, and not because of it.

    left: what the bill asks for beside this payment
    is_booked: whether the utility's books hold this payment already, as they may when its service calls late
    """
    return left <= Money(0) and not is_booked


_A_DAY: Final = timedelta(days=1)
