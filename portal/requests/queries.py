"""Requests that a person may see, with all that happened to them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, case, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.auth.models import Account
from portal.auth.people import User
from portal.customers.models import Party
from portal.kit.clock import start_of
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.i18n import text
from portal.kit.questions import Question, any_of, given
from portal.requests.kind import Kind
from portal.requests.kinds import BY_CODE
from portal.requests.models import RequestStep, ServiceRequest
from portal.requests.records import Draft, HeldRequest, RequestEvent
from portal.requests.rules import OPEN, SENT, State
from portal.requests.scope import visible_to

R = TypeVar("R", Account, Party)


class NoSuchRequest(NotThere):
    """No request of that id that this person may see."""

    says = text("We could not find the request.")


FIRST: Final = case((col(ServiceRequest.state) == State.DRAFT, 0), (col(ServiceRequest.state).in_(OPEN), 1), else_=2)
"""The order of a list: what waits for the customer, what waits for us, what is over."""

_IN_ORDER: Final = (FIRST, col(ServiceRequest.changed_at).desc(), ServiceRequest.number)
MOST_ABOUT: Final = 5

_REQUEST: Final = table_of(ServiceRequest)
DRAFTS: Final = Question(
    Draft,
    sa.select(*_REQUEST.c["id", "kind", "changed_at"])
    .where(any_of(_REQUEST.c.party_id, "parties"), _REQUEST.c.state == State.DRAFT)
    .order_by(_REQUEST.c.changed_at.desc(), _REQUEST.c.number)
    .limit(given("limit", sa.Integer())),
)


def number(db: Session, who: User) -> int:
    """How many requests there are."""
    return db.exec(select(func.count()).select_from(ServiceRequest).where(visible_to(who))).one()


def in_order(db: Session, who: User, first: int, limit: int) -> Sequence[HeldRequest]:
    """So many requests, from the `first` on, counted from 0: drafts, then open ones, each the newest first."""
    rows = db.exec(select(ServiceRequest).where(visible_to(who)).order_by(*_IN_ORDER).offset(first).limit(limit)).all()
    return _whole(db, rows)


def drafts(db: Session, who: User, limit: int) -> Sequence[Draft]:
    """What waits to be filled in by whoever decides, the newest first; a limited mandate finds its own among all."""
    found = DRAFTS.all(db, parties=who.parties, limit=limit) if who.reach.is_full else []
    return [draft for draft in found if draft.code in BY_CODE]


def about_contract(db: Session, who: User, contract_id: UUID) -> Sequence[HeldRequest]:
    """The first of the requests about a contract: drafts, then open ones, each the newest first."""
    wanted = select(ServiceRequest).where(ServiceRequest.contract_id == contract_id, visible_to(who))
    return _whole(db, db.exec(wanted.order_by(*_IN_ORDER).limit(MOST_ABOUT)).all())


def newest_of_kinds(db: Session, who: User, kinds: Collection[Kind[Any]]) -> Sequence[HeldRequest]:
    """The newest request of each of some kinds that was sent, whatever came of it; by kind."""
    newest = func.row_number().over(
        partition_by=col(ServiceRequest.kind), order_by=(col(ServiceRequest.sent_at).desc(), ServiceRequest.number)
    )
    wanted = col(ServiceRequest.kind).in_([kind.code for kind in kinds]) & (ServiceRequest.state != State.DRAFT)
    ranked = select(ServiceRequest.id, newest.label("place")).where(visible_to(who), wanted).subquery()
    these = select(ServiceRequest).join(ranked, ranked.c.id == ServiceRequest.id).where(ranked.c.place == 1)
    return _whole(db, db.exec(these.order_by(col(ServiceRequest.kind))).all())


def by_id(db: Session, who: User, request_id: UUID) -> HeldRequest:
    """One request.

    Raises NoSuchRequest.
    """
    return _one(db, select(ServiceRequest).where(ServiceRequest.id == request_id, visible_to(who)))


def to_change(db: Session, who: User, request_id: UUID) -> HeldRequest:
    """One request, held until the transaction ends: of two at once the second sees what the first did.

    Raises NoSuchRequest.
    """
    wanted = select(ServiceRequest).where(ServiceRequest.id == request_id, visible_to(who))
    # What was read before the lock may be old by now: the row in memory takes what the lock has found.
    return _one(db, wanted.with_for_update().execution_options(populate_existing=True))


def under_way(db: Session, who: User, about_ids: Collection[UUID], since: date) -> Collection[tuple[str, UUID]]:
    """What of some things is with the utility already: each by the code of its kind, and the thing.

    What was sent since a day counts when it is done, too: the register may have yet to tell of it.
    """
    is_done = (col(ServiceRequest.state) == State.DONE) & (col(ServiceRequest.sent_at) >= start_of(since))
    wanted = select(ServiceRequest.kind, ServiceRequest.about_id).where(
        col(ServiceRequest.about_id).in_(about_ids), col(ServiceRequest.state).in_(SENT) | is_done, visible_to(who)
    )
    return set(db.exec(wanted)) if about_ids else ()


def open_about(db: Session, who: User, kind: Kind[Any], party_id: UUID, about_id: UUID) -> HeldRequest | None:
    """The open request of a kind about a thing; there is one at most."""
    wanted = select(ServiceRequest).where(
        ServiceRequest.kind == kind.code,
        ServiceRequest.party_id == party_id,
        ServiceRequest.about_id == about_id,
        col(ServiceRequest.state).in_(OPEN),
        visible_to(who),
    )
    return next(iter(_whole(db, db.exec(wanted).all())), None)


def _one(db: Session, wanted: SelectOfScalar[ServiceRequest]) -> HeldRequest:
    found = _whole(db, db.exec(wanted).all())
    if not found:
        raise NoSuchRequest
    return found[0]


def _whole(db: Session, rows: Sequence[ServiceRequest]) -> Sequence[HeldRequest]:
    """Rows with their events and the names of who acted; what is of a kind that is no more is left out."""
    ids = [row.id for row in rows]
    steps = select(RequestStep).where(col(RequestStep.request_id).in_(ids)).order_by(col(RequestStep.sequence))
    by_request: defaultdict[UUID, list[RequestStep]] = defaultdict(list)
    for step in db.exec(steps) if ids else ():
        by_request[step.request_id].append(step)
    acted = {row.account_id for row in rows} | {step.account_id for steps in by_request.values() for step in steps}
    names: Mapping[UUID | None, str] = {
        one.id: f"{one.given_names} {one.family_name}".strip() for one in _of(db, Account, acted)
    }
    customers = {one.id: one.name for one in _of(db, Party, {row.party_id for row in rows})}
    return [
        HeldRequest(
            row,
            customers[row.party_id],
            names.get(row.account_id),
            [RequestEvent(step, names.get(step.account_id)) for step in by_request[row.id]],
        )
        for row in rows
        if row.kind in BY_CODE
    ]


def _of(db: Session, table: type[R], ids: Collection[UUID | None]) -> Sequence[R]:
    return db.exec(select(table).where(col(table.id).in_(ids))).all() if ids else ()
