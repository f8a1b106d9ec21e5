"""Which rows are for somebody to see: those of their parties, at the sites at which a matter is open to them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression
from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.kit.db import within
from portal.kit.questions import Question, any_of, any_of_if_told

R = TypeVar("R")
PARTIES: Final = "parties"
SITES: Final = "sites"


class ScopedQuestion(Generic[R]):
    """A question about rows of a scope: whoever asks is told of those that they may see, and of no others."""

    def __init__(self, question: Question[R], themes: Collection[Theme]) -> None:
        """Take a question to which parties and sites are given; `Scope.question` makes it."""
        self._question, self._themes = question, themes

    def all(self, db: Session, who: User, **given: Any) -> list[R]:  # noqa: ANN401 - as many kinds as columns have
        """Every answer, as `Question.all` gives them."""
        return self._question.all(db, **self._told(who), **given)

    def first(self, db: Session, who: User, **given: Any) -> R | None:  # noqa: ANN401
        """The first answer, as `Question.first` gives it."""
        return self._question.first(db, **self._told(who), **given)

    def one(self, db: Session, who: User, **given: Any) -> R:  # noqa: ANN401
        """The only answer, as `Question.one` gives it."""
        return self._question.one(db, **self._told(who), **given)

    def _told(self, who: User) -> Mapping[str, Any]:
        return {PARTIES: who.parties, SITES: who.reach.sites_of_any(self._themes)}


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Rows with a party and a site, of which any of some matters opens the site; its condition stands here alone."""

    party: SQLColumnExpression[UUID]
    site: SQLColumnExpression[Any]
    themes: Collection[Theme]

    @property
    def own(self) -> ColumnElement[bool]:
        """The condition of a question, for a part of its statement; what it names is told by whoever asks."""
        return any_of(self.party, PARTIES) & any_of_if_told(self.site, SITES)

    def question(self, into: Callable[..., R], statement: Select[*tuple[Any, ...]]) -> ScopedQuestion[R]:
        """A question about these rows: a statement that selects from them, and what a row of it becomes."""
        return ScopedQuestion(Question(into, statement.where(self.own)), self.themes)

    def visible_to(self, who: User) -> ColumnElement[bool]:
        """The same condition for a plain `select()`."""
        return self.party.in_(who.parties) & within(self.site, who.reach.sites_of_any(self.themes))
