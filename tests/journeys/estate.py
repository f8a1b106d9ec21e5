"""What the demo of journeys has besides: its company in full size, quickly, without readings; and what is Aino's.

Aino has other ways in than the bank, and an invitation whose link is known.
"""

from pathlib import Path
from uuid import uuid4

from sqlmodel import Session, col, select

from portal.auth.models import Account
from portal.auth.passkeys.models import Passkey
from portal.auth.passwords.models import Password
from portal.contracts.models import Contract
from portal.customers.models import MandateInvitation
from portal.demo.company import Scale, site_number, town_of
from portal.demo.people import AINO, LANDLORD
from portal.demo.register import party_id
from portal.kit import clock
from portal.kit.db import Database
from portal.organisation.mandates.lookups import hash_of
from portal.organisation.mandates.rules import INVITED_FOR
from portal.sites.models import MeteringPoint, Occupancy, Site
from tests.people import vault

INVITED = "of-the-journeys"  # the token of a letter


def grown(path: Path) -> None:
    """Add to a seeded database the sites that the small company lacks, and other ways in than the bank."""
    database = Database(f"sqlite:///{path}")
    with database.writing() as db:
        held = db.exec(select(Occupancy).where(Occupancy.party_id == party_id(LANDLORD))).first()
        like = db.exec(select(Contract).where(Contract.site_id == held.site_id)).first()
        for index in range(Scale.WHOLE):
            if db.exec(select(Site.id).where(col(Site.number) == site_number(index))).first() is None:
                _add(db, index, held, like)
        _add_ways(db)
        invitation = db.exec(select(MandateInvitation).where(MandateInvitation.name == "Leena Järvi")).one()
        invitation.token_hash, invitation.expires_at = hash_of(INVITED), clock.now() + INVITED_FOR
        invitation.valid_to = None
    database.engine.dispose()


def _add_ways(db: Session) -> None:
    """A password and a passkey of Aino's, which nobody knows and no device has: their pages show them."""
    index, now = vault().blind_index(AINO.persona.identity_code), clock.now()
    account = db.exec(select(Account).where(Account.identity_index == index)).one()
    whose = {"account_id": account.id}
    name = {"login_name": "aino.makela@login.example", "login_key": bytes(32), "set_at": now}
    db.add(Password(**whose, **name, encoded="none", pepper=bytes(4)))
    made = {"credential_id": bytes(32), "public_key": b"none", "sign_count": 0, "added_at": now}
    db.add(Passkey(**whose, **made, name="Tietokone"))


def _add(db: Session, index: int, held: Occupancy, like: Contract) -> None:
    town = town_of(index)
    site = Site(
        id=uuid4(), number=site_number(index), street=f"Lisäkatu {index}", postcode=town.postcode, town=town.name
    )
    point = MeteringPoint(id=uuid4(), gsrn=f"6430000009{index:08}", site_id=site.id, energy="electricity")
    of_site = {"id": uuid4(), "number": f"9{index:07}", "site_id": site.id, "metering_point_id": point.id}
    for rows in (
        [site],
        [point, Occupancy(site_id=site.id, party_id=held.party_id, since=held.since)],
        [Contract(**like.model_dump(exclude=set(of_site)), **of_site)],
    ):
        db.add_all(rows)
        db.flush()
