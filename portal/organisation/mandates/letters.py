"""Letters about mandates: the invitation, and to each side what the other one did."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from portal.auth.reach import Grant, Level
from portal.customers.lookups import addressee
from portal.customers.models import Mandate, MandateInvitation, Party, PartyKind
from portal.customers.words import theme_words, themes_of
from portal.installation import Installation
from portal.kit import formats
from portal.kit.i18n import Language, Spoken, Text, text
from portal.organisation.mandates import labels, lookups
from portal.organisation.mandates.actions import Accepted, Invited
from portal.organisation.mandates.queries import HeldMandate
from portal.outbox.letters import Addressee, letter
from portal.outbox.mail import post


def invite(db: Session, here: Installation, invited: Invited, now: datetime) -> None:
    """The invitation itself, in the language that the giver chose; the token stands nowhere but in its link."""
    row = invited.row
    to, giver = Addressee(row.email, row.grantor_id, Language(row.language)), db.get_one(Party, row.grantor_id)
    asked = letter(
        to,
        text("%(name)s asks you to act for them", name=giver.name),
        text(
            "%(giver)s has invited you, %(name)s, to act for them in the online service of %(company)s.",
            giver=giver.name,
            name=row.name,
            company=here.brand.called(to.language),
        ),
        *reach(row, giver),
        text(
            "Open the link, read what it is about and accept with your online banking codes. You need no contract with "
            "us. The link works until %(day)s and only once:",
            day=formats.instant(row.expires_at, to.language),
        ),
        f"{here.base_url}/mandates/accept/{invited.token}",
        text("If you do not know who this is, or do not want it, you need not do anything."),
    )
    post(db, asked, now, about=row.id)


def tell_of_acceptance(db: Session, here: Installation, accepted: Accepted, now: datetime) -> None:
    """To whoever invited: who accepted, as the bank knows them, whatever name they were invited by."""
    mandate = accepted.mandate
    if to := accepted.inviter:
        told = letter(
            to,
            text("A mandate has begun"),
            text(
                "%(name)s has accepted the invitation that you sent to %(invited)s. This is the name that their bank "
                "gave.",
                name=mandate.holder_name or "",
                invited=accepted.invited_as,
            ),
            *reach(mandate, db.get_one(Party, mandate.grantor_id)),
            text("If that is not whom you meant, end the mandate at once. It ends as soon as you press the button:"),
            f"{here.base_url}/mandates/{mandate.id}",
        )
        post(db, told, now)


def tell_of_end(db: Session, here: Installation, held: HeldMandate, now: datetime) -> None:
    """To the other side: that a mandate has ended."""
    mandate = held.mandate
    giver = db.get_one(Party, mandate.grantor_id)
    if held.is_given:
        to = lookups.holder_of(db, mandate)
        says = text("You may no longer act for %(name)s: the mandate was ended.", name=giver.name)
    else:
        to = addressee(db, giver.id)
        says = text("%(name)s has given up the mandate to act for you.", name=_holder(db, mandate))
    if to:
        post(
            db, letter(to, text("A mandate has ended"), says, *reach(mandate, giver), f"{here.base_url}/mandates"), now
        )


def tell_of_change(db: Session, here: Installation, held: HeldMandate, now: datetime) -> None:
    """To the holder: what the mandate opens from now on."""
    mandate = held.mandate
    if to := lookups.holder_of(db, mandate):
        giver = db.get_one(Party, mandate.grantor_id)
        told = letter(
            to,
            text("A mandate has changed"),
            text("%(name)s has changed what you may do for them. From now on:", name=giver.name),
            *reach(mandate, giver),
            f"{here.base_url}/mandates",
        )
        post(db, told, now)


def reach(row: Mandate | MandateInvitation, giver: Party) -> Sequence[Text]:
    """How far a mandate reaches, a sentence each, for either side; which sites they are, the letter does not say."""
    themes, level = themes_of(row.themes), Level(row.level)
    matters = Spoken(lambda language: ", ".join(one.said(language) for one in theme_words(themes)))
    said = [
        text("Matters: %(matters)s", matters=matters),
        text("Sites: all of them") if row.every_site else text("Sites: those that the giver has chosen"),
        labels.HOW_FAR[level],
        labels.days(row.valid_from, row.valid_to),
    ]
    is_full = Grant(themes, None if row.every_site else frozenset(), level).is_full
    return [*said, labels.FULL[giver.kind == PartyKind.COMPANY]] if is_full else said


def _holder(db: Session, mandate: Mandate) -> str:
    holder = db.get(Party, mandate.grantee_id) if mandate.grantee_id else None
    return holder.name if holder else mandate.holder_name or ""
