"""What keeps the audit's end outside the database, by the clock: after so many minutes, or so many new entries."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from portal.audit import chain, heads
from portal.audit.heads import Seals
from portal.audit.rules import ChainHead
from portal.kit.jobs import Done, Job, Shift

LOOKED_AFTER: Final = timedelta(seconds=30)

log = logging.getLogger("portal.audit")


@dataclass(frozen=True)
class Rhythm:
    """When a head is due: after a time, or after so many new entries if that is sooner."""

    every: timedelta
    entries: int

    def is_due(self, last: ChainHead | None, end: ChainHead, now: datetime) -> bool:
        """Whether the end that the audit has now is to be kept."""
        return last is None or now - last.at >= self.every or end.number - last.number >= self.entries


def sealing(folder: Path, seals: Seals, rhythm: Rhythm) -> Job:
    """Keeps the head of the audit in a folder.

    What was added since the last head is looked through first: a chain that is broken, or that has lost what a head
    vouches for, gets no new one until somebody has found out why.
    """

    def run(shift: Shift) -> Done:
        last = heads.newest(folder, seals)
        with shift.database.reading() as db:
            end = chain.end(db)
            if end is None and last is None:
                return Done()
            if end and not rhythm.is_due(last, end, shift.now()):
                return Done()
            try:
                found = chain.verify(db, [last] if last else [], since=last.hash if last else None)
            except chain.NoSuchEntry:
                return _refused(last.number if last else 0, "is not the one that was there when its head was kept")
        if found.wrong or found.end is None:
            return _refused(found.wrong.number if found.wrong else 1, found.wrong.how if found.wrong else "is missing")
        heads.keep(folder, seals, ChainHead(found.end.number, found.end.hash, shift.now()))
        return Done(1)

    return Job("audit.seal", LOOKED_AFTER, run)


def _refused(number: int, how: str) -> Done:
    log.error(json.dumps({"event": "audit broken", "entry": number, "says": f"entry {number} {how}"}))
    return Done(failed=1)
