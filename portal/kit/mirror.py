"""Makes rows of the database say what another register says: what is equal stays, what differs is written.

Rows are found by the other register's own numbers. A row that it does not mention is left as it is;
the parts of a row (an invoice's lines) are the whole set, so that a part no longer mentioned goes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel, select

from portal.kit.feed import Outcome, Refusal, Verdict

AT_ONCE = 5_000  # values in one IN list; SQLite takes 32 766 in a statement
Key = tuple[Any, ...]
T = TypeVar("T", bound=SQLModel)


@dataclass(frozen=True)
class Parts:
    """Rows that belong to another: their table, the column that names their owner, and what tells them apart.

    `unread` columns never make a part differ: a sealed value is another one each time it is sealed.
    """

    table: type[SQLModel]
    owner: str
    key: tuple[str, ...]
    unread: frozenset[str] = frozenset()


def _none(_owner: UUID) -> Iterable[SQLModel]:
    return ()


@dataclass(frozen=True)
class Wanted:
    """A row as it should stand, and its parts, made once the id of the standing row is known."""

    row: SQLModel
    parts: Callable[[UUID], Iterable[SQLModel]] = field(default=_none)


def mirror(
    db: Session,
    wanted: Sequence[Wanted | Refusal],
    key: tuple[str, ...],
    parts: Sequence[Parts] = (),
) -> list[Verdict]:
    """Make the wanted rows, of one table, and their parts stand; what is refused already stays refused.

    One verdict for each, in the same order.
    """
    rows = [one for one in wanted if isinstance(one, Wanted)]
    standing = _standing(db, [one.row for one in rows], key)
    outcomes = [_settle(db, standing, one.row, key) for one in rows]
    db.flush()
    owners = [standing[_key(one.row, key)].id for one in rows] if parts else []
    belongings = [list(one.parts(owner)) for one, owner in zip(rows, owners, strict=False)]
    for kind in parts:
        of_kind = [[part for part in every if isinstance(part, kind.table)] for every in belongings]
        changed = mirror_parts(db, kind, owners, of_kind)
        outcomes = [max(pair, key=_weight) for pair in zip(outcomes, changed, strict=True)]
    settled = iter(outcomes)
    return [one if isinstance(one, Refusal) else next(settled) for one in wanted]


def mirror_parts(
    db: Session, kind: Parts, owners: Sequence[UUID], wanted: Sequence[Sequence[SQLModel]]
) -> list[Outcome]:
    """Make the parts of each owner exactly the wanted ones; whether anything changed, owner by owner."""
    standing: dict[UUID, dict[Key, SQLModel]] = {owner: {} for owner in owners}
    for part in where_in(db, kind.table, getattr(kind.table, kind.owner), owners):
        standing[getattr(part, kind.owner)][_key(part, kind.key)] = part
    outcomes = [_settle_parts(db, standing[owner], parts, kind) for owner, parts in zip(owners, wanted, strict=True)]
    db.flush()
    return outcomes


def ids(db: Session, number: Mapped[str], row_id: Mapped[UUID], numbers: Iterable[str]) -> Mapping[str, UUID]:
    """The ids of the rows with these numbers; unknown numbers are not among the answers."""
    found: dict[str, UUID] = {}
    for some in _some(numbers):
        found.update((one, row) for one, row in db.exec(select(number, row_id).where(number.in_(some))))
    return found


def where_in(db: Session, table: type[T], column: Mapped[Any], values: Iterable[Any]) -> Iterator[T]:
    """The rows whose column holds one of any number of values."""
    for some in _some(values):
        yield from db.exec(select(table).where(column.in_(some)))


def _settle_parts(db: Session, standing: dict[Key, SQLModel], wanted: Sequence[SQLModel], kind: Parts) -> Outcome:
    outcomes = [_settle(db, standing, part, kind.key, kind.unread) for part in wanted]
    gone = standing.keys() - {_key(part, kind.key) for part in wanted}
    for key in gone:
        db.delete(standing.pop(key))
    return Outcome.ACCEPTED if gone else max(outcomes, key=_weight, default=Outcome.UNCHANGED)


def _settle(
    db: Session,
    standing: dict[Key, SQLModel],
    wanted: SQLModel,
    key: tuple[str, ...],
    unread: frozenset[str] = frozenset(),
) -> Outcome:
    found = standing.get(_key(wanted, key))
    if found is None:
        standing[_key(wanted, key)] = wanted
        db.add(wanted)
        return Outcome.ACCEPTED
    differing = [name for name in _columns(type(wanted)) - unread if getattr(found, name) != getattr(wanted, name)]
    for name in differing:
        setattr(found, name, getattr(wanted, name))
    return Outcome.ACCEPTED if differing else Outcome.UNCHANGED


def _standing(db: Session, wanted: Sequence[SQLModel], key: tuple[str, ...]) -> dict[Key, Any]:
    if not wanted:
        return {}
    first = {getattr(row, key[0]) for row in wanted}
    return {_key(row, key): row for row in where_in(db, type(wanted[0]), getattr(type(wanted[0]), key[0]), first)}


def _some(values: Iterable[Any]) -> Iterator[list[Any]]:
    every = list(dict.fromkeys(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def _key(row: SQLModel, names: tuple[str, ...]) -> Key:
    return tuple(getattr(row, name) for name in names)


def _columns(table: type[SQLModel]) -> set[str]:
    return {attribute.key for attribute in inspect(table).column_attrs} - {"id"}


def _weight(outcome: Outcome) -> bool:
    return outcome is Outcome.ACCEPTED
