"""Argon2id (RFC 9106) of peppered passwords, in a few processes: so much memory and time at once, and no more.

Why Argon2id, why processes, why these figures: docs/decisions/0029.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

import anyio

from portal.kit.companion import Companion, CompanionGone
from portal.kit.errors import Busy
from portal.kit.i18n import text

PROGRAM: Final = Path(__file__).with_name("hashing_process.py")
MEMORY_KIB: Final = 46 * 1024
PASSES: Final = 1
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
MOST_PROCESSES: Final = 4
MOST_WAITING: Final = 32
LIMIT_S: Final = 10.0
ID_BYTES: Final = 4


class HashingBusy(Busy):
    """As many passwords are being hashed, and wait to be, as we take at once."""

    says = text("Very many people sign in with a password just now. Try again in a moment, or use your bank.")


@dataclass(frozen=True)
class Hashed:
    """A hash as it is kept: in the usual form, which says how it was made, and the id of the pepper that was in it."""

    encoded: str
    pepper: bytes


class Peppers:
    """Secret keys without which no hash of the database can be guessed; the newest makes, each of them opens."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the keys, newest first, 32 bytes each."""
        self._by_id: Mapping[bytes, bytes] = {hashlib.sha256(b"pepper" + key).digest()[:ID_BYTES]: key for key in keys}
        self.newest = next(iter(self._by_id))

    def mixed(self, password: str, pepper: bytes) -> bytes:
        """A password with a pepper in it; with an unknown one it is like no password at all, at the same cost."""
        key = self._by_id.get(pepper) or secrets.token_bytes(HASH_BYTES)
        return hmac.digest(key, password.encode(errors="surrogatepass"), hashlib.sha256)


class Hashing:
    """The processes; the first password starts the first of them."""

    def __init__(self, peppers: Peppers, processes: int = min(MOST_PROCESSES, os.cpu_count() or 1)) -> None:
        """Take the peppers, and how many processes there are at most; each takes 46 MiB while it works."""
        self._peppers = peppers
        self._limiter = anyio.CapacityLimiter(processes)
        self._idle: list[Companion] = []
        self._lock = Lock()
        self.nobodys = Hashed(_of_chance(), peppers.newest)
        """A hash that no password has: to compare with it costs what it costs to compare with anybody's."""

    async def hashed(self, password: str) -> Hashed:
        """The hash of a password, with a new salt and the newest pepper. Raises Busy."""
        pepper = self._peppers.newest
        return Hashed(await self._ask(self._peppers.mixed(password, pepper), ""), pepper)

    async def fits(self, password: str, hashed: Hashed) -> bool:
        """Whether a hash is that of a password. Raises Busy."""
        return bool(await self._ask(self._peppers.mixed(password, hashed.pepper), hashed.encoded))

    def is_old(self, hashed: Hashed) -> bool:
        """Whether a hash was made with an earlier pepper, or at another cost, than new ones are."""
        return hashed.pepper != self._peppers.newest or not hashed.encoded.startswith(_BEGINNING)

    def close(self) -> None:
        """End the processes; the next password gets a new one."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()

    async def _ask(self, secret: bytes, known: str) -> str:
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise HashingBusy
        told = {"secret": secret.hex(), "salt": secrets.token_hex(SALT_BYTES), "known": known}
        asked = json.dumps({**told, "kib": MEMORY_KIB, "passes": PASSES}).encode()
        return await anyio.to_thread.run_sync(self._answer, asked, limiter=self._limiter)

    def _answer(self, asked: bytes) -> str:
        with self._lock:
            companion = self._idle.pop() if self._idle else None
        if companion is None or not companion.lives:
            companion = Companion(PROGRAM)
        try:
            answer = companion.answer(asked, LIMIT_S)
        except CompanionGone:
            companion.end()
            raise
        with self._lock:
            self._idle.append(companion)
        return answer.decode()


_BEGINNING: Final = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$"


def _of_chance() -> str:
    parts = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (SALT_BYTES, HASH_BYTES))
    return _BEGINNING + "$".join(parts)
