"""What identification holds about one person."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.auth.models import Account, KeptForm, LoginTransaction, PackageLease, SeenToken, SignedSession
from portal.auth.passkeys.models import Passkey, PasskeyChallenge
from portal.auth.passwords.models import BreachedPassword, GuessBucket, KnownDevice, LoginNameCheck, Password
from portal.kit.privacy import DataSubject, Record, records

TABLES: Sequence[type[SQLModel]] = (
    Account,
    SignedSession,
    LoginTransaction,
    KeptForm,
    PackageLease,
    Password,
    LoginNameCheck,
    KnownDevice,
    Passkey,
    PasskeyChallenge,
)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {
    SeenToken: "a hash of a token that nobody can turn back",
    GuessBucket: "how often something was typed as a login name, by a keyed hash that nobody can turn back",
    BreachedPassword: "stolen passwords of the whole world, by their hashes",
}
SECRETS = frozenset(
    {
        *("identity_index", "token_hash", "state_hash", "binding_hash", "nonce", "verifier", "fields"),
        *("login_key", "encoded", "pepper", "code_hash", "credential_id", "public_key", "sign_count", "hash"),
    }
)


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The person's accounts, sessions, journeys to the bank, kept forms and password, without what is secret.

    Then what is on its way to them at this moment: a data package holds itself.
    """
    accounts = select(Account).where(col(Account.id).in_(subject.accounts)).order_by(col(Account.created_at))
    return [
        *records(db, accounts, without=SECRETS),
        *records(db, _of(SignedSession, subject).order_by(col(SignedSession.created_at)), without=SECRETS),
        *records(db, _of(LoginTransaction, subject).order_by(col(LoginTransaction.created_at)), without=SECRETS),
        *records(db, _of(KeptForm, subject).order_by(col(KeptForm.kept_at)), without=SECRETS),
        *records(db, _of(Password, subject), without=SECRETS),
        *records(db, _of(LoginNameCheck, subject).order_by(col(LoginNameCheck.asked_at)), without=SECRETS),
        *records(db, _of(KnownDevice, subject).order_by(col(KnownDevice.known_since)), without=SECRETS),
        *records(db, _of(PackageLease, subject).order_by(col(PackageLease.taken_at))),
        *records(db, _of(Passkey, subject).order_by(col(Passkey.added_at)), without=SECRETS),
        *records(db, _of(PasskeyChallenge, subject), without=SECRETS),
    ]


Held = TypeVar(
    "Held",
    SignedSession,
    LoginTransaction,
    KeptForm,
    Password,
    LoginNameCheck,
    KnownDevice,
    PackageLease,
    Passkey,
    PasskeyChallenge,
)


def _of(model: type[Held], subject: DataSubject) -> SelectOfScalar[Held]:
    return select(model).where(col(model.account_id).in_(subject.accounts))
