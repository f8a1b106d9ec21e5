"""Reads JSON Lines: of which kind a file is, what its lines say, and which of them contradict each other."""

import json
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from portal.feeds.kinds import KINDS, Desk, Kind
from portal.feeds.remarks import Remarks
from portal.feeds.report import Progress, Taken, Tally
from portal.feeds.schema import fields
from portal.feeds.sources import NotAFeed, Source
from portal.kit.feed import Doubt, Outcome, Refusal, Verdict

BOM = b"\xef\xbb\xbf"
START = 4096  # bytes in which something must stand
LOOKED_AT = 100  # lines that tell of which kind a file is
ALIKE = 0.5  # the share of fields in common by which a damaged row is still known
BATCH = 500
Ready = Callable[[Session, Remarks], Taken]  # takes in a file that has been read and found whole


@dataclass(frozen=True)
class Line:
    """One line of a feed: its number from 1, its bytes, and the row it makes or why it makes none."""

    number: int
    raw: bytes
    row: Any  # a FeedRow, or a Refusal


@dataclass(frozen=True)
class Survey:
    """What a first reading of a whole file shows: how many lines it has, what each key tells, and where rows differ."""

    lines: int
    first: Mapping[Hashable, tuple[int, int]]  # key -> content, line
    twice: Mapping[Hashable, str]  # key -> two of its lines, in words


class Bench:
    """Judges rows before they are kept: all rows of a key that differ are refused, for no order says who is right."""

    def __init__(self, kind: Kind, twice: Mapping[Hashable, str]) -> None:
        self._kind = kind
        self._twice = twice

    def refusal(self, row: Any) -> Refusal | None:  # noqa: ANN401 - the row's type is the kind's
        """Why a row is not to be kept; None for one that may be."""
        both = self._twice.get(self._kind.key_of(row))
        return Refusal(f"{both} tell the same {', '.join(self._kind.key)} differently") if both else None

    def hear(self, kept: Iterable[Any]) -> None:
        """Learn which rows now stand in the register."""


def kind_of(source: Source) -> Kind | None:
    """The kind whose fields the first lines have most in common with; None for a file that is not JSON.

    Raises NotAFeed for JSON that is of no kind, and as `Source.lines` does.
    """
    start = source.start(START).removeprefix(BOM).lstrip()
    if not start:
        raise NotAFeed("is empty")
    if start.startswith(b"["):
        raise NotAFeed("is one JSON array; a feed has one object a line (JSON Lines)")
    if not start.startswith(b"{"):
        return None
    likeness, kind = max(_likenesses(source), key=lambda pair: pair[0], default=(0.0, None))
    if likeness < ALIKE:
        if not _is_utf8(start):
            raise NotAFeed("is not UTF-8 text; save it as that")
        known = ", ".join(kind.name for kind in KINDS)
        raise NotAFeed(f"is of none of the kinds that are taken: {known}")
    return kind


def prepared(source: Source, kind: Kind, desk: Desk, progress: Progress) -> Ready:
    """Read a whole file once, so that nothing of a damaged one is taken in; what is returned takes it in.

    Raises NotAFeed as `Source.lines` does.
    """
    found = survey(source, kind)
    return judged(source, kind, found.lines, Bench(kind, found.twice), desk, progress)


def judged(source: Source, kind: Kind, number: int, bench: Bench, desk: Desk, progress: Progress) -> Ready:
    """What takes in a file that was found whole and has so many lines: each row that the bench does not refuse."""

    def take(db: Session, remarks: Remarks) -> Taken:
        tally = Tally()
        for batch in _batches(lines(source, kind)):
            verdicts = _kept(db, kind, [_judged(line, bench) for line in batch], desk)
            kept = zip(batch, verdicts, strict=True)
            bench.hear(line.row for line, verdict in kept if not isinstance(verdict, Refusal))
            tally += _tally(batch, verdicts, remarks)
            progress(source.name, batch[-1].number, number)
        return Taken(source.name, (kind.name,), tally)

    return take


def survey(source: Source, kind: Kind) -> Survey:
    """Read a file from end to end.

    Raises NotAFeed as `Source.lines` does.
    """
    first: dict[Hashable, tuple[int, int]] = {}  # key -> content, line
    twice: dict[Hashable, str] = {}
    number = 0
    for line in lines(source, kind):
        number = line.number
        if isinstance(line.row, Refusal):
            continue
        key, content = kind.key_of(line.row), hash(line.row)
        known, at = first.setdefault(key, (content, number))
        if known != content:
            twice.setdefault(key, f"lines {at} and {number}")
    return Survey(number, first, twice)


def lines(source: Source, kind: Kind) -> Iterator[Line]:
    """The lines of a file that are not blank, read as rows of a kind.

    Raises NotAFeed as `Source.lines` does.
    """
    for number, raw in _numbered(source):
        yield Line(number, raw, read(kind, raw))


def read(kind: Kind, raw: bytes) -> Any:  # noqa: ANN401 - the row's type is the kind's
    """The row that a line makes, or a Refusal that says why it makes none."""
    try:
        row = kind.adapter.validate_json(raw)
        json.loads(raw, object_pairs_hook=_each_once)
    except ValidationError as refused:
        return Refusal("; ".join(_sentences(refused)))
    except ValueError as refused:
        return Refusal(str(refused))
    return row


def likeness(names: frozenset[str], kind: Kind) -> float:
    """The share of fields in common; those that came to a kind later may be missing."""
    return max(len(names & known.every) / len(names | known.asked) for known in fields(kind))


def _is_utf8(start: bytes) -> bool:
    try:
        getincrementaldecoder("utf-8")().decode(start)  # which may end within a character
    except UnicodeDecodeError:
        return False
    return True


def _likenesses(source: Source) -> Iterator[tuple[float, Kind]]:
    for _, raw in islice(_numbered(source), LOOKED_AT):
        try:
            told = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            yield from ((likeness(frozenset(told), kind), kind) for kind in KINDS)


def _batches(every: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(every, BATCH)):
        yield batch


def _judged(line: Line, bench: Bench) -> Line:
    refusal = None if isinstance(line.row, Refusal) else bench.refusal(line.row)
    return replace(line, row=refusal) if refusal else line


def _kept(db: Session, kind: Kind, batch: Sequence[Line], desk: Desk) -> list[Verdict]:
    kept = iter(kind.keep(db, [line.row for line in batch if not isinstance(line.row, Refusal)], desk))
    verdicts = [line.row if isinstance(line.row, Refusal) else next(kept) for line in batch]
    db.expunge_all()  # a file of any length in little memory
    return verdicts


def _tally(batch: Sequence[Line], verdicts: Sequence[Verdict], remarks: Remarks) -> Tally:
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


def _numbered(source: Source) -> Iterator[tuple[int, bytes]]:
    for number, raw in enumerate(source.lines(), 1):
        text = raw.removeprefix(BOM) if number == 1 else raw
        if text.strip():
            yield number, text


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a field stands twice")
    return told


def _sentences(refused: ValidationError) -> Iterator[str]:
    """What is wrong, with the place of each; never what was sent, which may be an identity code."""
    for error in refused.errors(include_url=False, include_input=False)[:3]:
        place, says = error["loc"], error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":  # its name is the sender's own, and may be anything
            place, says = place[:-1], "has a field that the feed does not know"
        if error["type"] == "union_tag_invalid":
            says = f"{error['ctx']['discriminator']} is none of {error['ctx']['expected_tags']}"
        yield f"{'.'.join(map(str, place))}: {says}" if place else says
