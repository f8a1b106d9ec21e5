"""What is told of a change of how one signs in: a message, and a letter to each party's address and the login name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
CLOSED: Final = text("Customer service ended all sessions and removed the password and the passkeys")
ASKED_FOR: Final = text("If you asked for it, you need not do anything. If you did not, call us.")
AS_BEFORE: Final = text("By your bank you sign in as before.")


@dataclass(frozen=True)
class Told:
    """What happened, in which language the person was served, and what they may do about it."""

    what: Text
    language: Language
    advice: Sequence[Text] = (IF_YOU, WHAT_TO_DO)


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
    db: Session, here: Installation, who: User, told: Told, besides: Iterable[str], now: datetime
) -> None:
    """Tell a person of a change; `besides` are more addresses.

    A party has one address for letters, that of the register or else its own newest.
    """
    _tell(db, here.brand.phone, sorted(who.reach.own), told, besides, now)


def tell_of_device(
    find_reach: FindReach, db: Session, here: Installation, account_id: UUID, language: Language, now: datetime
) -> None:
    """Tell a person that their password was used on a device that was new."""
    own = find_reach(db, db.get_one(Account, account_id).identity_index, None).own
    name = db.exec(select(Password.login_name).where(Password.account_id == account_id)).one()
    _tell(db, here.brand.phone, sorted(own), Told(ON_NEW_DEVICE, language), [name], now)


def tell_of_closing(db: Session, phone: str, account_id: UUID, party_id: UUID, now: datetime) -> None:
    """Tell a person that customer service, on `phone`, removes their ways in; before they are gone, with their name."""
    account = db.get_one(Account, account_id)
    names = db.exec(select(Password.login_name).where(Password.account_id == account_id)).all()
    told = Told(CLOSED, Language(account.language or Language.FI), (ASKED_FOR, AS_BEFORE))
    _tell(db, phone, [party_id], told, names, now)


def _tell(
    db: Session,
    phone: str,
    own: Sequence[UUID],
    told: Told,
    besides: Iterable[str],
    now: datetime,
) -> None:
    what, language = told.what, told.language
    at = text("It was done on %(at)s.", at=formats.instant(now, language))
    call = text("Customer service: %(phone)s.", phone=phone)
    known = addressees(db, own)
    reached = {one.email.casefold(): Addressee(one.email, one.party_id, language) for one in known.values()}
    for email in besides:
        reached.setdefault(email.casefold(), Addressee(email, own[0] if own else None, language))
    for to in reached.values():
        post(db, letter(to, what, at, *told.advice, call), now)
    if own:
        body = "\n\n".join(part.said(language) for part in (at, *told.advice, call))
        tell(db, own[0], OwnNotice(what.said(language), body, language), now)
