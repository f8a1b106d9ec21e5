"""Signed, timed, purpose-bound tokens for forms, e-mail links, share links; whoever holds one can read it."""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadData, URLSafeTimedSerializer


class Signer:
    """Signs values for one purpose each; a token made for another purpose does not read."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        """Take the secrets, newest first: the first one signs, all of them verify."""
        if not secret_keys or min(map(len, secret_keys)) < 32:
            raise ValueError("every signing secret needs at least 32 characters")
        self._oldest_first = list(reversed(secret_keys))
        self._serializers: dict[str, URLSafeTimedSerializer] = {}

    def sign(self, purpose: str, value: str) -> str:
        """A URL-safe token that holds the value and the time."""
        return self._serializer(purpose).dumps(value)

    def read(self, purpose: str, token: str, max_age_s: int) -> str | None:
        """The value of a token signed for this purpose at most so many seconds ago, or None."""
        try:
            value = self._serializer(purpose).loads(token, max_age=max_age_s)
        except BadData:
            return None
        return value if isinstance(value, str) else None

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        if purpose not in self._serializers:
            # The library's own default digest is SHA-1.
            how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
            made = URLSafeTimedSerializer(self._oldest_first, salt=f"portal/{purpose}", signer_kwargs=how)
            self._serializers[purpose] = made
        return self._serializers[purpose]
