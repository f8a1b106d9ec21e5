"""Rights to act for others as pages tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.auth.reach import Grant, Level, Theme
from portal.customers.models import Mandate, MandateEnd, Party
from portal.customers.words import THEMES, theme_words, themes_of
from portal.kit.clock import day_of
from portal.kit.i18n import Text
from portal.kit.labels import Label
from portal.organisation import labels
from portal.organisation.rules import RightState, state


@dataclass(frozen=True, slots=True)
class SiteName:
    """A site that a right is limited to."""

    street: str
    town: str


@dataclass(frozen=True, slots=True)
class Right:
    """A right to act for another party, and the name of the other side of it; sites are None for all of them.

    customer_number: of the other side; None for a holder whom the register does not know
    ended_at: when it was ended here
    """

    id: UUID
    party_id: UUID | None
    name: str
    customer_number: str | None
    themes: frozenset[Theme]
    level: Level
    sites: tuple[SiteName, ...] | None
    valid_from: date
    valid_to: date | None
    ended_at: datetime | None = None

    @property
    def theme_words(self) -> Sequence[Text]:
        """The matters that it opens, in the order of `THEMES`."""
        return theme_words(self.themes)

    @property
    def level_label(self) -> Label:
        """How far it goes in them."""
        return labels.LEVELS[self.level]

    @property
    def is_full(self) -> bool:
        """Whether nothing is left out."""
        return Grant(self.themes, None if self.sites is None else frozenset(), self.level).is_full

    @property
    def levels(self) -> Sequence[Label | None]:
        """How far it goes in each matter, in the order of `THEMES`; None where it does not open it."""
        return [labels.LEVELS[self.level] if theme in self.themes else None for theme in THEMES]

    @property
    def last_day(self) -> date | None:
        """The day on which it was ended, or the last one that it holds; None without an end."""
        return day_of(self.ended_at) if self.ended_at else self.valid_to

    def where(self, every: int | None = None) -> Text:
        """At which sites it holds; `every` is how many there are, where that may be told."""
        if self.sites is None:
            return labels.all_sites(every)
        return labels.some_sites(len(self.sites), {site.town for site in self.sites if site.town})

    def state(self, today: date) -> RightState:
        """How it stands on a day."""
        return RightState.ENDED if self.ended_at else state(self.valid_from, self.valid_to, today)

    def label(self, today: date) -> Label:
        """The same in words."""
        return labels.STATES[self.state(today)]


def right(mandate: Mandate, party: Party | None, end: MandateEnd | None, limits: Sequence[SiteName]) -> Right:
    """A right of a mandate, of the party on its other side, of how it ended and of its sites."""
    return Right(
        id=mandate.id,
        party_id=party.id if party else None,
        name=party.name if party else mandate.holder_name or "",
        customer_number=party.customer_number if party else None,
        themes=themes_of(mandate.themes),
        level=Level(mandate.level),
        sites=None if mandate.every_site else tuple(limits),
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
        ended_at=end.at if end else None,
    )
