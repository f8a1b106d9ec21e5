"""Where a person is signed in now, and when they signed in before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from portal.auth import rules
from portal.auth.models import Account, SignedSession
from portal.auth.people import User
from portal.auth.rules import Way
from portal.kit.i18n import Language
from portal.kit.questions import Question, given


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser in which a person is signed in: since when, last used when, by which way and through which broker."""

    id: UUID
    began_at: datetime
    seen_at: datetime
    way: Way
    broker: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """What is the person's own, whoever they act for."""

    language: Language | None
    signed_in_at: datetime | None
    previous_sign_in_at: datetime | None


def _profile(language: str | None, *times: datetime | None) -> Profile:
    return Profile(Language(language) if language else None, *times)


PROFILE: Final = Question(
    _profile,
    select(Account.language, Account.signed_in_at, Account.previous_sign_in_at).where(
        col(Account.id) == given("account_id")
    ),
)


def open_now(db: Session, who: User, now: datetime) -> Sequence[OpenSession]:
    """The person's sessions that live, this one first, then the one used last."""
    own = select(SignedSession).where(
        SignedSession.account_id == who.account_id,
        col(SignedSession.ended_at).is_(None),
        col(SignedSession.seen_at) > now - rules.IDLE,
        col(SignedSession.expires_at) > now,
    )
    found = db.exec(own.order_by(col(SignedSession.seen_at).desc())).all()
    open_sessions = [
        OpenSession(row.id, row.created_at, row.seen_at, Way(row.way), row.broker, row.id == who.session_id)
        for row in found
    ]
    return sorted(open_sessions, key=lambda open_session: not open_session.is_this)


def profile(db: Session, who: User) -> Profile:
    """The person's own choices, and when they came."""
    return PROFILE.one(db, account_id=who.account_id)
