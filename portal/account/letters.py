"""The letters about contact details: to a new address, which has to answer, and to the old ones, for safety."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session

from portal.customers.actions import Changed, mailbox_link
from portal.installation import Installation
from portal.kit import formats
from portal.kit.i18n import Language, Text, text
from portal.outbox.mail import Letter, post


def send(db: Session, here: Installation, changed: Changed, language: Language, now: datetime) -> None:
    """Ask a new address whether it counts, and tell the old ones that something was changed."""
    if changed.to_confirm:
        token = mailbox_link(db, changed.request_id, now)
        letter = _to_confirm(here, changed.to_confirm, changed.party_id, token, language)
        post(db, letter, now, about=changed.request_id)
    for address, party_id in changed.old_emails.items():
        post(db, _to_warn(here, address, party_id, language, now), now)


def _to_confirm(here: Installation, to: str, party_id: UUID, token: str, language: Language) -> Letter:
    subject = text("Confirm your email address")
    body = (
        text("This address was given to %(name)s as the email address of a customer.", name=_name(here, language)),
        text("Open the link and confirm that the address is yours. The link works for 48 hours and only once:"),
        f"{here.base_url}/account/confirm-email?{urlencode({'token': token})}",
        text("If you know nothing of this, you need not do anything: the address is not taken into use."),
    )
    return _letter(here, to, subject, body, party_id, language)


def _to_warn(here: Installation, to: str, party_id: UUID, language: Language, now: datetime) -> Letter:
    subject = text("Your contact details are being changed")
    body = (
        text(
            "The contact details of a customer of %(name)s were changed in our online service on %(at)s.",
            name=_name(here, language),
            at=formats.instant(now, language),
        ),
        text("If it was you, you need not do anything. For your safety we do not tell here what was changed."),
        text("If it was not you, call us at once: %(phone)s.", phone=here.brand.phone),
    )
    return _letter(here, to, subject, body, party_id, language)


def _letter(
    here: Installation, to: str, subject: Text, body: tuple[Text | str, ...], party_id: UUID, language: Language
) -> Letter:
    said = [part.said(language) if isinstance(part, Text) else part for part in body]
    signed = [*said, f"{_name(here, language)}\n{here.base_url}"]
    return Letter(to, f"{subject.said(language)} – {_name(here, language)}", "\n\n".join(signed) + "\n", party_id)


def _name(here: Installation, language: Language) -> str:
    return here.brand.called(language)
