"""Takes in the rows of a file: which of them contradict each other, which are kept, and what became of each line."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlmodel import Session

from portal.feeds.kinds import FeedKind
from portal.feeds.known import digest, known
from portal.feeds.remarks import Remarks
from portal.feeds.report import Progress, Taken, Tally
from portal.feeds.rows import FeedLine, Known, Raw, batches, lines
from portal.feeds.sources import Source
from portal.kit.feed import Digests, Doubt, ImportContext, Outcome, Refusal, Verdict

Sessions = Callable[[], AbstractContextManager[Session]]
Step = Callable[[Session, Remarks], Taken]  # takes in a part of a file, within a transaction
Ready = Callable[[], Iterator[Step]]  # takes in a file that has been read and found whole


@dataclass(frozen=True)
class Survey:
    """What a first reading of a whole file shows: how many lines it has, what each key tells, and where rows differ.

    knowing: lines that the register knows were left unread
    """

    lines: int
    first: Mapping[Hashable, tuple[Hashable, int]]  # key -> content, line
    twice: Mapping[Hashable, str]  # key -> two of its lines, in words
    knowing: bool


class Bench:
    """Judges rows before they are kept: all rows of a key that differ are refused, for no order says who is right."""

    def __init__(self, kind: FeedKind, twice: Mapping[Hashable, str]) -> None:
        self._kind = kind
        self._twice = twice

    def refusal(self, row: Any) -> Refusal | None:  # noqa: ANN401 - the row's type is the kind's
        """Why a row is not to be kept; None for one that may be."""
        both = self._twice.get(self._kind.key_of(row))
        return Refusal(f"{both} tell the same {', '.join(self._kind.key)} differently") if both else None

    def hear(self, kept: Iterable[Any]) -> None:
        """Learn which rows now stand in the register."""


def prepared(sessions: Sessions, source: Source, kind: FeedKind, context: ImportContext, progress: Progress) -> Ready:
    """Read a whole file once, so that nothing of a damaged one is taken in; what is returned takes it in.

    Raises NotAFeed as `Source.lines` does.
    """
    found = survey(sessions, source, kind)
    return judged(source, kind, found, Bench(kind, found.twice), context, progress)


def judged(
    source: Source, kind: FeedKind, found: Survey, bench: Bench, context: ImportContext, progress: Progress
) -> Ready:
    """What takes in a file that was found whole: each row that the bench does not refuse."""

    def step(batch: Sequence[Raw], db: Session, remarks: Remarks) -> Taken:
        keys = known(db, kind, (raw for _, raw in batch)) if found.knowing else {}
        told = [_judged(line, bench) for line in lines(kind, batch, keys)]
        verdicts = _verdicts(db, kind, told, context)
        kept = zip(told, verdicts, strict=True)
        bench.hear(line.row for line, verdict in kept if line.is_read and not isinstance(verdict, Refusal))
        db.expunge_all()  # a file of any length in little memory
        progress(source.name, batch[-1][0], found.lines)
        return Taken(source.name, (kind.name,), _tally(told, verdicts, remarks))

    return lambda: (partial(step, batch) for batch in batches(source))


def survey(sessions: Sessions, source: Source, kind: FeedKind) -> Survey:
    """Read a file from end to end; where rows differ, those too that the register knows.

    Raises NotAFeed as `Source.lines` does.
    """
    found = _surveyed(sessions, source, kind, knowing=kind.remembers is not None)
    return _surveyed(sessions, source, kind, knowing=False) if found.knowing and found.twice else found


def _surveyed(sessions: Sessions, source: Source, kind: FeedKind, *, knowing: bool) -> Survey:
    first: dict[Hashable, tuple[Hashable, int]] = {}
    twice: dict[Hashable, str] = {}
    number = 0
    for batch in batches(source):
        number = batch[-1][0]
        for line in lines(kind, batch, _known(sessions, kind, batch) if knowing else {}):
            if isinstance(line.row, Refusal):
                continue
            key = line.row.key if isinstance(line.row, Known) else kind.key_of(line.row)
            content, at = first.setdefault(key, (hash(line.row), line.number))
            if content != hash(line.row):
                twice.setdefault(key, f"lines {at} and {line.number}")
    return Survey(number, first, twice, knowing)


def _known(sessions: Sessions, kind: FeedKind, batch: Sequence[Raw]) -> Mapping[bytes, Hashable]:
    with sessions() as db:
        return known(db, kind, (raw for _, raw in batch))


def _judged(line: FeedLine, bench: Bench) -> FeedLine:
    refusal = bench.refusal(line.row) if line.is_read else None
    return replace(line, row=refusal) if refusal else line


def _verdicts(db: Session, kind: FeedKind, told: Sequence[FeedLine], context: ImportContext) -> list[Verdict]:
    read = [line for line in told if line.is_read]
    kept = iter(kind.keep(db, [line.row for line in read], replace(context, digests=_digests(kind, read))))
    return [next(kept) if line.is_read else _unread(line) for line in told]


def _unread(line: FeedLine) -> Verdict:
    refused: Refusal | Known = line.row
    return Outcome.UNCHANGED if isinstance(refused, Known) else refused


def _digests(kind: FeedKind, read: Iterable[FeedLine]) -> Digests:
    """By which line each row is told, for kinds that know it again."""
    if kind.remembers is None:
        return {}
    (number,) = kind.key
    return {getattr(line.row, number): digest(kind, line.raw) for line in read}


def _tally(batch: Sequence[FeedLine], verdicts: Sequence[Verdict], remarks: Remarks) -> Tally:
    outcomes: Counter[Outcome] = Counter()
    refused, doubtful = remarks.refused.count, remarks.doubtful.count
    for line, verdict in zip(batch, verdicts, strict=True):
        match verdict:
            case Refusal():
                remarks.refused.put(line.number, verdict.reason, line.raw.decode(errors="replace"))
            case Doubt():
                remarks.doubtful.put(line.number, verdict.reason, line.raw.decode(errors="replace"))
                outcomes[verdict.outcome] += 1
            case Outcome():
                outcomes[verdict] += 1
    return Tally(
        outcomes[Outcome.ACCEPTED],
        outcomes[Outcome.UNCHANGED],
        remarks.refused.count - refused,
        remarks.doubtful.count - doubtful,
    )
