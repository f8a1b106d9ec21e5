"""How the audit stands: whether it is whole, and what outside the database vouches for its end; a sentence each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlmodel import Session

from portal.audit import chain, heads
from portal.audit.heads import Kept, Seals
from portal.audit.rules import ChainHead
from portal.settings import Settings

ROUNDS: Final = 3  # after which a head that has not come is late
WHOLE: Final = (
    "The audit is whole: {}, the last of them number {} of {:%Y-%m-%d %H:%M} UTC, with the hash\n{}\n"
    "Noted down somewhere else, that hash tells later whether the entry and what follows are as they were (--since)."
)
VOUCHED: Final = "{} for it, the newest of {:%Y-%m-%d %H:%M} UTC up to entry {}."
FOREIGN: Final = "{} sealed with a secret that PORTAL_SECRET_KEYS does not hold, so nothing is told by that."
NONE_YET: Final = "{} holds no head of the audit yet; `portal jobs` keeps one every {} minutes."
LATE: Final = "The newest head of the audit is of {:%Y-%m-%d %H:%M} UTC; see that `portal jobs` runs, and what it logs."
NOWHERE: Final = (
    "PORTAL_AUDIT_DIR is not set, so nothing outside the database vouches for the audit's end: "
    "entries cut off there would not show."
)
COMPARE: Final = "Leave the database as it is, and compare it with a backup from before."


class Severity(StrEnum):
    """How a finding weighs: all well, worth mending, or broken."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


Said = Iterator[tuple[Severity, str]]


def verified(db: Session, settings: Settings, since: bytes | None, now: datetime) -> Said:
    """Look through the whole audit, or from the entry with a hash on, and compare it with every head that is kept."""
    kept = None
    try:
        kept = _kept(settings)
    except OSError as failed:
        yield Severity.WARNING, _unreadable(settings.audit_dir, failed)
    try:
        found = chain.verify(db, kept.heads if kept else (), since)
    except chain.NoSuchEntry:
        yield Severity.BROKEN, f"No entry has that hash: it was cut off, or the audit was written anew. {COMPARE}"
        return
    if found.wrong:
        before = f"The {found.entries} before it are whole. " if found.entries else ""
        yield Severity.BROKEN, f"Entry {found.wrong.number} {found.wrong.how}. {before}{COMPARE}"
    elif found.end is None:
        yield Severity.OK, "The audit has no entries yet."
    else:
        many = _many(found.entries, "entry", "entries") + (" from that one on" if since else "")
        yield Severity.OK, WHOLE.format(many, found.end.number, found.end.at, found.end.hash.hex())
    if kept:
        yield from _vouched(kept)
        yield from _late(db, settings, kept.newest, now)
    elif settings.audit_dir is None:
        yield Severity.WARNING, NOWHERE


def at_a_glance(db: Session, settings: Settings, now: datetime) -> Said:
    """Whether the newest head is of late, and the entry that it names still what it was: nothing is looked through."""
    folder = settings.audit_dir
    if folder is None:
        yield Severity.WARNING, NOWHERE
        return
    try:
        newest = heads.newest(folder, Seals(settings.secret_keys))
    except OSError as failed:
        yield Severity.WARNING, _unreadable(folder, failed)
        return
    yield from _late(db, settings, newest, now)
    if newest and chain.hash_at(db, newest.number) != newest.hash:
        yield Severity.BROKEN, f"Entry {newest.number} is not what its head says; `portal audit verify` tells more."


def newest_head(settings: Settings) -> ChainHead | None:
    """The head that was kept last, None where there is none."""
    try:
        return heads.newest(settings.audit_dir, Seals(settings.secret_keys)) if settings.audit_dir else None
    except OSError:
        return None


def _kept(settings: Settings) -> Kept | None:
    return heads.kept(settings.audit_dir, Seals(settings.secret_keys)) if settings.audit_dir else None


def _vouched(kept: Kept) -> Said:
    if kept.newest:
        many = _many(len(kept.heads), "head vouches", "heads vouch")
        yield Severity.OK, VOUCHED.format(many, kept.newest.at, kept.newest.number)
    if kept.foreign:
        level = Severity.OK if kept.newest else Severity.WARNING
        yield level, FOREIGN.format(_many(kept.foreign, "head was", "heads were"))
    if kept.broken:
        yield Severity.BROKEN, f"{', '.join(kept.broken)}: not as it was written."


def _late(db: Session, settings: Settings, newest: ChainHead | None, now: datetime) -> Said:
    """A head that is late; an audit without entries needs none."""
    minutes = settings.audit_head_minutes
    if newest is None:
        if chain.end(db):
            yield Severity.WARNING, NONE_YET.format(settings.audit_dir, minutes)
    elif now - newest.at > ROUNDS * timedelta(minutes=minutes):
        yield Severity.WARNING, LATE.format(newest.at)


def _many(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _unreadable(folder: Path | None, failed: OSError) -> str:
    return f"PORTAL_AUDIT_DIR names {folder}, which cannot be read ({failed.strerror}); make it, or mount it."
