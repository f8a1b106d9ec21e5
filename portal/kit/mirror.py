"""Makes rows of the database say what another register says: what is equal stays, what differs is written.

Rows are found by the other register's own numbers. A row that it does not mention is left as it is;
the parts of a row (an invoice's lines) are the whole set, so that a part no longer mentioned goes.
Rows are plain columns here, written many at once: a register has millions of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel

from portal.kit.feed import Outcome, Refusal, Verdict

AT_ONCE = 5_000  # values in one IN list; SQLite takes 32 766 in a statement
Key = tuple[Any, ...]
Columns = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """The rows of a table, and the columns by which the other register tells them apart.

    `unread` columns never make a row differ: a sealed value is another one each time it is sealed. `noted` ones do not
    either, but are always written: where a row comes from is no news of it.
    """

    model: type[SQLModel]
    key: tuple[str, ...]
    unread: frozenset[str] = frozenset()
    noted: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        """The table itself."""
        return SQLModel.metadata.tables[str(self.model.__tablename__)]

    def key_of(self, row: Mapping[str, Any]) -> Key:
        """What a row is told apart by."""
        return tuple(row[name] for name in self.key)


@dataclass(frozen=True)
class Parts(Kept):
    """Rows that belong to another one, which the column `owner` names; the key tells those of one owner apart."""

    owner: str = ""


PartsOf = Callable[[UUID], Mapping[Parts, Iterable[Columns]]]


def _no_parts(_owner: UUID) -> Mapping[Parts, Iterable[Columns]]:
    return {}


@dataclass(frozen=True)
class Wanted:
    """A row as it should stand, without its id, and its parts, told once the id is known; owners are filled in."""

    row: Columns
    parts: PartsOf = _no_parts


def mirror(db: Session, kept: Kept, wanted: Sequence[Wanted | Refusal], parts: Sequence[Parts] = ()) -> list[Verdict]:
    """Make the wanted rows and their parts stand; what is refused already stays refused.

    One verdict for each, in the same order.
    """
    rows = [one for one in wanted if isinstance(one, Wanted)]
    book = _TableRows(db, kept, kept.key[0], [one.row[kept.key[0]] for one in rows])
    outcomes = [book.settle(one.row) for one in rows]
    book.write()
    owners = [book.id_of(one.row) for one in rows] if parts else []
    belongings = [one.parts(owner) for one, owner in zip(rows, owners, strict=False)]
    for kind in parts:
        changed = mirror_parts(db, kind, owners, [every.get(kind, ()) for every in belongings])
        outcomes = [_either(*pair) for pair in zip(outcomes, changed, strict=True)]
    settled = iter(outcomes)
    return [one if isinstance(one, Refusal) else next(settled) for one in wanted]


def mirror_parts(
    db: Session, parts: Parts, owners: Sequence[UUID], wanted: Sequence[Iterable[Columns]]
) -> list[Outcome]:
    """Make the parts of each owner exactly the wanted ones; whether anything changed, owner by owner."""
    book = _TableRows(db, Kept(parts.model, (parts.owner, *parts.key), parts.unread), parts.owner, owners)
    outcomes = [
        book.settle_all(owner, [{parts.owner: owner, **row} for row in rows])
        for owner, rows in zip(owners, wanted, strict=True)
    ]
    book.write()
    return outcomes


def ids(db: Session, number: Mapped[str], row_id: Mapped[UUID], numbers: Iterable[str]) -> Mapping[str, UUID]:
    """The ids of the rows with these numbers; unknown numbers are not among the answers."""
    found: dict[str, UUID] = {}
    for some in portions(numbers):
        found.update((one, row) for one, row in db.execute(select(number, row_id).where(number.in_(some))))
    return found


def portions(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The different values, so many at a time as an IN list takes."""
    every = list(dict.fromkeys(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


class _TableRows:
    """The rows of a table that stand under some keys, and what is to be done to them."""

    def __init__(self, db: Session, kept: Kept, column: str, values: Iterable[Any]) -> None:
        """Read the rows whose `column`, the first of the key, holds one of the values."""
        self._db = db
        self._kept = kept
        self._primary = [one.name for one in kept.table.primary_key]
        self._standing: dict[Any, dict[Key, Columns]] = {}
        self._new: list[Columns] = []
        self._changed: list[Columns] = []
        self._gone: list[Columns] = []
        for row in _where_in(db, kept.table, kept.table.c[column], values):
            self._beside(row)[kept.key_of(row)] = row

    def settle(self, wanted: Columns) -> Outcome:
        """Let a row stand as wanted."""
        beside, key = self._beside(wanted), self._kept.key_of(wanted)
        found = beside.get(key)
        if found is None:
            beside[key] = self._made(wanted)
            self._new.append(beside[key])
            return Outcome.ACCEPTED
        other = {name for name, value in wanted.items() if found[name] != value} - self._kept.unread
        if other:
            found.update(wanted)
            self._changed.append(found)
        return Outcome.ACCEPTED if other - self._kept.noted else Outcome.UNCHANGED

    def settle_all(self, first: object, wanted: Sequence[Columns]) -> Outcome:
        """Let the rows whose key begins with `first` be exactly the wanted ones."""
        outcomes = [self.settle(row) for row in wanted]
        beside = self._standing.get(first, {})
        gone = beside.keys() - {self._kept.key_of(row) for row in wanted}
        self._gone += [beside.pop(key) for key in gone]
        return Outcome.ACCEPTED if gone or Outcome.ACCEPTED in outcomes else Outcome.UNCHANGED

    def id_of(self, row: Columns) -> UUID:
        """The id under which a row stands."""
        found: UUID = self._beside(row)[self._kept.key_of(row)]["id"]
        return found

    def write(self) -> None:
        """Remove what is gone, then change, then add."""
        table, run = self._kept.table, self._db.connection().execute
        this = [table.c[name] == bindparam(f"this_{name}") for name in self._primary]
        if self._gone:
            run(delete(table).where(*this), [self._named(row) for row in self._gone])
        if self._changed:
            run(update(table).where(*this), [row | self._named(row) for row in self._changed])
        if self._new:
            run(insert(table), self._new)

    def _named(self, row: Columns) -> Columns:
        return {f"this_{name}": row[name] for name in self._primary}

    def _made(self, wanted: Columns) -> Columns:
        return wanted if "id" not in self._kept.table.c else {"id": uuid4(), **wanted}

    def _beside(self, row: Columns) -> dict[Key, Columns]:
        return self._standing.setdefault(row[self._kept.key[0]], {})


def _where_in(db: Session, table: Table, column: Column[Any], values: Iterable[Any]) -> Iterator[Columns]:
    for some in portions(values):
        for row in db.connection().execute(select(table).where(column.in_(some))).mappings():
            yield dict(row)


def _either(one: Outcome, other: Outcome) -> Outcome:
    return Outcome.ACCEPTED if Outcome.ACCEPTED in (one, other) else Outcome.UNCHANGED
