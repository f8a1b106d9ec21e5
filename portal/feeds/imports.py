"""Takes in feeds: each file recognised by its content, in the order of references, one transaction a file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlmodel import Session

from portal.feeds import readings, rows
from portal.feeds.kinds import KINDS, Desk
from portal.feeds.readings import PointWish
from portal.feeds.remarks import remarks
from portal.feeds.report import LeftOut, Progress, Taken, Told
from portal.feeds.rows import Ready
from portal.feeds.sources import DOUBTFUL, REFUSED, NotAFeed, Source
from portal.kit.db import Database

Sessions = Callable[[], AbstractContextManager[Session]]  # a transaction for each file


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for: about metering points, and where lines to tell of go (None: beside the file)."""

    point: PointWish
    refused_dir: Path | None


def run(sessions: Sessions, sources: Sequence[Source], wishes: Wishes, desk: Desk, progress: Progress) -> list[Told]:
    """Take in all feeds, and tell of each what became of it; one that is left out does not stop the others."""
    told: list[Told] = []
    for source in sorted(sources, key=_place):
        beside = _beside(source, wishes, told)
        told.append(_told(sessions, source, beside, partial(_prepared, source, wishes, desk, progress)))
    return told


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
    except Exception:  # noqa: BLE001 - what is wrong with it is told when its turn comes
        return len(KINDS) + 1
    return KINDS.index(kind) if kind else len(KINDS)


@dataclass(frozen=True)
class _Beside:
    """Where what is told of a feed's lines goes."""

    refused: Path
    doubtful: Path


def _beside(source: Source, wishes: Wishes, told: Sequence[Told]) -> _Beside:
    """Where the lines to tell of a feed go: not over those of another feed of the same name."""
    taken = {path for one in told if isinstance(one, Taken) for path in (one.refused_to, one.doubtful_to)}
    folder = wishes.refused_dir or source.folder
    names = chain([source.name], (f"{source.name}.{number}" for number in count(2)))
    free = (_Beside(folder / f"{name}{REFUSED}", folder / f"{name}{DOUBTFUL}") for name in names)
    return next(one for one in free if not {one.refused, one.doubtful} & taken)


def _told(sessions: Sessions, source: Source, beside: _Beside, prepare: Callable[[], Ready]) -> Told:
    try:
        ready = prepare()
        with remarks(beside.refused, beside.doubtful) as remarked, sessions() as db:
            taken = ready(db, remarked)
            remarked.close()
    except NotAFeed as why:
        return LeftOut(source.name, str(why))
    except (IntegrityError, DataError) as why:
        # the driver's message may repeat a row, so only its kind is said
        return LeftOut(source.name, f"holds a row that the database refuses ({type(why.orig).__name__})")
    except OperationalError:  # out of reach, locked or full: no other file would fare better
        raise
    except Exception as why:  # noqa: BLE001 - one file does not stop the others; the message may repeat a row here too
        return LeftOut(source.name, f"could not be taken in, nothing of it is written ({type(why).__name__})")
    return replace(
        taken,
        refused_to=beside.refused if remarked.refused.count else None,
        doubtful_to=beside.doubtful if remarked.doubtful.count else None,
    )


def _prepared(source: Source, wishes: Wishes, desk: Desk, progress: Progress) -> Ready:
    kind = rows.kind_of(source)
    if kind is None:
        return readings.prepared(source, wishes.point, desk.now, progress)
    return rows.prepared(source, kind, desk, progress)
