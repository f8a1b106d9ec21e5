"""The letters about contact details: to a new address, which has to answer, and to the old ones, for safety."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session

from portal.brand import Brand
from portal.customers.actions import Changed, OldEmail, mailbox_link
from portal.kit import formats
from portal.kit.i18n import Language, Text, text
from portal.outbox.mail import Letter, post


@dataclass(frozen=True)
class LetterContext:
    """What letters are written with: the portal's address, and whose portal it is."""

    base_url: str
    brand: Brand


def send(db: Session, office: LetterContext, changed: Changed, language: Language, now: datetime) -> None:
    """Ask a new address whether it counts, and tell the old ones that something was changed."""
    if changed.to_confirm:
        token = mailbox_link(db, changed.request_id, now)
        letter = _to_confirm(office, changed.to_confirm, changed.party_id, token, language)
        post(db, letter, now, about=changed.request_id)
    for old in changed.old_emails:
        post(db, _to_warn(office, old, language, now), now)


def _to_confirm(office: LetterContext, to: str, party_id: UUID, token: str, language: Language) -> Letter:
    subject = text("Confirm your email address")
    body = (
        text("This address was given to %(name)s as the email address of a customer.", name=_name(office, language)),
        text("Open the link and confirm that the address is yours. The link works for 48 hours and only once:"),
        f"{office.base_url}/account/confirm-email?{urlencode({'token': token})}",
        text("If you know nothing of this, you need not do anything: the address is not taken into use."),
    )
    return _letter(office, to, subject, body, party_id, language)


def _to_warn(office: LetterContext, old: OldEmail, language: Language, now: datetime) -> Letter:
    subject = text("Your contact details are being changed")
    body = (
        text(
            "The contact details of a customer of %(name)s were changed in our online service on %(at)s.",
            name=_name(office, language),
            at=formats.instant(now, language),
        ),
        text("If it was you, you need not do anything. For your safety we do not tell here what was changed."),
        text("If it was not you, call us at once: %(phone)s.", phone=office.brand.phone),
    )
    return _letter(office, old.address, subject, body, old.party_id, language)


def _letter(
    office: LetterContext, to: str, subject: Text, body: tuple[Text | str, ...], party_id: UUID, language: Language
) -> Letter:
    said = [part.said(language) if isinstance(part, Text) else part for part in body]
    signed = [*said, f"{_name(office, language)}\n{office.base_url}"]
    return Letter(to, f"{subject.said(language)} – {_name(office, language)}", "\n\n".join(signed) + "\n", party_id)


def _name(office: LetterContext, language: Language) -> str:
    return office.brand.called(language)
