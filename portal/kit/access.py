"""Who may come in: a guard turns a visitor into the kind of person that a page asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from portal.kit.errors import Problem, SignInNeeded


@dataclass(frozen=True)
class Anyone:
    """Nobody in particular: signed in or not."""

    @property
    def subject(self) -> str:
        """Whom a form token is made out to: a session, or nobody in particular."""
        return "anyone"


P = TypeVar("P", bound=Anyone)


@dataclass(frozen=True)
class Guard(Generic[P]):
    """Lets in people of one kind, and says what is missing for the others."""

    name: str
    kind: type[P]
    refusal: Callable[[], Problem] = SignInNeeded
    next_best: "type[Anyone] | None" = None

    def admit(self, person: Anyone) -> P:
        """The person, now known to be of the asked kind.

        Somebody of the `next_best` kind gets the guard's own refusal (prove it again); everybody else must sign in.
        """
        if isinstance(person, self.kind):
            return person
        if self.next_best is None or isinstance(person, self.next_best):
            raise self.refusal()
        raise SignInNeeded
