"""What identification holds about one person."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, SQLModel, col, select

from portal.auth.models import Account, KeptForm, LoginTransaction, SeenToken, SignedSession
from portal.kit.privacy import DataSubject, Record, records

TABLES: Sequence[type[SQLModel]] = (Account, SignedSession, LoginTransaction, KeptForm)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {SeenToken: "a hash of a token that nobody can turn back"}
SECRETS = frozenset({"identity_index", "token_hash", "state_hash", "binding_hash", "nonce", "verifier", "fields"})


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The person's accounts, sessions, journeys to the bank and kept forms, without secrets and what is sealed."""
    accounts = select(Account).where(col(Account.id).in_(subject.accounts))
    sessions = select(SignedSession).where(col(SignedSession.account_id).in_(subject.accounts))
    journeys = select(LoginTransaction).where(col(LoginTransaction.account_id).in_(subject.accounts))
    forms = select(KeptForm).where(col(KeptForm.account_id).in_(subject.accounts))
    return [
        *records(db, accounts.order_by(col(Account.created_at)), without=SECRETS),
        *records(db, sessions.order_by(col(SignedSession.created_at)), without=SECRETS),
        *records(db, journeys.order_by(col(LoginTransaction.created_at)), without=SECRETS),
        *records(db, forms.order_by(col(KeptForm.kept_at)), without=SECRETS),
    ]
