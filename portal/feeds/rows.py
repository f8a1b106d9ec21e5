"""Reads JSON Lines, and Finvoice messages as lines of bills: of which kind a file is, and what its lines say."""

import json
from codecs import getincrementaldecoder
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from portal.feeds import finvoice_file
from portal.feeds.kinds import KINDS, FeedKind
from portal.feeds.schema import fields, kind_named
from portal.feeds.sources import NotAFeed, Source
from portal.invoices.finvoice_reading import ELEMENTS
from portal.kit.feed import Refusal

BOM = b"\xef\xbb\xbf"
START = 4096  # bytes in which something must stand
LOOKED_AT = 100  # lines that tell of which kind a file is
ALIKE = 0.5  # the share of fields in common by which a damaged row is still known
BATCH, HEAVY = 500, 16 * 2**20  # lines that are taken in at once, or bytes that end a batch
OF_FINVOICE = "invoices"
Raw = tuple[int, bytes]  # a line's number from 1, and its bytes; of a Finvoice message its first line's, and all of it


@dataclass(frozen=True)
class Known:
    """What a line makes that told its row as it stands already: nothing but the row's key."""

    key: Hashable


@dataclass(frozen=True)
class FeedLine:
    """One line of a feed: its number from 1, its bytes, and the row it makes, or why it makes none."""

    number: int
    raw: bytes
    row: Any  # a FeedRow, Known, or a Refusal

    @property
    def is_read(self) -> bool:
        """Whether there is a row, which can be kept."""
        return not isinstance(self.row, Known | Refusal)


def kind_of(source: Source) -> FeedKind | None:
    """The kind whose fields the first lines have most in common with, that of bills for XML; None for any other file.

    Raises NotAFeed for JSON that is of no kind, and as `Source.lines` does.
    """
    if finvoice_file.looks_like(source.start(START)):
        return kind_named(OF_FINVOICE)
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


def batches(source: Source) -> Iterator[list[Raw]]:
    """The lines of a file that are not blank, some at a time.

    Raises NotAFeed as `Source.lines` and `finvoice_file.messages` do.
    """
    batch: list[Raw] = []
    weight = 0
    for number, raw in _numbered(source):
        batch.append((number, raw))
        weight += len(raw)
        if len(batch) == BATCH or weight >= HEAVY:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def lines(kind: FeedKind, batch: Iterable[Raw], known: Mapping[bytes, Hashable]) -> list[FeedLine]:
    """Some lines, read as rows of a kind, but for those that are known, with the keys of their rows."""
    return [FeedLine(number, raw, Known(known[raw]) if raw in known else read(kind, raw)) for number, raw in batch]


def read(kind: FeedKind, raw: bytes) -> Any:  # noqa: ANN401 - the row's type is the kind's
    """The row that a line makes, or a Refusal that says why it makes none."""
    elements = ELEMENTS if finvoice_file.is_message(raw) else {}
    try:
        line = finvoice_file.told(raw) if elements else raw
        row = kind.adapter.validate_json(line)
        json.loads(line, object_pairs_hook=_each_once)
    except ValidationError as refused:
        return Refusal("; ".join(_sentences(refused, elements)))
    except (ValueError, NotAFeed) as refused:
        return Refusal(str(refused))
    return row


def likeness(names: frozenset[str], kind: FeedKind) -> float:
    """The share of fields in common; those that came to a kind later may be missing."""
    return max(len(names & known.every) / len(names | known.asked) for known in fields(kind))


def _is_utf8(start: bytes) -> bool:
    try:
        getincrementaldecoder("utf-8")().decode(start)  # which may end within a character
    except UnicodeDecodeError:
        return False
    return True


def _likenesses(source: Source) -> Iterator[tuple[float, FeedKind]]:
    for _, raw in islice(_numbered(source), LOOKED_AT):
        try:
            told = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            yield from ((likeness(frozenset(told), kind), kind) for kind in KINDS)


def _numbered(source: Source) -> Iterator[Raw]:
    if finvoice_file.looks_like(source.start(START)):
        yield from finvoice_file.messages(source)
        return
    for number, raw in enumerate(source.lines(), 1):
        text = raw.removeprefix(BOM) if number == 1 else raw
        if text.strip():
            yield number, text


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a field stands twice")
    return told


def _sentences(refused: ValidationError, elements: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, with the place of each; never what was sent, which may be an identity code.

    elements: where Finvoice tells a field, for what came as that
    """
    for error in refused.errors(include_url=False, include_input=False)[:3]:
        place, says = error["loc"], error["msg"].removeprefix("Value error, ")
        if error["type"] == "extra_forbidden":  # its name is the sender's own, and may be anything
            place, says = place[:-1], "has a field that the feed does not know"
        if error["type"] == "union_tag_invalid":
            says = f"{error['ctx']['discriminator']} is none of {error['ctx']['expected_tags']}"
        told_in = f" ({elements[str(place[-1])]})" if place and str(place[-1]) in elements else ""
        yield f"{'.'.join(map(str, place))}{told_in}: {says}" if place else says
