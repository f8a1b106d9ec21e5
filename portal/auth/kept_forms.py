"""Forms whose session had ended before they were sent: sealed, for an hour, for the same person and party only."""

import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from portal.auth.actions import holder
from portal.auth.models import LONGEST_ACTION, KeptForm
from portal.auth.people import User
from portal.kit.access import Anyone
from portal.kit.crypto import Unreadable, Vault
from portal.kit.kept import Form, FormStore

KEPT_FOR: Final = timedelta(hours=1)
MOST_FORMS: Final = 5  # of one person; the oldest makes room
PLACE: Final = {"table": KeptForm.__tablename__, "column": "fields"}


def form_store(vault: Vault) -> FormStore:
    """Where forms wait, sealed by these keys."""

    def keep(db: Session, subject: str, form: Form, now: datetime) -> UUID | None:
        whose = holder(db, subject)
        if whose is None or len(form.action) > LONGEST_ACTION:  # no form of ours has such an address
            return None
        form_id = uuid4()
        _make_room(db, whose.account_id, form.action)
        sealed = vault.seal(json.dumps(form.fields), row=form_id, **PLACE)
        kept = KeptForm(
            id=form_id,
            account_id=whose.account_id,
            acting_for=whose.acting_for,
            action=form.action,
            fields=sealed,
            kept_at=now,
            expires_at=now + KEPT_FOR,
        )
        db.add(kept)
        return form_id

    def find(db: Session, who: Anyone, form_id: UUID, now: datetime) -> Form | None:
        kept = db.exec(select(KeptForm).where(*_theirs(who, form_id), col(KeptForm.expires_at) > now)).first()
        if kept is None:
            return None
        try:
            fields = json.loads(vault.open(kept.fields, row=kept.id, **PLACE))
        except Unreadable:
            return None
        return Form(kept.action, tuple((name, value) for name, value in fields))

    return FormStore(keep, find, forget)


def forget(db: Session, who: Anyone, form_id: UUID) -> None:
    """Remove a form of a person's, which has been sent now."""
    db.connection().execute(delete(KeptForm).where(*_theirs(who, form_id)))


def _theirs(who: Anyone, form_id: UUID) -> tuple[ColumnElement[bool], ...]:
    account_id = who.account_id if isinstance(who, User) else None
    acting_for = who.reach.acting_for if isinstance(who, User) else None
    return (
        col(KeptForm.id) == form_id,
        col(KeptForm.account_id) == account_id,
        col(KeptForm.acting_for).is_not_distinct_from(acting_for),
    )


def _make_room(db: Session, account_id: UUID, action: str) -> None:
    """A form takes the place of an earlier one to the same address, and of those that are too many."""
    theirs = col(KeptForm.account_id) == account_id
    newest = select(KeptForm.id).where(theirs).order_by(col(KeptForm.kept_at).desc()).limit(MOST_FORMS - 1)
    kept = db.exec(newest).all()
    gone = theirs & ((col(KeptForm.action) == action) | col(KeptForm.id).not_in(kept))
    db.connection().execute(delete(KeptForm).where(gone))
