"""Whether our keys are those that people were taken in with: nobody signs in with others."""

from sqlmodel import Session, select

from portal.customers.models import IdentityCode
from portal.kit.crypto import Unreadable, Vault


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
