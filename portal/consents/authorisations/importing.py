"""How the utility's own systems tell of third parties and of reads for them, and how they are kept."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Session, col, select

from portal.consents.authorisations.models import Authorisation, AuthorisationRead, ThirdParty
from portal.customers.rules import is_business_id
from portal.kit.feed import (
    Day,
    FeedRow,
    ImportContext,
    Moment,
    Outcome,
    Refusal,
    Verdict,
    Written,
    checked,
    unknown,
    words,
)
from portal.kit.mirror import Kept, Wanted, mirror

Sentence = Annotated[str, words(300)]


class Purpose(FeedRow):
    """What the company does with readings, in each language, as it goes on after "Purpose:"."""

    fi: Sentence = Field(description="In Finnish.", examples=["lämmityksen ohjaus tuntikulutuksen mukaan"])
    sv: Sentence = Field(description="In Swedish.", examples=["styrning av uppvärmningen enligt timförbrukningen"])
    en: Sentence = Field(description="In English.", examples=["heating controlled by hourly use"])


class ThirdPartyEntry(FeedRow):
    """A company that customers may authorise to read their readings."""

    business_id: Annotated[
        str,
        Written(r"[0-9]{7}-[0-9]", 'must be a business id such as "0984944-9"', checked(is_business_id), longest=9),
    ] = Field(description="The company's business id.", examples=["0984944-9"])
    name: Annotated[str, words(200)] = Field(description="Its name.", examples=["Malli-Lämpö Oy"])
    purpose: Purpose = Field(description="What it does with readings.")
    offered: bool = Field(description="Whether customers may authorise it from now on.", examples=[True])


class AuthorisationReadEntry(FeedRow):
    """That a company read by an authorisation, from Datahub or another interface. Reads are only ever added."""

    authorisation_id: Annotated[
        UUID,
        Written(
            r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "must be the id that the event authorisation.given told",
            UUID,
            longest=36,
            form="uuid",
        ),
    ] = Field(
        description="The id that the event authorisation.given told.", examples=["7a4c1f60-5f5e-4f0c-9a7e-2f1f6f0f9d11"]
    )
    at: Moment = Field(description="When it read, in UTC.", examples=["2026-11-19T02:12:00Z"])
    first_day: Day = Field(description="The first day whose readings it got.", examples=["2026-11-18"])
    last_day: Day = Field(description="The last day whose readings it got.", examples=["2026-11-18"])

    @model_validator(mode="after")
    def ends_later(self) -> "AuthorisationReadEntry":
        """The last day is not before the first."""
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        return self


THIRD_PARTIES = Kept(ThirdParty, ("business_id",))


def keep_third_parties(db: Session, rows: Sequence[ThirdPartyEntry], _context: ImportContext) -> list[Verdict]:
    """Keep companies; one that is no longer mentioned stays as it is."""
    return mirror(db, THIRD_PARTIES, [Wanted(_columns(row)) for row in rows])


def keep_authorisation_reads(
    db: Session, rows: Sequence[AuthorisationReadEntry], context: ImportContext
) -> list[Verdict]:
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
        if row.at > context.now:
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
