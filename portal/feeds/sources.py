"""Where feeds come from: files, folders, and gzip and zip archives, read within bounds and never half."""

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from portal.kit.complaints import Complaint

MOST_BYTES = 4 * 2**30  # of one feed of rows, or an archive, unpacked
LONGEST_LINE = 4 * 2**20
MOST_MEMBERS = 1000
ENDINGS = (".jsonl", ".ndjson", ".csv", ".xml", ".gz", ".zip")
REFUSED, DOUBTFUL = ".refused.csv", ".doubtful.csv"  # what an import writes beside a feed is none itself
DAMAGED = (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


class NotAFeed(Complaint):
    """A file that cannot be taken in at all; the message says why, and what to do, in words that follow its name."""


@dataclass(frozen=True)
class Source:
    """One feed: a file, or a member of a zip archive. `size` is in bytes as it lies on the disk."""

    name: str
    folder: Path
    size: int
    opened: Callable[[], BinaryIO]

    def lines(self) -> Iterator[bytes]:
        """The lines, without their ends; the whole file is read before the last one comes.

        Raises NotAFeed when the file is longer than is taken, or an archive is damaged.
        """
        taken = 0
        with self._reading() as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                taken += len(line)
                if len(line) > LONGEST_LINE:
                    raise NotAFeed(f"has a line of more than {LONGEST_LINE} bytes; a feed has one row a line")
                if taken > MOST_BYTES:
                    raise NotAFeed(f"holds more than {MOST_BYTES} bytes; split it")
                yield line.rstrip(b"\r\n")

    def blocks(self, size: int) -> Iterator[bytes]:
        """The bytes, at most so many at a time.

        Raises NotAFeed as `lines` does.
        """
        taken = 0
        with self._reading() as stream:
            while block := stream.read(size):
                taken += len(block)
                if taken > MOST_BYTES:
                    raise NotAFeed(f"holds more than {MOST_BYTES} bytes; split it")
                yield block

    def pieces(self, size: int) -> Iterator[tuple[int, bytes]]:
        """The text in pieces of about so many bytes that end where a line does, each with the bytes read of `size`.

        Raises NotAFeed as `lines` does, but however long the file is.
        """
        with self._reading() as stream:
            rest = b""
            while piece := stream.read(size):
                ends = piece.rfind(b"\n") + 1
                if ends:
                    yield _place(stream), rest + piece[:ends]
                    rest = piece[ends:]
                else:
                    rest += piece
                if len(rest) > LONGEST_LINE:
                    raise NotAFeed(f"has a line of more than {LONGEST_LINE} bytes; a feed has one row a line")
            if rest:
                yield _place(stream), rest

    def start(self, size: int) -> bytes:
        """The first bytes, at most so many.

        Raises NotAFeed as `lines` does.
        """
        with self._reading() as stream:
            return stream.read(size)

    @contextmanager
    def _reading(self) -> Iterator[BinaryIO]:
        try:
            with self.opened() as stream:
                yield stream
        except DAMAGED:
            raise NotAFeed("is a truncated or damaged archive; fetch it again") from None
        except OSError as refused:
            raise NotAFeed(f"cannot be read: {refused.strerror or refused}") from None


def found(paths: Sequence[Path]) -> list[Source]:
    """The feeds that these files and folders hold; of a folder, those with a feed's ending.

    Raises NotAFeed, naming the path, when there is nothing at one of them or an archive does not open.
    """
    return [source for path in paths for file in _files(path) for source in _unpacked(file)]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        raise NotAFeed(f"{path} is not there")
    inside = [file for file in sorted(path.iterdir()) if file.is_file() and _may_be_a_feed(file.name)]
    if not inside:
        raise NotAFeed(f"{path} holds no file ending in {', '.join(ENDINGS)}")
    yield from inside


def _may_be_a_feed(name: str) -> bool:
    base = name.rpartition("/")[2]
    return base.lower().endswith(ENDINGS) and not base.startswith(".") and not base.endswith((REFUSED, DOUBTFUL))


def _unpacked(path: Path) -> Iterator[Source]:
    start = _magic(path)
    size = path.stat().st_size
    if start.startswith(b"PK\x03\x04"):
        yield from _members(path)
    elif start.startswith(b"\x1f\x8b"):
        yield Source(path.name, path.parent, size, lambda: cast("BinaryIO", gzip.GzipFile(path)))
    else:
        yield Source(path.name, path.parent, size, lambda: path.open("rb"))


def _magic(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as refused:
        raise NotAFeed(f"{path} cannot be read: {refused.strerror}") from None


def _members(path: Path) -> Iterator[Source]:
    """The feeds in a zip archive, once all of it has proved whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            every = archive.infolist()  # all are unpacked to see whether they are whole, whatever they are called
            members = [one for one in every if _may_be_a_feed(one.filename)]
            if len(members) > MOST_MEMBERS or sum(one.file_size for one in every) > MOST_BYTES:
                raise NotAFeed(f"{path} holds more than is taken at once; split it")
            damaged = archive.testzip()
    except (*DAMAGED, OSError, RuntimeError, NotImplementedError):
        raise NotAFeed(f"{path} is a truncated, damaged or locked archive; fetch it again") from None
    if damaged or not members:
        raise NotAFeed(f"{path} is a damaged archive, or holds no file ending in .jsonl, .csv or .xml")
    for member in members:
        called = "".join(filter(str.isprintable, member.filename.replace("/", ".")))  # it is shown on a terminal
        yield Source(f"{path.name}.{called}", path.parent, member.file_size, partial(_member, path, member))


def _place(stream: BinaryIO) -> int:
    """How many bytes of the file on the disk have been read."""
    on_disk: BinaryIO = getattr(stream, "fileobj", stream)  # of a gzip file, the packed one
    return on_disk.tell()


def _member(path: Path, member: zipfile.ZipInfo) -> BinaryIO:
    """The member itself: another one may have the same name."""
    return cast("BinaryIO", zipfile.ZipFile(path).open(member))
