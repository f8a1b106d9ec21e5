"""One large file a person at a time, over all workers: who has one on its way stands in the database until it ends.

A data package is such a file, called package here, and so are many invoices as PDFs.

A lease lasts for a quarter of an hour and is renewed once a minute between two pieces, however long a package takes.
What it must outlast is the wait for a reader: a piece is made when the one before it has left, which has 64 KiB and
waits behind what a socket buffers, some megabytes at most. 2 kB a second take them in less than that quarter; nor does
Linux keep a connection for longer on which nothing arrives (tcp_retries2). Whoever was killed with a package under way
waits as long for the next one.

Where a lease has run out, because its reader or the database was away for so long, its package takes it again as if
nothing had been, unless another package has it: then it breaks off, for there would be two.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from portal.auth.models import PackageLease
from portal.kit.allowance import MINUTE
from portal.kit.db import Database, table_of, take_over
from portal.kit.outages import outage
from portal.kit.streams import Pieces

LASTS: Final = 15 * MINUTE
RENEWED_EVERY: Final = MINUTE


class TakenByAnother(RuntimeError):
    """A package whose lease ran out has seen that the next one is on its way."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one package to be the only one on its way to a person."""

    account_id: UUID
    taken_at: datetime
    holder: UUID = field(default_factory=uuid4)


def hold(db: Session, lease: Lease, now: datetime) -> bool:
    """Take a lease, or renew it; False while another package has one."""
    table = table_of(PackageLease)
    row = {
        "account_id": lease.account_id,
        "holder": lease.holder,
        "taken_at": lease.taken_at,
        "until": now + LASTS,
    }
    return take_over(db, table, row, (table.c.until <= now) | (table.c.holder == lease.holder))


def kept(pieces: Pieces, lease: Lease, database: Database, clock: Callable[[], datetime]) -> Pieces:
    """The pieces of a package, whose lease is renewed meanwhile.

    Where the database is away or another one writes, it is renewed a minute later: no piece waits for that. Raises
    TakenByAnother before a piece is made that another package stands in the way of.
    """
    renewed_at = lease.taken_at
    with closing(pieces):
        for piece in pieces:
            yield piece
            if (now := clock()) - renewed_at >= RENEWED_EVERY:
                _renew(database, lease, now)
                renewed_at = now


def give_back(database: Database, lease: Lease) -> None:
    """Let the person take the next package; another's lease stays. Where the database is away, the lease runs out."""
    mine = (col(PackageLease.account_id) == lease.account_id) & (col(PackageLease.holder) == lease.holder)
    try:
        with database.writing() as db:
            db.connection().execute(delete(PackageLease).where(mine))
    except SQLAlchemyError as failed:
        if outage(failed) is None:
            raise


def forget(db: Session, now: datetime) -> int:
    """Remove leases that have run out: those of processes that were killed; how many."""
    return db.connection().execute(delete(PackageLease).where(col(PackageLease.until) <= now)).rowcount


def _renew(database: Database, lease: Lease, now: datetime) -> None:
    try:
        with database.writing_at_once() as db:
            is_held = hold(db, lease, now)
    except SQLAlchemyError as failed:
        if outage(failed) is None:
            raise
        return
    if not is_held:
        raise TakenByAnother
