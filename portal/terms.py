"""What the utility lets its customers do by themselves, where the law leaves it to the utility."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaymentTerms:
    """How far a bill may be paid later, for the asking.

    days: by how many days a due date is moved at most
    late_days: until how many days after the due date that may be asked
    parts: in how many monthly parts a bill is paid at most
    parts_late_days: until how many days after the due date parts may be asked for
    """

    days: int
    late_days: int
    parts: int
    parts_late_days: int
