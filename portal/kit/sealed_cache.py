"""What was made for somebody, kept in memory for whoever asks for it again: so many bytes, sealed."""

import secrets
from collections import OrderedDict
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

KEY_BITS: Final = 256
NONCE_BYTES: Final = 12


class SealedCache:
    """Values by key; when they are too many, those go that nobody asked for longest.

    The key that seals them is made with the cache and never leaves it: what of this memory comes into a swap file or a
    crash report without it tells nothing.
    """

    def __init__(self, most_bytes: int) -> None:
        """Hold so many bytes at most."""
        self._cipher = AESGCMSIV(AESGCMSIV.generate_key(KEY_BITS))
        self._most_bytes, self._bytes = most_bytes, 0
        self._sealed: OrderedDict[bytes, bytes] = OrderedDict()

    def get(self, key: bytes) -> bytes | None:
        """What is kept under a key."""
        sealed = self._sealed.get(key)
        if sealed is None:
            return None
        self._sealed.move_to_end(key)
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key)

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value, unless it alone is too large."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, value, key)
        if len(sealed) > self._most_bytes:
            return
        self._bytes += len(sealed) - len(self._sealed.pop(key, b""))
        self._sealed[key] = sealed
        while self._bytes > self._most_bytes:
            _, gone = self._sealed.popitem(last=False)
            self._bytes -= len(gone)
