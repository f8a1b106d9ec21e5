"""What identification holds about one person."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlmodel import Session, SQLModel, col, select

from portal.audit.models import AuditEntry
from portal.auth.models import Account, KeptForm, LoginTransaction, PackageLease, SeenToken, SignedSession
from portal.auth.passkeys.models import Passkey, PasskeyChallenge
from portal.auth.passwords.models import BreachedPassword, GuessBucket, KnownDevice, LoginNameCheck, Password
from portal.kit.belonging import Belonging, of_account, part_of, shown
from portal.kit.db import table_of
from portal.kit.privacy import DataSubject, Record, records

BY_ACCOUNT: Sequence[tuple[type[SQLModel], str]] = (
    (SignedSession, "created_at"),
    (LoginTransaction, "created_at"),
    (KeptForm, "kept_at"),
    (Password, "set_at"),
    (LoginNameCheck, "asked_at"),
    (KnownDevice, "known_since"),
    (PackageLease, "taken_at"),
    (Passkey, "added_at"),
    (PasskeyChallenge, "expires_at"),
)
"""The tables whose rows are of an account, each with the column by which they are told in order."""
ACTED: Final = part_of(AuditEntry, "id", key="account_id")
"""Those who acted in what somebody sees: their names stand beside what they did."""

TABLES: Belonging = {
    Account: (of_account("id") | shown("identity_index", "id") | shown("id", "id")).changed(and_seen=ACTED),
    SignedSession: (
        of_account()
        | shown("token_hash", "account_id", until="ended_at")
        | shown("id", "account_id")
        | shown("broker_subject", "account_id")
        | shown("broker_session", "account_id")
    ).changed(),
    LoginTransaction: (of_account() | shown("state_hash")).changed(),
    KeptForm: of_account().removed(),
    PackageLease: of_account().removed(),
    Password: (of_account() | shown("login_key", "account_id")).removed(),
    LoginNameCheck: of_account().changed(),
    KnownDevice: (of_account() | shown("token_hash")).removed(),
    Passkey: (of_account() | shown("credential_id", "account_id")).removed(),
    PasskeyChallenge: (of_account() | shown("hash")).removed(),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {
    SeenToken: "a hash of a token that nobody can turn back",
    GuessBucket: "how often something was typed as a login name, by a keyed hash that nobody can turn back",
    BreachedPassword: "stolen passwords of the whole world, by their hashes",
}
SECRETS = frozenset(
    {
        *("identity_index", "token_hash", "state_hash", "binding_hash", "nonce", "verifier", "fields"),
        *("broker_subject", "broker_session"),
        *("login_key", "encoded", "pepper", "code_hash", "credential_id", "public_key", "sign_count", "hash"),
    }
)


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The person's accounts, sessions, journeys to the bank, kept forms and password, without what is secret.

    Then what is on its way to them at this moment: a data package holds itself.
    """
    yield from records(
        db,
        select(Account).where(col(Account.id).in_(subject.accounts)).order_by(col(Account.created_at)),
        without=SECRETS,
    )
    for table, order in BY_ACCOUNT:
        columns = table_of(table).c
        mine = select(table).where(columns.account_id.in_(subject.accounts)).order_by(columns[order])
        yield from records(db, mine, without=SECRETS)
