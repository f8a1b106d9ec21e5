"""Takes in feeds: each file recognised by its content, in the order of references, one transaction a file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from portal.feeds import readings, rows
from portal.feeds.kinds import KINDS, Desk
from portal.feeds.readings import PointWish
from portal.feeds.refused import refused_lines
from portal.feeds.report import LeftOut, Progress, Taken, Told
from portal.feeds.sources import NotAFeed, Source
from portal.kit.db import Database

Sessions = Callable[[], AbstractContextManager[Session]]  # a transaction for each file


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for: about metering points, and where refused lines go (None: beside the file)."""

    point: PointWish
    refused_dir: Path | None


def run(sessions: Sessions, sources: Sequence[Source], wishes: Wishes, desk: Desk, progress: Progress) -> list[Told]:
    """Take in all feeds, and tell of each what became of it; one that is left out does not stop the others."""
    return [_told(sessions, source, wishes, desk, progress) for source in sorted(sources, key=_place)]


@contextmanager
def rehearsal(database: Database) -> Iterator[Sessions]:
    """Transactions that see each other's changes, of which nothing remains."""
    with suppress(_Rehearsed), database.writing() as db:
        yield partial(_savepoint, db)
        raise _Rehearsed


class _Rehearsed(Exception):
    """Rolls back."""


@contextmanager
def _savepoint(db: Session) -> Iterator[Session]:
    with db.begin_nested():
        yield db


def _place(source: Source) -> int:
    """Where a file comes in the order of references: readings last, then what is no feed at all."""
    try:
        kind = rows.kind_of(source)
    except NotAFeed:
        return len(KINDS) + 1
    return KINDS.index(kind) if kind else len(KINDS)


def _told(sessions: Sessions, source: Source, wishes: Wishes, desk: Desk, progress: Progress) -> Told:
    try:
        return _taken(sessions, source, wishes, desk, progress)
    except NotAFeed as why:
        return LeftOut(source.name, str(why))
    except (IntegrityError, DataError) as refused:
        # the driver's message may repeat a row, so only its kind is said
        return LeftOut(source.name, f"holds a row that the database refuses ({type(refused.orig).__name__})")


def _taken(sessions: Sessions, source: Source, wishes: Wishes, desk: Desk, progress: Progress) -> Taken:
    kind = rows.kind_of(source)
    ready = (
        rows.prepared(source, kind, desk, progress)
        if kind
        else readings.prepared(source, wishes.point, desk.now, progress)
    )
    with refused_lines(wishes.refused_dir or source.folder, source.name) as refused, sessions() as db:
        taken = ready(db, refused)
    return replace(taken, refused_to=refused.path) if refused.count else taken
