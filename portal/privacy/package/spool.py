"""Where records wait while a package is made: each table's in a file of its own, so that memory holds few of them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Final, Self

from portal.kit.privacy import Record, Value

IN_MEMORY: Final = 2**20  # bytes of a table, before its records go to disk


class Spool:
    """Records by table. What lies on disk has no name there and is gone when the spool is left."""

    def __init__(self) -> None:
        """Begin without records."""
        self._open = ExitStack()
        self._files: dict[str, IO[str]] = {}
        self._columns: dict[str, dict[str, None]] = {}

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        """Let every file go."""
        self._open.close()

    def put(self, record: Record) -> None:
        """Add a record to those of its table."""
        if record.table not in self._files:
            self._files[record.table] = self._open.enter_context(_file())
        self._files[record.table].write(json.dumps(dict(record.values), ensure_ascii=False) + "\n")
        self._columns.setdefault(record.table, {}).update(dict.fromkeys(record.values))

    @property
    def tables(self) -> Sequence[str]:
        """The tables that have records, in the order in which these came."""
        return list(self._files)

    def columns(self, table: str) -> Sequence[str]:
        """The columns that the records of a table have, some perhaps not all of them."""
        return list(self._columns[table])

    def lines(self, table: str) -> Iterator[str]:
        """The records of a table as JSON objects, one a line, in the order in which they came."""
        file = self._files[table]
        file.seek(0)
        for line in file:
            yield line.rstrip("\n")

    def rows(self, table: str) -> Iterator[dict[str, Value]]:
        """The records of a table by column."""
        return map(json.loads, self.lines(table))


def _file() -> IO[str]:
    return SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="\n")
