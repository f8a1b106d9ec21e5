"""The words of payments that are made here."""

from enum import StrEnum


class AttemptState(StrEnum):
    """Where a payment that somebody began here stands.

    begun -> paid | cancelled | failed; a late word that money came makes the two last ones paid as well.
    paid -> refunding -> refunded, of money that came for a bill of which nothing was left to pay.
    """

    BEGUN = "begun"
    PAID = "paid"
    CANCELLED = "cancelled"  # by the payer, or refused by their bank
    FAILED = "failed"  # the service could not be reached, or never told how it ended
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class PaymentOutcome(StrEnum):
    """What a payment service says of a payment."""

    OPEN = "open"  # nothing has come yet, and it still may
    PAID = "paid"
    ENDED = "ended"  # without money: cancelled or refused
