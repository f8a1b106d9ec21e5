"""The head of every page: for whom one acts, for whom else one may, and which pages are open there."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import NamedParty, Reach, Theme
from portal.customers.models import PartyKind
from portal.kit.html import Acting, PartyChoice, Person
from portal.kit.i18n import Text, text
from portal.messages import queries as messages

FOR_EVERYBODY: Final = frozenset({"overview", "sites", "messages", "account"})
BY_THEME: Final = {"consumption": Theme.CONSUMPTION, "invoices": Theme.BILLING, "contracts": Theme.CONTRACTS}
FOR_DECIDERS: Final = frozenset({"consents", "authorisations", "privacy"})
ORGANISATION: Final = frozenset({"organisation"})


def person(db: Session, who: User) -> Person:
    """Whom the head names."""
    parties, current = who.reach.choices, who.reach.party
    choices = tuple(_choice(party, who) for party in parties)
    opens = _open_pages(who.reach, is_many=len(parties) > 1)
    named, subtitle = _named(who, current)
    return Person(
        name=named,
        initials=initials(named),
        subtitle=subtitle,
        is_company=current is not None and current.kind == PartyKind.COMPANY,
        choices=choices,
        opens=opens,
        unread=messages.unread(db, who),
        acting=_acting(who, current, parties),
    )


def _acting(who: User, current: NamedParty | None, parties: Sequence[NamedParty]) -> Acting | None:
    if current is None or current.is_own:
        return None
    return Acting(who.name, next((party.id for party in parties if party.is_own), None))


def _named(who: User, current: NamedParty | None) -> tuple[str, str | Text]:
    """The name in the head, and what stands under it."""
    if current is None:
        return who.name, ""
    if current.is_own:
        return who.name, current.customer_number
    return current.name, text("You act as %(name)s", name=who.name)


def initials(name: str) -> str:
    """The first letters of the first and the last word."""
    words = name.split()
    return (words[0][:1] + words[-1][:1]).upper() if words else ""


def _choice(party: NamedParty, who: User) -> PartyChoice:
    is_company = party.kind == PartyKind.COMPANY
    if party.is_own:
        says = text("Your own matters")
    elif is_company:
        says = text("Company %(number)s", number=party.customer_number)
    else:
        says = text("Customer %(number)s", number=party.customer_number)
    return PartyChoice(party.id, party.name, initials(party.name), says, is_company, party.id in who.parties)


def _open_pages(reach: Reach, *, is_many: bool) -> frozenset[str]:
    themes = frozenset(name for name, theme in BY_THEME.items() if reach.covers(theme))
    organisation = ORGANISATION if is_many or reach.acting_for else frozenset()
    return FOR_EVERYBODY | themes | (FOR_DECIDERS if reach.is_full else frozenset()) | organisation
