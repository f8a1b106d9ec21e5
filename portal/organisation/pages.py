"""Who may do what: the rights that a party gave, the party's facts, people and groups; or one's own right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.auth.people import User, user
from portal.customers import words
from portal.customers.models import PartyKind
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.web import Visit, page
from portal.organisation import queries
from portal.organisation.queries import Contact, Facts
from portal.organisation.records import Right
from portal.organisation.rules import RightState
from portal.sites import queries as sites


@dataclass(frozen=True)
class Organisation(Page):
    """Rights to act for others, as far as the person may know of them.

    decides: whether the person decides for the party
    company: the company acted for, None for persons
    own: the rights by which the person acts now
    towns: where the sites are, and how many, most first
    """

    template = "organisation/show.html"
    today: date
    decides: bool
    company: Facts | None
    themes: Sequence[Text]
    given: Sequence[Right]
    in_force: int
    received: Sequence[Right]
    own: Sequence[Right]
    people: Sequence[Contact]
    towns: Sequence[tuple[str, int]]
    count: int


def show(visit: Visit[User]) -> Organisation:
    """Everything to whoever decides for the party; to others their own right and nothing of anybody else's."""
    db, who, today = visit.db, visit.who, visit.today
    decides = who.reach.is_full
    company = next((party for party in queries.facts(db, who) if party.party.kind == PartyKind.COMPANY), None)
    towns = _towns(visit) if decides else []
    count = sum(sites for _, sites in towns)
    given = _over_last(queries.given(db, who), today)
    return Organisation(
        today=today,
        decides=decides,
        company=company,
        themes=list(words.THEMES.values()),
        given=given,
        in_force=sum(one.state(today) in {RightState.IN_FORCE, RightState.ENDS_SOON} for one in given),
        received=_over_last(queries.received(db, who), today),
        own=queries.own(db, who, today),
        people=queries.contacts(db, who) if company else [],
        towns=towns if company else [],
        count=count,
    )


def _over_last(rights: Iterable[Right], today: date) -> Sequence[Right]:
    return sorted(rights, key=lambda right: right.state(today) is RightState.ENDED)


def _towns(visit: Visit[User]) -> Sequence[tuple[str, int]]:
    held = sorted(place.town for place in sites.places(visit.db, visit.who, visit.today) if place.is_held)
    return Counter(held).most_common()


routes = [page("/organisation", show, who=user, viewed=text("Looked at who may act for the customer"))]
