"""The kinds of people the portal knows, and the guards that let them in."""

from dataclasses import dataclass
from uuid import UUID

from portal.kit.access import Anyone, Guard
from portal.kit.errors import StepUpNeeded
from portal.kit.i18n import Language


@dataclass(frozen=True, kw_only=True)
class Customer(Anyone):
    """A signed-in customer, and the parties whose things they may see and handle now."""

    account_id: UUID
    session_id: UUID
    name: str
    parties: frozenset[UUID]
    acr: str
    language: Language | None = None

    @property
    def subject(self) -> str:
        """A form token is good for one session."""
        return str(self.session_id)


@dataclass(frozen=True, kw_only=True)
class ConfirmedCustomer(Customer):
    """A customer who proved who they are with their bank at most five minutes ago."""


@dataclass(frozen=True, kw_only=True)
class Staff(Anyone):
    """A signed-in employee of the utility."""

    account_id: UUID
    session_id: UUID
    name: str

    @property
    def subject(self) -> str:
        """A form token is good for one session."""
        return str(self.session_id)


anyone = Guard("anyone", Anyone)
customer = Guard("customer", Customer)
confirmed = Guard("confirmed", ConfirmedCustomer, refusal=StepUpNeeded, next_best=Customer)
