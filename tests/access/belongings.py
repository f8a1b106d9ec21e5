"""Whose everything is: each thing that has an address of its own, each text by which a page gives somebody away.

Both are found in the database itself, by the columns of its tables and the keys between them, apart from the queries of
the portal. A new table joins when its columns have the usual names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

# Tables of things with an address of their own, and what the addresses call them.
THINGS = {
    "invoice": "invoice",
    "payment_attempt": "payment",
    "contract": "contract",
    "site": "site",
    "permission_record": "receipt",
    "message_thread": "thread",
    "privacy_case": "case",
    "service_request": "request",
    "authorisation": "authorisation",
    "mandate": "mandate",
    "mandate_invitation": "invitation",
    "party": "party",
    "session": "session",
}
# Columns whose texts tell whom a row is about.
TELLING = {
    *("number", "customer_number", "business_id", "name", "street", "value", "email", "phone"),
    *("gsrn", "serial", "reference", "subject", "text", "body"),
}
# What is the same for everybody, or too large to be read.
GENERAL = {
    *(
        "product",
        "price_part",
        "tax",
        "fuel_mix",
        "spot_month",
        "weather_month",
        "third_party",
        "reading_month",
        "reading_total",
        "outbox_event",
    ),
    *("audit_entry", "login_transaction", "seen_token", "mandate_site", "invoice_line", "invoice_vat"),
}
# Which matter of a mandate a message belongs to; one of no such matter is for those who stand in for everything.
MATTERS = {
    "billing": "billing",
    "consumption": "consumption",
    "contract": "contracts",
    "moving": "moves",
    "news": None,  # of whoever may see anything at the site
}
SHORTEST = 6  # letters; a shorter text says nothing by itself
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Owner:
    """Whose something is: a party's, and of a site and a matter, if it belongs to one; or a person's own."""

    party: UUID | None
    site: UUID | None
    matter: str | None = None
    account: UUID | None = None
    is_face: bool = False  # what all know who have to do with a party or a site: names, numbers, where it is


@dataclass(frozen=True)
class Thing:
    """Something with an address of its own; two parties may have held one site."""

    kind: str
    id: UUID
    owners: frozenset[Owner]


@dataclass(frozen=True)
class Register:
    """Everything in a database that is somebody's."""

    things: tuple[Thing, ...]
    tells: Mapping[str, frozenset[Owner]]  # whom a text tells of


def register(db: Session) -> Register:
    """Everything as it stands now."""
    tables = {name: table for name, table in SQLModel.metadata.tables.items() if name not in GENERAL}
    connection = db.connection()
    rows = {name: list(connection.execute(select(table)).mappings()) for name, table in tables.items()}
    owners = _Owners(tables, rows)
    tells: dict[str, set[Owner]] = defaultdict(set)
    things = []
    for name, of_table in rows.items():
        for row in of_table:
            whose = owners.of(name, row)
            if name in THINGS and whose:
                things.append(Thing(THINGS[name], row["id"], frozenset(whose)))
            for text in _telling(row):
                tells[text] |= whose
    return Register(tuple(things), {text: frozenset(whose) for text, whose in tells.items() if whose})


def _telling(row: Row) -> Iterator[str]:
    for column, text in row.items():
        if column in TELLING and isinstance(text, str) and len(text) >= SHORTEST:
            yield text[:60].splitlines()[0]


class _Owners:
    """Follows the keys from a row to its party and site."""

    def __init__(self, tables: Mapping[str, Table], rows: Mapping[str, list[Row]]) -> None:
        self._keys = {
            name: [(key.parent.name, key.column.table.name) for key in table.foreign_keys]
            for name, table in tables.items()
        }
        self._by_id = {name: {row["id"]: row for row in of_table if "id" in row} for name, of_table in rows.items()}
        self._held: dict[UUID, set[Owner]] = defaultdict(set)
        self._codes = rows["identity_code"]
        for row in rows["occupancy"]:
            self._held[row["site_id"]].add(Owner(row["party_id"], row["site_id"]))

    def of(self, name: str, row: Row) -> set[Owner]:  # noqa: PLR0911 - one for each way of belonging
        """The owners of a row: its own party, else the holders of its site, else the owners of what it is part of."""
        if name == "party":
            return {Owner(row["id"], None, is_face=True)}
        if name in {"metering_point", "meter"}:
            holders = self._holders(name, row)
            return {replace(owner, matter=matter) for owner in holders for matter in ("contracts", "consumption")}
        if name == "site":
            return {replace(owner, is_face=True) for owner in self._held[row["id"]]}
        if name in {"mandate", "mandate_invitation"}:
            mandate = row if name == "mandate" else self._by_id["mandate"].get(row["mandate_id"], {})
            return {Owner(row["grantor_id"], None, "everything")} | self._holders_of(mandate)
        if name == "session" or (name == "privacy_case" and row["party_id"] is None):
            return {Owner(None, None, account=row["account_id"])}
        if row.get("party_id"):
            matter = MATTERS.get(row["topic"], "everything") if "topic" in row else row.get("theme")
            return {Owner(row["party_id"], row.get("site_id") or self._site(name, row), matter)}
        return self._holders(name, row)

    def _holders_of(self, mandate: Row) -> set[Owner]:
        """Whoever holds a mandate, as the account by which they sign in."""
        indexes = {row["blind_index"] for row in self._codes if row["party_id"] == mandate.get("grantee_id")}
        accounts = {row["id"] for row in self._by_id["account"].values() if row["identity_index"] in indexes}
        return {Owner(None, None, account=one) for one in accounts | {mandate.get("holder_account_id")} if one}

    def _holders(self, name: str, row: Row) -> set[Owner]:
        """Who holds the site of a row, or owns what it is part of."""
        if row.get("site_id"):
            return self._held[row["site_id"]]
        return set().union(*(self.of(*parent) for parent in self._parents(name, row)))

    def _site(self, name: str, row: Row) -> UUID | None:
        """The site of what a row of a party refers to, such as the contract that a message is about."""
        sites = {parent["site_id"] for _, parent in self._parents(name, row) if parent.get("site_id")}
        return sites.pop() if len(sites) == 1 else None

    def _parents(self, name: str, row: Row) -> Iterable[tuple[str, Row]]:
        for column, parent in self._keys[name]:
            found = self._by_id.get(parent, {}).get(row.get(column))
            if found is not None and parent not in {"party", "account", name}:
                yield parent, found
