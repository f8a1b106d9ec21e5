"""What is kept encrypted, and how it is found again without being read.

Values are sealed by AES-256-GCM-SIV (RFC 8452), bound to their place in the database; a blind index is an
HMAC-SHA-256 under another key.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.kit.complaints import Complaint

KEY_BYTES = 32
ID_BYTES = 4
NONCE_BYTES = 12


class Unreadable(Complaint):
    """The ciphertext is damaged, belongs elsewhere, or its key is not among ours."""

    says = "What the database holds encrypted cannot be read: {}; put the key that sealed it back"


class Vault:
    """Seals values under the newest data key, opens those of any, and indexes identity codes blindly."""

    def __init__(self, data_keys: Sequence[bytes], index_key: bytes) -> None:
        """Take the data keys, newest first, and the index key; 32 bytes each."""
        if not data_keys or any(len(key) != KEY_BYTES for key in (*data_keys, index_key)):
            raise ValueError("every data key and the index key must have 32 bytes")
        self._newest = _key_id(data_keys[0])
        self._ciphers = {_key_id(key): AESGCMSIV(key) for key in data_keys}
        self._index_key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"portal identity index").derive(index_key)

    def seal(self, plain: str, *, table: str, column: str, row: UUID) -> bytes:
        """A text as `seal_bytes` seals bytes."""
        return self.seal_bytes(plain.encode(), table=table, column=column, row=row)

    def seal_bytes(self, plain: bytes, *, table: str, column: str, row: UUID) -> bytes:
        """Key id (4 bytes), nonce (12), ciphertext, tag; it opens at the same table, column and row only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, plain, _place(table, column, row))
        return self._newest + nonce + sealed

    def open(self, sealed: bytes, *, table: str, column: str, row: UUID) -> str:
        """The text that was sealed at this place. Raises Unreadable."""
        try:
            return self.open_bytes(sealed, table=table, column=column, row=row).decode()
        except UnicodeDecodeError as refused:
            raise Unreadable(f"{table}.{column} does not open") from refused

    def open_bytes(self, sealed: bytes, *, table: str, column: str, row: UUID) -> bytes:
        """What was sealed at this place.

        Raises Unreadable when the key is unknown, a byte differs or the place is another one.
        """
        key_id, nonce, rest = (
            sealed[:ID_BYTES],
            sealed[ID_BYTES:][:NONCE_BYTES],
            sealed[ID_BYTES + NONCE_BYTES :],
        )
        if key_id not in self._ciphers:
            raise Unreadable("sealed with a key that is not among PORTAL_DATA_KEYS")
        try:
            return self._ciphers[key_id].decrypt(nonce, rest, _place(table, column, row))
        except (InvalidTag, ValueError) as refused:
            raise Unreadable(f"{table}.{column} does not open") from refused

    def is_by_newest(self, sealed: bytes) -> bool:
        """Whether the newest key sealed it, rather than one that is to be retired."""
        return sealed[:ID_BYTES] == self._newest

    def blind_index(self, identity_code: str) -> bytes:
        """32 bytes by which a person is found; the same for any case and surrounding space of the code."""
        return hmac.digest(self._index_key, identity_code.strip().upper().encode(), hashlib.sha256)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"portal key id" + key).digest()[:ID_BYTES]


def _place(table: str, column: str, row: UUID) -> bytes:
    return f"{table}.{column}:{row}".encode()
