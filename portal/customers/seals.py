"""Whether our keys are those that people were taken in with, for nobody signs in with others; sealing by a new one."""

from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from portal.customers.models import IdentityCode
from portal.kit.crypto import Unreadable, Vault
from portal.kit.db import Database

AT_ONCE: Final = 500


def reseal(database: Database, vault: Vault) -> int:
    """Seal anew, by the newest data key, each identity code that an older one sealed; how many there were.

    A transaction for each portion, so that nobody waits long; what a stop left out, the next call does.
    Raises Unreadable where a key is missing.
    """
    done, after = 0, UUID(int=0)
    while True:
        with database.writing() as db:
            some = select(IdentityCode).where(IdentityCode.party_id > after).order_by(col(IdentityCode.party_id))
            codes = db.exec(some.limit(AT_ONCE).with_for_update()).all()
            for code in codes:
                done += _resealed(code, vault)
                after = code.party_id
        if not codes:
            return done


def _resealed(code: IdentityCode, vault: Vault) -> bool:
    if vault.is_by_newest(code.encrypted):
        return False
    said = vault.open(code.encrypted, table="identity_code", column="encrypted", row=code.party_id)
    code.encrypted = vault.seal(said, table="identity_code", column="encrypted", row=code.party_id)
    return True


def misfit(db: Session, vault: Vault) -> str | None:
    """What is wrong with keys that cannot open an identity code, or not find it again; None where they fit.

    One code tells: all are sealed and found with the same keys.
    """
    code = db.exec(select(IdentityCode).limit(1)).first()
    if code is None:
        return None
    try:
        said = vault.open(code.encrypted, table="identity_code", column="encrypted", row=code.party_id)
    except Unreadable as wrong:
        return f"An identity code cannot be read: {wrong}; put the key that sealed it back."
    if vault.blind_index(said) != code.blind_index:
        return "PORTAL_INDEX_KEY is not the one that people were taken in with, so nobody can sign in; put it back."
    return None
