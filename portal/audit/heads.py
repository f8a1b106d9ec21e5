"""Where the audit ended, moment by moment, under a seal and outside the database: a cut or rewritten end shows by it.

Heads stand in a folder as JSON Lines, a file a month, to which lines are only added:
`{"number": 1234, "hash": "9f…", "at": "2026-11-21T12:00:00.000000+00:00", "key": "1a2b3c4d", "seal": "77…"}`.
The seal is HMAC-SHA-256 over the first three, by a key that is derived from a secret of the portal (HKDF, RFC 5869).
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.audit.rules import ChainHead
from portal.kit import private

PURPOSE: Final = b"portal/audit-head/1"
FILES: Final = "audit-heads-*.jsonl"


class ForeignSeal(Exception):
    """A head was sealed with a secret that this portal does not have, or has no more."""


class BrokenSeal(Exception):
    """A line is no head as it was written."""


class Seals:
    """Seals heads and reads them. Secrets come newest first: the first one seals, by any of them a head is read."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        """Derive a key from each secret, and the name by which a line tells which one sealed it."""
        keys = [HKDF(SHA256(), 32, None, PURPOSE).derive(secret.encode()) for secret in secret_keys]
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: key for key in reversed(keys)}
        self._newest = hashlib.sha256(keys[0]).hexdigest()[:8]

    def line(self, head: ChainHead) -> str:
        """A head as it is kept."""
        name = self._newest
        return json.dumps(_told(head) | {"key": name, "seal": _seal(self._keys[name], head)}) + "\n"

    def read(self, line: str) -> ChainHead:
        """The head of a line. Raises ForeignSeal, BrokenSeal."""
        try:
            told = json.loads(line)
            head = ChainHead(int(told["number"]), bytes.fromhex(told["hash"]), datetime.fromisoformat(told["at"]))
            name, seal = str(told["key"]), str(told["seal"])
        except (ValueError, TypeError, KeyError):
            raise BrokenSeal from None
        if name not in self._keys:
            raise ForeignSeal
        if not hmac.compare_digest(_seal(self._keys[name], head).encode(), seal.encode()):
            raise BrokenSeal
        return head


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder holds: heads in the order of writing, how many others sealed, and lines that are not as written.

    Such a line is named by its file and its number there.
    """

    heads: Sequence[ChainHead]
    foreign: int
    broken: Sequence[str]

    @property
    def newest(self) -> ChainHead | None:
        """The head that was written last."""
        return max(self.heads, key=lambda head: head.at, default=None)


def kept(folder: Path, seals: Seals) -> Kept:
    """Every head of a folder. Raises OSError where it cannot be read."""
    heads: list[ChainHead] = []
    foreign, broken = 0, []
    for path in _files(folder):
        for number, line in enumerate(_lines(path), start=1):
            try:
                heads.append(seals.read(line))
            except ForeignSeal:
                foreign += 1
            except BrokenSeal:
                broken.append(f"{path.name} line {number}")
    return Kept(heads, foreign, broken)


def newest(folder: Path, seals: Seals) -> ChainHead | None:
    """The head that was written last, None where there is none of ours. Raises OSError."""
    for path in reversed(_files(folder)):
        for line in reversed(list(_lines(path))):
            try:
                return seals.read(line)
            except (ForeignSeal, BrokenSeal):
                continue
    return None


def keep(folder: Path, seals: Seals, head: ChainHead) -> None:
    """Add a head to the file of its month, and see that it is on the disk. Raises OSError."""
    path = folder / FILES.replace("*", f"{head.at:%Y-%m}")
    file = private.opener(str(path), os.O_RDWR | os.O_APPEND | os.O_CREAT)
    try:
        size = os.fstat(file).st_size
        is_torn = size and os.pread(file, 1, size - 1) != b"\n"
        os.write(file, (("\n" if is_torn else "") + seals.line(head)).encode())
        os.fsync(file)
    finally:
        os.close(file)


def _files(folder: Path) -> Sequence[Path]:
    if not folder.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(folder))
    return sorted(folder.glob(FILES))


def _lines(path: Path) -> Iterator[str]:
    yield from path.read_text(encoding="utf-8", errors="replace").splitlines()


def _told(head: ChainHead) -> dict[str, str | int]:
    at = head.at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"number": head.number, "hash": head.hash.hex(), "at": at}


def _seal(key: bytes, head: ChainHead) -> str:
    return hmac.new(key, json.dumps(list(_told(head).values())).encode(), hashlib.sha256).hexdigest()
