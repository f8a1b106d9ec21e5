"""A payment that was begun here, as its page and that of its bill tell it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.kit.labels import Label
from portal.kit.money import Money
from portal.payments import labels
from portal.payments.kinds import AttemptState


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment that was begun here.

    transaction, href: its name and its page at the payment service, None until the service has answered
    paid_at: None where no money came
    """

    id: UUID
    invoice_id: UUID
    amount: Money
    state: AttemptState
    transaction: str | None
    href: str | None
    begun_at: datetime
    paid_at: datetime | None

    @property
    def label(self) -> Label:
        """Where it stands, in words."""
        return labels.STATES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether its money may still come."""
        return self.state in (AttemptState.BEGUN, AttemptState.UNDER_WAY)

    @property
    def is_under_way(self) -> bool:
        """Whether its payer has done their part, so that nobody may end it."""
        return self.state is AttemptState.UNDER_WAY
