"""Takes in feeds: each file recognised by its content, in the order of references.

Files of a kind of which something holds once a day only are one transaction together (once.py). Other rows are taken in
some at a time, and so are readings: an import that breaks off goes on where it was when it is run again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import chain, count, groupby
from operator import itemgetter
from pathlib import Path

from sqlmodel import Session

from portal.feeds import readings, rows, taking
from portal.feeds.kinds import KINDS
from portal.feeds.once import FeedFile, together
from portal.feeds.readings import PointOptions
from portal.feeds.remarks import Remarks, remarks
from portal.feeds.report import LeftOut, Progress, Taken, Told, reason
from portal.feeds.sources import DOUBTFUL, REFUSED, Source
from portal.feeds.taking import Ready, Sessions
from portal.kit.db import Database
from portal.kit.feed import ImportContext

FIRST = itemgetter(0)


def run(
    sessions: Sessions,
    sources: Sequence[Source],
    point: PointOptions,
    refused_dir: Path | None,
    context: ImportContext,
    progress: Progress,
) -> list[Told]:
    """Take in all feeds, and tell of each what became of it; one that is left out does not stop the others.

    refused_dir: where lines to tell of go; None: beside their file
    """
    told: list[Told] = []
    for place, group in groupby(sorted(((_place(one), one) for one in sources), key=FIRST), key=FIRST):
        files = [source for _, source in group]
        kind = KINDS[place] if place < len(KINDS) else None
        if kind and kind.once:
            told += together(sessions, kind, kind.once, _placed(files, refused_dir, told), context, progress)
            continue
        for source in files:
            (file,) = _placed([source], refused_dir, told)
            told.append(_told(sessions, file, partial(_prepared, sessions, source, point, context, progress)))
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


def _placed(sources: Iterable[Source], refused_dir: Path | None, told: Iterable[Told]) -> list[FeedFile]:
    """Where the lines to tell of feeds go: not over those of another feed of the same name."""
    taken = {path for one in told if isinstance(one, Taken) for path in (one.refused_to, one.doubtful_to)}
    files: list[FeedFile] = []
    for source in sources:
        folder = refused_dir or source.folder
        names = chain([source.name], (f"{source.name}.{number}" for number in count(2)))
        free = (FeedFile(source, folder / f"{name}{REFUSED}", folder / f"{name}{DOUBTFUL}") for name in names)
        files.append(next(one for one in free if not {one.refused_to, one.doubtful_to} & taken))
        taken |= {files[-1].refused_to, files[-1].doubtful_to}
    return files


def _told(sessions: Sessions, file: FeedFile, prepare: Callable[[], Ready]) -> Told:
    try:
        ready = prepare()
        with remarks(file.refused_to, file.doubtful_to) as remarked:
            taken = _taken(sessions, ready, remarked, Taken.nothing(file.source.name))
    except Exception as failed:  # noqa: BLE001 - one file does not stop the others
        return LeftOut.because(file.source.name, failed)
    return file.said(taken)


def _taken(sessions: Sessions, ready: Ready, remarked: Remarks, nothing: Taken) -> Taken:
    """Take in a file step by step. What is taken in stays, whatever comes after it."""
    taken = nothing
    try:
        for step in ready():
            with sessions() as db:
                more = step(db, remarked)
                remarked.flush()
            taken = taken.and_then(more)
    except Exception as failed:
        if taken is nothing:
            raise
        return replace(taken, broke_off=reason(failed))
    return taken


def _prepared(
    sessions: Sessions, source: Source, point: PointOptions, context: ImportContext, progress: Progress
) -> Ready:
    kind = rows.kind_of(source)
    if kind is None:
        return readings.prepared(source, point, context.now, progress)
    return taking.prepared(sessions, source, kind, context, progress)
