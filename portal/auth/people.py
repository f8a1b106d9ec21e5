"""The kinds of people the portal knows, and the guards that let them in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.auth import rules
from portal.auth.reach import Level, Reach, Theme
from portal.auth.rules import Way
from portal.kit.access import Anyone, Guard
from portal.kit.errors import NotCovered, StepUpNeeded
from portal.kit.i18n import Language
from portal.kit.sight import Sight


@dataclass(frozen=True, kw_only=True)
class User(Anyone):
    """Whoever is signed in, and how far their hand reaches now; whose matters they see is a party.

    way: by which they came in
    known_since: when they first came
    is_welcomed: whether they have taken the first steps, or did not want to
    """

    account_id: UUID
    session_id: UUID
    name: str
    reach: Reach
    acr: str
    known_since: datetime
    way: Way
    is_welcomed: bool = True
    language: Language | None = None

    @property
    def known_as(self) -> str | None:
        """The account, as the audit names it."""
        return str(self.account_id)

    @property
    def parties(self) -> frozenset[UUID]:
        """The parties whose things they may see and handle now."""
        return self.reach.parties

    @property
    def sight(self) -> Sight:
        """Their account, their own customer numbers, and what they may see and handle now."""
        return Sight(self.account_id, self.reach.own, self.parties, self.reach.any_sites)

    @property
    def subject(self) -> str:
        """A form token is good for one session, and for whom one acted then: with a mandate its forms end too."""
        return f"{self.session_id} {self.reach.acting_for or ''}"


@dataclass(frozen=True, kw_only=True)
class ConfirmedUser(User):
    """A user who proved who they are with their bank at most five minutes ago."""


def ask_way(method: str, path: str, person: Anyone) -> None:
    """Raise StepUpNeeded where a person's way in does not open a method at the path of a route.

    What the table of rules does not name, only the bank opens. How fresh the proof must be the guards say.
    """
    if isinstance(person, User) and not rules.is_open_to(person.way, method, path):
        raise StepUpNeeded


anyone = Guard("anyone", Anyone)
user = Guard("user", User)
confirmed_user = Guard("confirmed user", ConfirmedUser, refusal=StepUpNeeded, next_best=User)


def sees(theme: Theme) -> Guard[User]:
    """Lets in whoever may see a matter: in their own things, or by a mandate."""
    return user.where(f"sees {theme}", lambda who: who.reach.covers(theme), NotCovered)


def manages(theme: Theme) -> Guard[User]:
    """Lets in whoever may manage a matter at any site: in their own things, or by a mandate."""
    return user.where(f"manages {theme}", lambda who: who.reach.covers(theme, Level.MANAGE), NotCovered)


decides = user.where("decides", lambda who: who.reach.is_full, NotCovered)
"""Lets in those who decide for the customer: the customer, or whoever stands in for them in everything."""

decides_confirmed = confirmed_user.where("confirmed user, decides", lambda who: who.reach.is_full, NotCovered)
"""The same, where they have just proved who they are."""
