"""Archives of many files, sent piece by piece while they are made; or the same files unpacked into a folder."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from portal.kit import private
from portal.kit.streams import Pace, Pieces

WORTH_SENDING: Final = 1 << 16  # bytes


@dataclass(frozen=True)
class PackageFile:
    """A file of an archive, in pieces."""

    name: str
    pieces: Iterable[bytes]


class Pause:
    """Stands between files where the next one is not there yet, and others may go first."""


Step = PackageFile | Pause


def zipped(made: Iterable[Step]) -> Pieces:
    """A ZIP archive of the files, piece by piece as they are made; an empty piece gives way.

    Sizes stand behind each file, as in every archive that is sent while it grows; no file may have 2 GiB.
    """
    ready, pace = _Ready(), Pace()
    with ZipFile(ready, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for step in made:
            if isinstance(step, Pause):
                yield ready.taken()
                pace.again()
                continue
            with archive.open(step.name, "w") as entry:
                for piece in step.pieces:
                    entry.write(piece)
                    if pace.is_over or ready.size >= WORTH_SENDING:
                        yield ready.taken()
                        pace.again()
    yield ready.taken()


def unpacked(made: Iterable[Step], folder: Path) -> Iterator[str]:
    """Write the files into a folder, for their owner's eyes only; the name of each, before it is written."""
    private.folder(folder)
    folder.chmod(private.FOLDER)
    for file in made:
        if isinstance(file, Pause):
            continue
        yield file.name
        path = folder / file.name
        private.folder(path.parent)
        with open(path, "xb", opener=private.opener) as written:
            written.writelines(file.pieces)


class _Ready:
    """Where an archive is written to: what has not been sent yet."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep it."""
        self._written.append(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """What is left can still be taken."""

    @property
    def size(self) -> int:
        """How many bytes have been written since the last time."""
        return sum(map(len, self._written))

    def taken(self) -> bytes:
        """What has been written since the last time, in one piece."""
        written, self._written = b"".join(self._written), []
        return written
