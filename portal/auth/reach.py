"""How far a person's hand reaches now: whose things, in which matters, at which sites, to see or to manage."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal.kit.i18n import Text, text


class Theme(StrEnum):
    """What somebody may be let into."""

    BILLING = "billing"
    CONSUMPTION = "consumption"
    CONTRACTS = "contracts"
    MOVES = "moves"


class Level(StrEnum):
    """How far they may go there."""

    SEE = "see"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one mandate opens: some matters, at some sites (None for all), to see only or to manage as well."""

    themes: frozenset[Theme]
    sites: frozenset[UUID] | None
    level: Level

    @property
    def is_full(self) -> bool:
        """Whether nothing is left out: whoever holds it stands in for its giver in everything."""
        return self.themes == frozenset(Theme) and self.sites is None and self.level is Level.MANAGE

    def covers(self, theme: Theme, level: Level) -> bool:
        """Whether it opens a matter at any site; who may manage may see."""
        return theme in self.themes and (level is Level.SEE or self.level is Level.MANAGE)


EVERYTHING: Final = Grant(frozenset(Theme), None, Level.MANAGE)


@dataclass(frozen=True, slots=True)
class NamedParty:
    """A party as the register names it, and whether it is the person; the address is None where none is kept."""

    id: UUID
    customer_number: str
    kind: str
    name: str
    street: str | None
    postcode: str | None
    town: str | None
    is_own: bool

    @property
    def is_company(self) -> bool:
        """Whether it is a company."""
        return self.kind == "company"

    @property
    def subtitle(self) -> Text:
        """What stands under its name where one chooses for whom to act."""
        if self.is_own:
            return text("Your own matters")
        if self.is_company:
            return text("Company %(number)s", number=self.customer_number)
        return text("Customer %(number)s", number=self.customer_number)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose things a person may see and handle now, and how far.

    In one's own matters these are all one's customer numbers, and everything; on behalf of another it is that one
    party, and what their mandates in force open together.

    behind: the customer numbers of whoever acts for another
    choices: whom they may act for: themselves, under their first customer number, then everybody with a mandate
    """

    parties: frozenset[UUID]
    grants: tuple[Grant, ...] = (EVERYTHING,)
    acting_for: UUID | None = None
    behind: frozenset[UUID] = frozenset()
    choices: tuple[NamedParty, ...] = field(default=(), compare=False)

    @property
    def party(self) -> NamedParty | None:
        """The party that stands for all of them: of one's own customer numbers the first; None for a stranger."""
        return next((party for party in self.choices if party.id in self.parties), None)

    @property
    def own(self) -> frozenset[UUID]:
        """The person who is signed in, under each of their customer numbers, whomever they act for now."""
        return self.parties if self.acting_for is None else self.behind

    @property
    def is_full(self) -> bool:
        """Whether nothing is left out."""
        return any(grant.is_full for grant in self.grants)

    @property
    def may_pass_on(self) -> bool:
        """Whether they may let others act: for themselves, or for a company that they administer.

        What one person lets another do is passed on to nobody.
        """
        return self.acting_for is None or (self.is_full and self.party is not None and self.party.is_company)

    @property
    def any_sites(self) -> frozenset[UUID] | None:
        """The sites at which any matter is open, None for all."""
        return _together(self.grants)

    def covers(self, theme: Theme, level: Level = Level.SEE) -> bool:
        """Whether a matter is open at any site."""
        return any(grant.covers(theme, level) for grant in self.grants)

    def sites(self, theme: Theme, level: Level = Level.SEE) -> frozenset[UUID] | None:
        """The sites at which a matter is open, None for all; none at all where it is closed."""
        return _together(grant for grant in self.grants if grant.covers(theme, level))

    def sees_at(self, theme: Theme, site: UUID) -> bool:
        """Whether a matter is open to be seen at a site."""
        open_at = self.sites(theme)
        return open_at is None or site in open_at

    def sites_of_any(self, themes: Iterable[Theme]) -> frozenset[UUID] | None:
        """The sites at which one of several matters is open to be seen, None for all."""
        return _together(grant for theme in themes for grant in self.grants if grant.covers(theme, Level.SEE))


def _together(grants: Iterable[Grant]) -> frozenset[UUID] | None:
    found: set[UUID] = set()
    for grant in grants:
        if grant.sites is None:
            return None
        found |= grant.sites
    return frozenset(found)
