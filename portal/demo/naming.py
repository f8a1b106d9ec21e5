"""How demo rows get their identities: the same in every database, so that links survive a fresh start."""

from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("5b0c7a34-6d3b-4f0e-9c57-2f2f0e6d9a11")


def id_of(kind: str, *key: object) -> UUID:
    """The identity of a row: of a kind, under a key of its own."""
    return uuid5(NAMESPACE, "/".join((kind, *map(str, key))))
