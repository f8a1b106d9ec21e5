"""Replacing our keys without anybody noticing: next, now, old, one step at a time and never too early.

Brokers remember our published keys for a while, and keys are read when the portal starts; so each step ends with a
restart, and the next one waits. Two roles rotate. The entity key does not: brokers pin it, so it changes by agreement.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.auth.oidc.keys import Phase, Role, file_of, load, new_key, write

PUBLISHED_FOR = timedelta(days=1)  # before a new key is used
KEPT_FOR = timedelta(days=7)  # after an old one was


@dataclass(frozen=True)
class RotationStep:
    """What was done for a role, or why nothing was, and from when on the next step can be taken."""

    role: Role
    says: str
    again: datetime | None = None


def rotate(folder: Path, now: datetime) -> Sequence[RotationStep]:
    """Take the step that is due for each role; run twice, it does nothing the second time.

    Raises BadKeys where the keys in use are not whole; then nothing is changed.
    """
    load(folder)
    return list(_steps(folder, now))


def _steps(folder: Path, now: datetime) -> Iterator[RotationStep]:
    for role in (Role.SIG, Role.ENC):
        following, old = file_of(folder, role, Phase.NEXT), file_of(folder, role, Phase.OLD)
        if following.exists():
            yield _switched(folder, role, now)
        elif old.exists():
            yield _cleared(old, role, now)
        else:
            write(following, new_key())
            _date(following, now)
            yield RotationStep(
                role, f"made {following.name}; restart the portal, so that it is known.", now + PUBLISHED_FOR
            )


def _switched(folder: Path, role: Role, now: datetime) -> RotationStep:
    """Use the next key, once it has been known for a day. An old key beside it tells of a switch that was cut short."""
    current, following, old = (file_of(folder, role, phase) for phase in (Phase.NOW, Phase.NEXT, Phase.OLD))
    ripe = _dated(following) + PUBLISHED_FOR
    if not old.exists():
        if now < ripe:
            return RotationStep(role, f"{following.name} is not known for long enough.", ripe)
        old.hardlink_to(current)
    following.replace(current)
    _date(old, now)
    return RotationStep(
        role, f"{following.name} is now {current.name}; restart the portal, so that it is used.", now + KEPT_FOR
    )


def _cleared(old: Path, role: Role, now: datetime) -> RotationStep:
    """Remove the old key, once nothing can be on its way that needs it."""
    over = _dated(old) + KEPT_FOR
    if now < over:
        return RotationStep(role, f"{old.name} may still be needed.", over)
    old.unlink()
    return RotationStep(role, f"removed {old.name}; the rotation is over.")


def _date(path: Path, now: datetime) -> None:
    os.utime(path, (now.timestamp(), now.timestamp()))


def _dated(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
