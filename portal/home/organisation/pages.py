"""Who may do what: the rights that a party gave, the party's facts, people and groups; or one's own right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Final

from portal.auth.people import User, user
from portal.auth.reach import Level
from portal.customers import words
from portal.customers.models import PartyKind
from portal.home.organisation import queries
from portal.home.organisation.queries import Contact, Facts, Right, SiteName
from portal.home.organisation.rules import RightState, state
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.labels import Label
from portal.kit.web import Visit, page
from portal.sites import queries as sites

FEW_TOWNS: Final = 2


LEVELS: Final[Mapping[Level, Label]] = {
    Level.SEE: Label(words.LEVELS[Level.SEE], icon="eye"),
    Level.MANAGE: Label(words.LEVELS[Level.MANAGE], icon="key-round", tone="brand"),
}
STATES: Final[Mapping[RightState, Label]] = {
    RightState.IN_FORCE: Label(text("In force"), icon="check", tone="ok"),
    RightState.ENDS_SOON: Label(text("Ends soon"), icon="clock", tone="warn"),
    RightState.COMING: Label(text("Starts later"), icon="calendar-days", tone="brand"),
    RightState.ENDED: Label(text("Ended"), icon="minus"),
}


@dataclass(frozen=True)
class RightShown:
    """A right in words: a level or nothing for each theme, where, and how it stands.

    named: the sites it is limited to, where they may be named
    """

    right: Right
    levels: Sequence[Label | None]
    sites: Text
    state: RightState
    named: Sequence[SiteName]

    @property
    def label(self) -> Label:
        """How it stands."""
        return STATES[self.state]


@dataclass(frozen=True)
class Town:
    """The sites of a town, as a group."""

    name: str
    count: int


@dataclass(frozen=True)
class Organisation(Page):
    """Rights to act for others, as far as the person may know of them.

    decides: whether the person decides for the party
    company: the company acted for, None for persons
    own: the rights by which the person acts now
    """

    template = "organisation/show.html"
    decides: bool
    company: Facts | None
    themes: Sequence[Text]
    given: Sequence[RightShown]
    in_force: int
    received: Sequence[RightShown]
    own: Sequence[RightShown]
    people: Sequence[Contact]
    towns: Sequence[Town]
    count: int


def show(visit: Visit[User]) -> Organisation:
    """Everything to whoever decides for the party; to others their own right and nothing of anybody else's."""
    db, who, today = visit.db, visit.who, visit.today
    decides = who.reach.is_full
    company = next((party for party in queries.facts(db, who) if party.kind == PartyKind.COMPANY), None)
    towns = _towns(visit) if decides else []
    count = sum(town.count for town in towns)
    given = sorted((_shown(right, count, today) for right in queries.given(db, who)), key=_is_over)
    return Organisation(
        decides=decides,
        company=company,
        themes=list(words.THEMES.values()),
        given=given,
        in_force=sum(one.state in {RightState.IN_FORCE, RightState.ENDS_SOON} for one in given),
        received=sorted((_without_sites(right, today) for right in queries.received(db, who)), key=_is_over),
        own=[_shown(right, None, today) for right in queries.own(db, who, today)],
        people=queries.contacts(db, who) if company else [],
        towns=towns if company else [],
        count=count,
    )


def _shown(right: Right, every: int | None, today: date) -> RightShown:
    levels = [LEVELS[right.level] if theme in right.themes else None for theme in words.THEMES]
    stands = state(right.valid_from, right.valid_to, today)
    return RightShown(right, levels, _where(right.sites, every), stands, right.sites or ())


def _without_sites(right: Right, today: date) -> RightShown:
    """A right that one may act by: the sites are the other party's, and are named when one acts for them."""
    return replace(_shown(right, None, today), named=())


def _is_over(shown: RightShown) -> bool:
    return shown.state is RightState.ENDED


def _where(limits: Sequence[SiteName] | None, every: int | None) -> Text:
    """`All 240`, `Tampere, 58`, `90 in 5 towns`."""
    if limits is None:
        return text("All %(n)s", n=every) if every else text("All sites")
    towns = sorted({site.town for site in limits})
    if len(towns) <= FEW_TOWNS:
        return text("%(towns)s, %(n)s", towns=", ".join(towns), n=len(limits))
    return text("%(n)s in %(towns)s towns", towns=len(towns), n=len(limits))


def _towns(visit: Visit[User]) -> Sequence[Town]:
    held = sorted(place.town for place in sites.places(visit.db, visit.who, visit.today) if place.is_held)
    towns = [Town(name, len(list(same))) for name, same in groupby(held)]
    return sorted(towns, key=lambda town: (-town.count, town.name))


routes = [page("/organisation", show, who=user)]
