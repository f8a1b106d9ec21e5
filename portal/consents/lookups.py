"""Decisions with who made them, whoever asks: for the package of what is held about a party, and for queries.py."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from portal.auth.models import Account
from portal.consents.models import PermissionRecord
from portal.consents.records import DecisionEvent


def decided_by(db: Session, parties: Collection[UUID]) -> Sequence[DecisionEvent]:
    """Every decision of these parties, the oldest first."""
    own = events().where(col(PermissionRecord.party_id).in_(parties))
    return [event(*row) for row in db.exec(own.order_by(col(PermissionRecord.sequence)))]


def events() -> Select[PermissionRecord, str, str, str]:
    """Decisions, who acted and what the replaced one said; what the outer joins find nothing for is None after all."""
    replaced = aliased(PermissionRecord)
    return (
        select(PermissionRecord, Account.given_names, Account.family_name, replaced.action)
        .join(Account, col(Account.id) == PermissionRecord.account_id, isouter=True)
        .join(replaced, col(replaced.id) == PermissionRecord.replaces_id, isouter=True)
    )


def event(
    record: PermissionRecord, given_names: str | None, family_name: str | None, before: str | None
) -> DecisionEvent:
    return DecisionEvent(record, f"{given_names} {family_name}" if given_names else None, before)
