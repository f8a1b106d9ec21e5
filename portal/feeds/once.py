"""Files of a kind of which something holds once a day only: taken in together, without rows that contradict each other.

Whether days overlap is seen when all else is settled: when every file of the kind is read, and each row is written or
refused. A key that then has two rows on a day is contested: nothing is kept, and all files are taken again without the
rows of that key. Neither the order of rows nor that of files says who is right, an import that breaks off leaves
nothing half judged, and what is remembered are keys, not rows (docs/decisions/0013).
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

from sqlmodel import Session

from portal.feeds.kinds import FeedKind
from portal.feeds.remarks import Remarks, remarks
from portal.feeds.report import LeftOut, Progress, Taken, Told
from portal.feeds.sources import Source
from portal.feeds.taking import Bench, Ready, Sessions, Survey, judged, survey
from portal.kit.db import one_at_a_time
from portal.kit.feed import ImportContext, Refusal
from portal.kit.once import Key, Once, contradictions, said


@dataclass(frozen=True)
class FeedFile:
    """A file of a feed, and where what is told of its lines goes."""

    source: Source
    refused_to: Path
    doubtful_to: Path

    def said(self, taken: Taken) -> Taken:
        """What became of it, with the files that were written of its lines."""
        refused_to = self.refused_to if taken.tally.refused else None
        return replace(taken, refused_to=refused_to, doubtful_to=self.doubtful_to if taken.tally.doubtful else None)


def together(
    sessions: Sessions,
    kind: FeedKind,
    once: Once,
    files: Sequence[FeedFile],
    context: ImportContext,
    progress: Progress,
) -> list[Told]:
    """Take in the files of a kind in one transaction, and tell of each what became of it."""
    found = {file: _surveyed(sessions, file, kind) for file in files}
    whole = {file: one for file, one in found.items() if isinstance(one, Survey)}
    contest = Contest(kind, once, dict(_differing(whole)))
    ready = {file: judged(file.source, kind, one, contest, context, progress) for file, one in whole.items()}
    try:
        taken = _settled(sessions, ready, contest)
    except Exception as failed:  # noqa: BLE001 - this kind does not stop the others
        taken = {file: LeftOut.because(file.source.name, failed) for file in ready}
    return [one if isinstance(one, LeftOut) else taken[file] for file, one in found.items()]


class Contested(Exception):
    """Two rows of a key hold on one day: the transaction is not to be kept."""


class Contest(Bench):
    """Refuses rows of contested keys, and finds out which keys are contested."""

    def __init__(self, kind: FeedKind, once: Once, twice: Mapping[Hashable, str]) -> None:
        super().__init__(kind, twice)
        self._once = once
        self._name = kind.name
        self._told: set[Key] = set()
        self._contested = contradictions(())

    def refusal(self, row: Any) -> Refusal | None:  # noqa: ANN401 - the row's type is the kind's
        """Why a row is not to be kept; one that never came to stand beside the others has a reason of its own."""
        mine = self._once.of(row)
        pair = self._contested.get(mine) if mine else None
        return Refusal(said(pair, self._once.rule(pair.one.key))) if pair else super().refusal(row)

    def hear(self, kept: Iterable[Any]) -> None:
        """Learn of which keys rows now stand in the register."""
        self._told |= {mine.key for row in kept if (mine := self._once.of(row))}

    def open(self, db: Session) -> None:
        """Begin with no row told, and alone: two imports at once could contradict each other unseen."""
        one_at_a_time(db, f"feed of {self._name}")
        self._told.clear()

    def close(self, db: Session) -> None:
        """See that each key that was told has one row a day; the rows of one that has not are refused from now on.

        Raises Contested where there is one.
        """
        found = contradictions(self._once.standing(db, self._told))
        self._contested |= found
        if found:
            raise Contested


def _surveyed(sessions: Sessions, file: FeedFile, kind: FeedKind) -> Survey | LeftOut:
    try:
        return survey(sessions, file.source, kind)
    except Exception as failed:  # noqa: BLE001 - one file does not stop the others
        return LeftOut.because(file.source.name, failed)


def _differing(surveys: Mapping[FeedFile, Survey]) -> Iterator[tuple[Hashable, str]]:
    """The keys that rows tell differently, within a file or across files, and where."""
    first: dict[Hashable, tuple[Hashable, str]] = {}
    for file, found in surveys.items():
        yield from found.twice.items()
        for key, (content, line) in found.first.items():
            here = f"line {line} of {file.source.name}"
            known, there = first.setdefault(key, (content, here))
            if known != content:
                yield key, f"{there} and {here}"


def _settled(sessions: Sessions, ready: Mapping[FeedFile, Ready], contest: Contest) -> Mapping[FeedFile, Told]:
    """Take in the files again and again until nothing is contested: each time with fewer rows."""
    while True:
        try:
            return _taken(sessions, ready, contest)
        except Contested:
            continue


def _taken(sessions: Sessions, ready: Mapping[FeedFile, Ready], contest: Contest) -> Mapping[FeedFile, Told]:
    with ExitStack() as until_kept:
        remarked = {file: until_kept.enter_context(remarks(file.refused_to, file.doubtful_to)) for file in ready}
        with sessions() as db:
            contest.open(db)
            told = {file: _told(db, file, take, remarked[file]) for file, take in ready.items()}
            contest.close(db)
    return told


def _told(db: Session, file: FeedFile, take: Ready, remarked: Remarks) -> Told:
    try:
        with db.begin_nested():
            taken = reduce(Taken.and_then, (step(db, remarked) for step in take()), Taken.nothing(file.source.name))
            remarked.flush()
    except Exception as failed:  # noqa: BLE001 - one file does not stop the others
        remarked.drop()
        return LeftOut.because(file.source.name, failed)
    return file.said(taken)
