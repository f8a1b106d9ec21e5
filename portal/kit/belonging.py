"""How the rows of a table hang on people: said once, beside what is personal. Of this PostgreSQL's policies are made.

What somebody may see of a personal table is what a condition here lets through, whatever a query forgot to ask. Whose
account, which parties, sites and metering points that are stands in the settings of the transaction (`kit/sight.py`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sqlmodel import SQLModel

MINE: Final = "portal.accounts"
OWN: Final = "portal.own"
PARTIES: Final = "portal.parties"
SITES: Final = "portal.sites"
POINTS: Final = "portal.points"
LIMITED: Final = "portal.limited"
SHOWN: Final = "portal.shown"
"""Settings of a transaction. Each is asked once a statement, never once a row: PostgreSQL makes it an InitPlan."""


class Writes(StrEnum):
    """What the web may do to the rows that it sees, beside seeing them."""

    NOTHING = ""
    LOCKS = "locks"  # it may hold a row until its transaction ends, and change nothing of it
    ADDS = "adds"  # history: a row that stands is never changed
    CHANGES = "changes"
    REMOVES = "removes"  # and adds and changes


@dataclass(frozen=True, slots=True)
class Key:
    """A column by which a row is found before anybody is known: whoever shows its value may see the row.

    opens: the columns of the row that say whose account and party it is; they are known from then on
    until: the column that is empty for as long as it opens anything
    """

    column: str
    opens: tuple[str, ...] = ()
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows somebody may see: those of which one of the conditions holds. `{table}` stands for the table's name.

    added_if: what may be added beside, though it may not be seen afterwards
    only_seen_if: what may be seen beside, and not written
    unreported: columns that open something to whoever reads them, so that no report does
    """

    conditions: tuple[str, ...]
    keys: tuple[Key, ...] = ()
    writes: Writes = Writes.NOTHING
    added_if: tuple[str, ...] = ()
    only_seen_if: tuple[str, ...] = ()
    unreported: frozenset[str] = frozenset()

    def __or__(self, other: "Rows") -> "Rows":
        """Those of either."""
        return Rows(self.conditions + other.conditions, self.keys + other.keys)

    def locked(self) -> "Rows":
        """The web may hold them."""
        return replace(self, writes=Writes.LOCKS)

    def added(self, *, also_if: str | None = None) -> "Rows":
        """The web may add to them."""
        return replace(self, writes=Writes.ADDS, added_if=(also_if,) if also_if else ())

    def changed(self, *, and_seen: "Rows | None" = None) -> "Rows":
        """The web may add and change them; others it may see besides."""
        return replace(self, writes=Writes.CHANGES, only_seen_if=and_seen.conditions if and_seen else ())

    def removed(self) -> "Rows":
        """The web may add, change and remove them."""
        return replace(self, writes=Writes.REMOVES)

    def without_reports_of(self, columns: frozenset[str]) -> "Rows":
        """Reports read what else stands in them."""
        return replace(self, unreported=columns)


def of_party(column: str = "party_id", *, site: str | None = None) -> Rows:
    """Rows of the parties whose things somebody sees now; of a mandate for some sites, those of these sites."""
    limit = f" AND ({_is_unlimited()} OR {{table}}.{site} = {_any(SITES)})" if site else ""
    return Rows((f"{{table}}.{column} = {_any(PARTIES)}{limit}",))


def of_oneself(column: str = "party_id") -> Rows:
    """Rows of the person who is signed in, under each of their customer numbers, whomever they act for."""
    return Rows((f"{{table}}.{column} = {_any(OWN)}",))


def of_account(column: str = "account_id", *, where_empty: str | None = None) -> Rows:
    """Rows of the account that is signed in; `where_empty` names a column that says nothing there."""
    only = f" AND {{table}}.{where_empty} IS NULL" if where_empty else ""
    return Rows((f"{{table}}.{column} = {_any(MINE)}{only}",))


def at_site(column: str = "site_id") -> Rows:
    """Rows of the sites that the parties hold or held, as far as a mandate reaches."""
    return Rows((f"{{table}}.{column} = {_any(SITES)}",))


def at_point(column: str = "metering_point_id") -> Rows:
    """Rows of the metering points at these sites."""
    return Rows((f"{{table}}.{column} = {_any(POINTS)}",))


def part_of(whole: type[SQLModel], column: str, *, key: str = "id") -> Rows:
    """Rows that refer by a column to a row that somebody sees: what is seen of the other table, its own policy says."""
    other = str(whole.__tablename__)
    return Rows((f"EXISTS (SELECT FROM {other} WHERE {other}.{key} = {{table}}.{column})",))


def shown(column: str, *opens: str, until: str | None = None) -> Rows:
    """The row of which somebody shows a secret, or another value that only we can know, in a column."""
    return Rows((f"{{table}}.{column}::text = {_any(SHOWN, 'text')}",), (Key(column, opens, until),))


def _any(setting: str, kind: str = "uuid") -> str:
    """One of the values of a setting; none where it is not set, or was set by a transaction that has ended."""
    return f"ANY ((SELECT nullif(current_setting('{setting}', true), '')::{kind}[])::{kind}[])"


def _is_unlimited() -> str:
    return f"(SELECT coalesce(current_setting('{LIMITED}', true), '') = '')"


Belonging = dict[type[SQLModel], Rows]
"""What a keeper's `TABLES` are: each personal table, and whose its rows are."""

EVERYBODY: Final = Rows(("true",))
"""What is published for everybody to read, though it is told to a customer as what we hold about their sites."""
