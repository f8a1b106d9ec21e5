"""The letters about contact details: to a new address, which has to answer, and to the old ones, for safety."""

from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session

from portal.customers.actions import Changed, mailbox_link
from portal.installation import Installation
from portal.kit import formats
from portal.kit.i18n import Language, text
from portal.outbox.letters import Addressee, letter
from portal.outbox.mail import Letter, post


def send(db: Session, here: Installation, changed: Changed, language: Language, now: datetime) -> None:
    """Ask a new address whether it counts, and tell the old ones that something was changed."""
    if changed.to_confirm:
        token = mailbox_link(db, changed.request_id, now)
        asked = _to_confirm(here, Addressee(changed.to_confirm, changed.party_id, language), token)
        post(db, asked, now, about=changed.request_id)
    for address, party_id in changed.old_emails.items():
        post(db, _to_warn(here, Addressee(address, party_id, language), now), now)


def _to_confirm(here: Installation, to: Addressee, token: str) -> Letter:
    name = here.brand.called(to.language)
    return letter(
        to,
        text("Confirm your email address"),
        text("This address was given to %(name)s as the email address of a customer.", name=name),
        text("Open the link and confirm that the address is yours. The link works for 48 hours and only once:"),
        f"{here.base_url}/account/confirm-email?{urlencode({'token': token})}",
        text("If you know nothing of this, you need not do anything: the address is not taken into use."),
    )


def _to_warn(here: Installation, to: Addressee, now: datetime) -> Letter:
    return letter(
        to,
        text("Your contact details are being changed"),
        text(
            "The contact details of a customer of %(name)s were changed in our online service on %(at)s.",
            name=here.brand.called(to.language),
            at=formats.instant(now, to.language),
        ),
        text("If it was you, you need not do anything. For your safety we do not tell here what was changed."),
        text("If it was not you, call us at once: %(phone)s.", phone=here.brand.phone),
    )
