"""Who may come in: a guard turns a visitor into the kind of person that a page asks for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from portal.kit.errors import Problem, SignInNeeded
from portal.kit.sight import NOTHING, Sight


@dataclass(frozen=True)
class Anyone:
    """Nobody in particular: signed in or not."""

    @property
    def subject(self) -> str:
        """Whom a form token is made out to: a session, or nobody in particular."""
        return "anyone"

    @property
    def sight(self) -> Sight:
        """How far a transaction of theirs sees, on a database that keeps to it."""
        return NOTHING

    @property
    def known_as(self) -> str | None:
        """Under which id of ours the log may name them; None for who is not known."""
        return None


P = TypeVar("P", bound=Anyone)


@dataclass(frozen=True)
class Condition:
    """What must hold for a person beside their kind, and what they are told where it does not."""

    holds: Callable[[Any], bool]  # asked of people of the guard's kind, and of the next best one
    refusal: Callable[[], Problem]


@dataclass(frozen=True)
class Guard(Generic[P]):
    """Lets in people of one kind, and says what is missing for the others."""

    name: str
    kind: type[P]
    refusal: Callable[[], Problem] = SignInNeeded
    next_best: type[Anyone] | None = None
    condition: Condition | None = None

    def where(self, name: str, holds: Callable[[Any], bool], refusal: Callable[[], Problem]) -> "Guard[P]":
        """The same guard, letting in only those for whom something holds besides."""
        return replace(self, name=name, condition=Condition(holds, refusal))

    def admit(self, person: Anyone) -> P:
        """The person, now known to be of the asked kind.

        Somebody of the `next_best` kind gets the guard's own refusal (prove it again), but not before the condition
        holds: nobody goes to their bank in vain. Everybody else must sign in.
        """
        if not isinstance(person, self.next_best or self.kind):
            raise self.refusal() if self.next_best is None else SignInNeeded
        if self.condition is not None and not self.condition.holds(person):
            raise self.condition.refusal()
        if not isinstance(person, self.kind):
            raise self.refusal()
        return person
