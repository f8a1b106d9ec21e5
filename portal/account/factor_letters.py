"""What is told of a change of how one signs in: a message, and a letter to each party's address and the login name."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, select

from portal.auth.actions import FindReach
from portal.auth.models import Account
from portal.auth.passwords.models import Password
from portal.auth.people import User
from portal.customers.lookups import addressees
from portal.installation import Installation
from portal.kit import formats
from portal.kit.i18n import Language, Text, text
from portal.messages.actions import OwnNotice, tell
from portal.outbox.letters import Addressee, letter
from portal.outbox.mail import post

WHAT_TO_DO: Final = text(
    "If it was not you, sign in by your bank, look at the ways to sign in under My details, and call us."
)
ON_NEW_DEVICE: Final = text("Your password was used for signing in on a new device")
IF_YOU: Final = text("If it was you, you need not do anything.")


def send_code(db: Session, to: Addressee, code: str, now: datetime) -> None:
    """The letter with the code that proves an address for a login name."""
    said = letter(
        to,
        text("The code for your login name"),
        text("Somebody gave this address as a login name. If it was you, type this code where you were asked for it:"),
        f"{code[:4]} {code[4:]}",
        text("The code works for an hour, and only in the service where you asked for it. Tell it to nobody."),
        text("If you know nothing of this, you need not do anything."),
    )
    post(db, said, now)


def tell_of_change(
    db: Session, here: Installation, who: User, change: tuple[Text, Language], besides: Iterable[str], now: datetime
) -> None:
    """Tell a person of a change: what it was, and in which language they were served; `besides` are more addresses.

    A party has one address for letters, that of the register or else its own newest.
    """
    _tell(db, here, sorted(who.reach.own), change, besides, now)


def tell_of_device(
    find_reach: FindReach, db: Session, here: Installation, account_id: UUID, language: Language, now: datetime
) -> None:
    """Tell a person that their password was used on a device that was new."""
    own = find_reach(db, db.get_one(Account, account_id).identity_index, None).own
    name = db.exec(select(Password.login_name).where(Password.account_id == account_id)).one()
    _tell(db, here, sorted(own), (ON_NEW_DEVICE, language), [name], now)


def _tell(
    db: Session,
    here: Installation,
    own: Sequence[UUID],
    change: tuple[Text, Language],
    besides: Iterable[str],
    now: datetime,
) -> None:
    what, language = change
    at = text("It was done on %(at)s.", at=formats.instant(now, language))
    call = text("Customer service: %(phone)s.", phone=here.brand.phone)
    known = addressees(db, own)
    reached = {one.email.casefold(): Addressee(one.email, one.party_id, language) for one in known.values()}
    for email in besides:
        reached.setdefault(email.casefold(), Addressee(email, own[0] if own else None, language))
    for to in reached.values():
        post(db, letter(to, what, at, IF_YOU, WHAT_TO_DO, call), now)
    if own:
        body = "\n\n".join(part.said(language) for part in (at, IF_YOU, WHAT_TO_DO, call))
        tell(db, own[0], OwnNotice(what.said(language), body, language), now)
