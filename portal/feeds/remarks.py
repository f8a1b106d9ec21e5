"""The files beside a feed: lines refused, and lines taken in though doubtful; each with its number, why, and itself."""

import csv
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from portal.feeds.sources import NotAFeed
from portal.kit import private
from portal.kit.spreadsheets import harmless

HEADER = ("line", "reason", "text")


class Remarked:
    """Writes lines with what is to be said of them; the file is made when the first one comes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._unfinished = path.with_name(path.name + ".part")
        self._file: TextIO | None = None

    def put(self, line: int, reason: str, text: str) -> None:
        """Keep one line: its number from 1, why, and the line as it stood.

        What a spreadsheet would take for a formula gets an apostrophe before it.
        """
        if self._file is None:
            self._file = self._made()
            csv.writer(self._file).writerow(HEADER)
        csv.writer(self._file).writerow((line, harmless(reason), harmless(text)))
        self.count += 1

    def flush(self) -> None:
        """Write down what is still in memory, so that a full disk shows before the lines are taken in."""
        if self._file is not None:
            self._file.flush()

    def finish(self) -> None:
        """Put the whole file in its place, over one of an earlier import."""
        if self._file is not None:
            self._file.close()
            self._unfinished.replace(self.path)

    def drop(self) -> None:
        """Leave nothing behind: the import did not come about."""
        if self._file is not None:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)
        self._file, self.count = None, 0

    def _made(self) -> TextIO:
        """A new file that only its owner may read: its lines can hold identity codes.

        What an import that broke off left there goes; a link that stands there is not followed.
        """
        try:
            private.folder(self.path.parent)
            self._unfinished.unlink(missing_ok=True)
            descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except OSError as refused:
            where = self.path.parent
            raise NotAFeed(
                f"has lines to tell of, which cannot be written to {where} ({refused.strerror}); "
                "name a folder with --refused-dir"
            ) from None
        return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


@dataclass(frozen=True)
class Remarks:
    """What is to be said of the lines of one feed: which were refused, and which were taken in though doubtful."""

    refused: Remarked
    doubtful: Remarked

    def flush(self) -> None:
        """Write down what is still in memory, as each file does."""
        self.refused.flush()
        self.doubtful.flush()

    def drop(self) -> None:
        """Leave nothing behind: the feed was not taken in."""
        self.refused.drop()
        self.doubtful.drop()


@contextmanager
def remarks(refused: Path, doubtful: Path) -> Iterator[Remarks]:
    """Takes remarks; each file stands at its path once the block has ended well, if there were any for it."""
    both = Remarks(Remarked(refused), Remarked(doubtful))
    with ExitStack() as otherwise:
        otherwise.callback(both.drop)
        yield both
        otherwise.pop_all()
    both.refused.finish()
    both.doubtful.finish()
