"""The kinds of people the portal knows, and the guards that let them in."""

from dataclasses import dataclass
from uuid import UUID

from portal.auth.reach import Level, Reach, Theme
from portal.kit.access import Anyone, Guard
from portal.kit.errors import NotCovered, StepUpNeeded
from portal.kit.i18n import Language


@dataclass(frozen=True, kw_only=True)
class Customer(Anyone):
    """A signed-in customer, and how far their hand reaches now."""

    account_id: UUID
    session_id: UUID
    name: str
    reach: Reach
    acr: str
    language: Language | None = None

    @property
    def parties(self) -> frozenset[UUID]:
        """The parties whose things they may see and handle now."""
        return self.reach.parties

    @property
    def subject(self) -> str:
        """A form token is good for one session, and for whom one acted then: with a mandate its forms end too."""
        return f"{self.session_id} {self.reach.acting_for or ''}"


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


def sees(theme: Theme) -> Guard[Customer]:
    """Lets in whoever may see a matter: in their own things, or by a mandate."""
    return customer.where(f"sees {theme}", lambda who: who.reach.covers(theme), NotCovered)


def manages(theme: Theme) -> Guard[Customer]:
    """Lets in whoever may act in a matter: in their own things, or by a mandate to manage."""
    return customer.where(f"manages {theme}", lambda who: who.reach.covers(theme, Level.MANAGE), NotCovered)


def confirmed_manages(theme: Theme) -> Guard[ConfirmedCustomer]:
    """Lets in whoever may act in a matter and has just proved who they are."""
    return confirmed.where(f"confirmed, manages {theme}", lambda who: who.reach.covers(theme, Level.MANAGE), NotCovered)


decides = customer.where("decides", lambda who: who.reach.is_full, NotCovered)
"""Lets in those who decide for the customer: the customer, or whoever stands in for them in everything."""

decides_confirmed = confirmed.where("confirmed, decides", lambda who: who.reach.is_full, NotCovered)
"""The same, where they have just proved who they are."""
