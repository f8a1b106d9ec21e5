"""Lines that the register knows: each row of a large kind keeps the SHA-256 of the line that told it.

Most of what a nightly feed tells it told the night before. A line whose digest is kept is neither read nor compared.
A newer portal, or a kind with another schema, knows no line of before: it may take in more of each.
"""

import json
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import Session

from portal import VERSION
from portal.feeds.kinds import FeedKind
from portal.feeds.schema import schema
from portal.kit.db import table_of


def digest(kind: FeedKind, raw: bytes) -> bytes:
    """What a line is known by: 32 bytes."""
    return sha256(reader_of(kind) + raw).digest()


def known(db: Session, kind: FeedKind, raws: Iterable[bytes]) -> Mapping[bytes, Hashable]:
    """Those of some lines that the register knows, and the key of the row that each told."""
    if kind.remembers is None:
        return {}
    lines = {digest(kind, raw): raw for raw in raws}
    table = table_of(kind.remembers)
    asked = select(table.c.line_digest, table.c.number).where(table.c.line_digest.in_(lines))
    return {lines[kept]: (number,) for kept, number in db.connection().execute(asked)}


@cache
def reader_of(kind: FeedKind) -> bytes:
    """Stands for what reads the lines of a kind: another reader knows none of them."""
    return sha256(f"{VERSION} {kind.name} {json.dumps(schema(kind), sort_keys=True)}".encode()).digest()
