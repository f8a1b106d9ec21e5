"""What is looked up of mandates whoever asks: an invitation by its token, who administers, how a holder is reached."""

import hashlib
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from portal.auth.reach import Level, Theme
from portal.customers.lookups import addressee, person_written_to
from portal.customers.models import Mandate, MandateInvitation, Party, PartyKind
from portal.customers.scope import in_force
from portal.kit.i18n import Language
from portal.kit.sight import show
from portal.outbox.letters import Addressee


def hash_of(token: str) -> bytes:
    """What is kept of an invitation's token: it has 256 random bits, so that nobody finds it by its hash."""
    return hashlib.sha256(token.encode()).digest()


def invited_by(db: Session, token: str) -> MandateInvitation | None:
    """The invitation whose letter holds a token, however it stands; None for a token that is not ours.

    Its giver is seen from then on, as long as it waits: the letter names them.
    """
    token_hash = hash_of(token)
    show(db, MandateInvitation.token_hash, token_hash)
    return db.exec(select(MandateInvitation).where(MandateInvitation.token_hash == token_hash)).first()


def administrators(db: Session, company: UUID, today: date) -> frozenset[UUID]:
    """The mandates in force by which people administer a company: those that leave nothing out."""
    full = (
        select(Mandate)
        .where(Mandate.grantor_id == company, Mandate.level == Level.MANAGE, col(Mandate.every_site))
        .where(in_force(today))
    )
    return frozenset(one.id for one in db.exec(full) if set(one.themes.split(",")) == set(Theme))


def holder_of(db: Session, mandate: Mandate) -> Addressee | None:
    """How the holder of a mandate is written to: as the register knows them, else where they were invited.

    Whoever accepted need not be whose mailbox the invitation went to. None where no address is known.
    """
    if mandate.holder_account_id is None:
        return addressee(db, mandate.grantee_id) if mandate.grantee_id else None
    if known := person_written_to(db, mandate.holder_account_id):
        return known
    invited = select(MandateInvitation).where(MandateInvitation.mandate_id == mandate.id)
    found = db.exec(invited).first()
    return Addressee(found.email, None, Language(found.language)) if found else None


def inviter_of(db: Session, invitation: MandateInvitation) -> Addressee | None:
    """How we write to whoever sent an invitation: for a company to themselves first, not to the company's mailbox.

    None where neither they nor the giver has an address. The letter is about the giver's matter in any case.
    """
    giver = db.get_one(Party, invitation.grantor_id)
    own, of_giver = person_written_to(db, invitation.account_id), addressee(db, giver.id)
    to = own or of_giver if giver.kind == PartyKind.COMPANY else of_giver or own
    return replace(to, party_id=giver.id) if to else None
