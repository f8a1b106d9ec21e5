"""Which parties a person is or stands in for, and how a party is shown to them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.auth.people import Customer
from portal.customers import rules
from portal.customers.models import IdentityCode, Mandate, Party


@dataclass(frozen=True, slots=True)
class PartyShown:
    """A party as the head of a page names it; the address is None where none is kept."""

    id: UUID
    customer_number: str
    kind: str
    name: str
    street: str | None
    postcode: str | None
    town: str | None


def parties_of(db: Session, who: bytes, today: date) -> frozenset[UUID]:
    """The parties whose things a person may see and handle today.

    They are the person, under each of their customer numbers, and whoever gave them a mandate for everything.
    A mandate for some sites or themes only, or for seeing only, opens nothing here: whoever acts by it
    chooses it first. `who` is the blind index of the person's identity code.
    """
    own = frozenset(db.exec(select(IdentityCode.party_id).where(IdentityCode.blind_index == who)).all())
    if not own:
        return own
    received = db.exec(select(Mandate).where(col(Mandate.grantee_id).in_(own))).all()
    return own | {mandate.grantor_id for mandate in received if _opens_all(mandate, today)}


def shown(db: Session, who: Customer) -> PartyShown | None:
    """The party that the head of a page names: a person before a company, then by customer number; None without any."""
    mine = (
        select(Party).where(col(Party.id).in_(who.parties)).order_by(col(Party.kind).desc(), col(Party.customer_number))
    )
    party = db.exec(mine.limit(1)).first()
    if party is None:
        return None
    return PartyShown(party.id, party.customer_number, party.kind, party.name, party.street, party.postcode, party.town)


def _opens_all(mandate: Mandate, today: date) -> bool:
    sites = mandate.sites.split(",") if mandate.sites else ()
    return rules.is_in_force(mandate.valid_from, mandate.valid_to, today) and rules.stands_in_fully(
        mandate.themes.split(","), sites, mandate.level
    )
