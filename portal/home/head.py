"""The head of every page: for whom one acts, for whom else one may, and which pages are open there."""

from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import NamedParty, Reach, Theme
from portal.kit.html import Person
from portal.kit.i18n import Text, text
from portal.messages import queries as messages

FOR_EVERYBODY: Final = frozenset({"overview", "sites", "messages", "account", "mandates"})
BY_THEME: Final = {"consumption": Theme.CONSUMPTION, "invoices": Theme.BILLING, "contracts": Theme.CONTRACTS}
FOR_DECIDERS: Final = frozenset({"consents", "authorisations", "privacy"})


def person(db: Session, who: User) -> Person:
    """Whom the head names."""
    choices, party = who.reach.choices, who.reach.party
    is_acting = party is not None and not party.is_own
    return Person(
        name=party.name if party and is_acting else who.name,
        subtitle=_subtitle(who, party),
        is_company=party is not None and party.is_company,
        choices=choices,
        current=party.id if party else None,
        opens=_open_pages(who.reach),
        unread=messages.unread(db, who),
        is_acting=is_acting,
        own=next((choice.id for choice in choices if choice.is_own), None),
    )


def _subtitle(who: User, party: NamedParty | None) -> str | Text:
    """What stands under the name in the head."""
    if party is None:
        return ""
    return party.customer_number if party.is_own else text("You act as %(name)s", name=who.name)


def _open_pages(reach: Reach) -> frozenset[str]:
    themes = frozenset(name for name, theme in BY_THEME.items() if reach.covers(theme))
    return FOR_EVERYBODY | themes | (FOR_DECIDERS if reach.is_full else frozenset())
