"""A data key is changed: what an older one sealed is sealed anew by the newest, so that the older one can go."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Table, select, update

from portal.customers.models import IdentityCode
from portal.kit.crypto import Vault
from portal.kit.db import Database, table_of
from portal.requests.models import RequestPhoto

AT_ONCE: Final = 100


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values, and the one by whose value each is bound to its row."""

    table: Table
    column: str
    row: str


SEALED: Final = (
    SealedColumn(table_of(IdentityCode), "encrypted", "party_id"),
    SealedColumn(table_of(RequestPhoto), "sealed", "id"),
)
"""All that is sealed for longer than an hour, as forms that wait are."""


def reseal(database: Database, vault: Vault) -> int:
    """Seal anew whatever an older data key sealed; how much there was.

    A transaction for each portion, so that nobody waits long; what a stop left out, the next call does.
    Raises Unreadable where a key is missing.
    """
    return sum(_resealed(database, vault, one) for one in SEALED)


def _resealed(database: Database, vault: Vault, one: SealedColumn) -> int:
    key, value = one.table.c[one.row], one.table.c[one.column]
    done, after = 0, UUID(int=0)
    while True:
        with database.writing() as db:
            some = select(key, value).where(key > after).order_by(key).limit(AT_ONCE).with_for_update()
            found = db.connection().execute(some).all()
            for row, sealed in found:
                after = row
                if not vault.is_by_newest(sealed):
                    place = {"table": one.table.name, "column": one.column, "row": row}
                    anew = vault.seal_bytes(vault.open_bytes(sealed, **place), **place)
                    db.connection().execute(update(one.table).where(key == row).values({value: anew}))
                    done += 1
        if not found:
            return done
