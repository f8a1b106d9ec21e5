"""What the utility lets its customers do by themselves, where the law leaves it to the utility."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class BillingTerms:
    """How often bills may come, and when they may fall due, for the asking.

    rhythms: what any customer may choose, as customers.rhythms has it
    yearly: kinds of contracts, as contracts.kinds has them, whose terms let their bills come once a year
    due_days: days of the month on which bills may fall due
    """

    rhythms: tuple[str, ...] = ("monthly", "two-months", "quarterly")
    yearly: frozenset[str] = frozenset()
    due_days: tuple[int, ...] = (1, 5, 10, 15, 20, 25)


USUAL: Final = BillingTerms()


@dataclass(frozen=True)
class PaymentTerms:
    """How far a bill may be paid later, for the asking, and how bills come.

    days: by how many days a due date is moved at most
    late_days: until how many days after the due date that may be asked
    parts: in how many monthly parts a bill is paid at most
    parts_late_days: until how many days after the due date parts may be asked for
    """

    days: int
    late_days: int
    parts: int
    parts_late_days: int
    billing: BillingTerms = USUAL
