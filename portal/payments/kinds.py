"""The words of payments that are made here."""

from enum import StrEnum


class AttemptState(StrEnum):
    """Where a payment that somebody began here stands.

    begun -> under-way -> paid | cancelled | failed, or past under-way; a late word that money came, or that it is on
    its way, counts of the two last ones as well.
    paid -> refunding -> refunded, of money that came for a bill of which nothing was left to pay.
    """

    BEGUN = "begun"
    UNDER_WAY = "under-way"  # made by its payer; their bank or whoever pays for them has not confirmed it yet
    PAID = "paid"
    CANCELLED = "cancelled"  # by the payer, or refused by their bank
    FAILED = "failed"  # the service could not be reached, or never told how it ended
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class PaymentOutcome(StrEnum):
    """What a payment service says of a payment."""

    OPEN = "open"  # nothing has come yet, and it still may
    UNDER_WAY = "under-way"  # the payer has done their part, and the money is still to come
    PAID = "paid"
    ENDED = "ended"  # without money: cancelled or refused
