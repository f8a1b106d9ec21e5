"""Keeps the companies that may be authorised, and adds what they have read, as the utility's own systems tell."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from portal.consents.authorisations.feed import AuthorisationReadEntry, ThirdPartyEntry
from portal.consents.authorisations.models import Authorisation, AuthorisationRead, ThirdParty
from portal.kit.feed import Outcome, Refusal, Verdict, unknown
from portal.kit.mirror import Kept, Wanted, mirror

THIRD_PARTIES = Kept(ThirdParty, ("business_id",))


def keep_third_parties(db: Session, rows: Sequence[ThirdPartyEntry]) -> list[Verdict]:
    """Keep companies; one that is no longer mentioned stays as it is."""
    return mirror(db, THIRD_PARTIES, [Wanted(_columns(row)) for row in rows])


def keep_authorisation_reads(db: Session, rows: Sequence[AuthorisationReadEntry], now: datetime) -> list[Verdict]:
    """Add reads; one that is known already changes nothing.

    One by an authorisation that was over is added too: the customer is to see it.
    """
    asked = {row.authorisation_id for row in rows}
    authorisations = set(db.exec(select(Authorisation.id).where(col(Authorisation.id).in_(asked))).all())
    at_these = select(AuthorisationRead).where(
        col(AuthorisationRead.authorisation_id).in_(asked), col(AuthorisationRead.at).in_({row.at for row in rows})
    )
    known = {(read.authorisation_id, read.at): read for read in db.exec(at_these)}

    def keep(row: AuthorisationReadEntry) -> Verdict:
        if row.authorisation_id not in authorisations:
            return unknown("authorisation", str(row.authorisation_id))
        if row.at > now:
            return Refusal("at lies in the future")
        read = known.get((row.authorisation_id, row.at))
        if read is not None:
            same = (read.first_day, read.last_day) == (row.first_day, row.last_day)
            return Outcome.UNCHANGED if same else Refusal("another read of that instant is known already")
        db.add(AuthorisationRead(**row.model_dump()))
        return Outcome.ACCEPTED

    verdicts = [keep(row) for row in rows]
    db.flush()
    return verdicts


def _columns(row: ThirdPartyEntry) -> dict[str, object]:
    return {
        "business_id": row.business_id,
        "name": row.name,
        "purpose_fi": row.purpose.fi,
        "purpose_sv": row.purpose.sv,
        "purpose_en": row.purpose.en,
        "offered": row.offered,
    }
