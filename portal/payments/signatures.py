"""How Finnish payment services sign: HMAC-SHA256 over the sorted `checkout-` fields, then the body.

Source: Paytrail Payment API, "Authentication" and "Redirect and callback URL signing".
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

SIGNATURE: Final = "signature"
SIGNED: Final = "checkout-"
ALGORITHM: Final = "sha256"

Fields = Iterable[tuple[str, str]]


def signature(secret: str, fields: Fields, body: bytes = b"") -> str:
    """The signature of some fields, in lower-case hexadecimal; those that are not signed are passed over."""
    signed = sorted((name, value) for name, value in fields if name.startswith(SIGNED))
    lines = [f"{name}:{value}" for name, value in signed]
    return hmac.new(secret.encode(), "\n".join([*lines, ""]).encode() + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, fields: Fields, body: bytes = b"") -> bool:
    """Whether fields hold their own signature, each of them once.

    A value with a line break in it could say two things by one signature, so nothing with one is taken.
    """
    found = [(name, value) for name, value in fields if name.startswith(SIGNED) or name == SIGNATURE]
    said = dict(found)
    if len(said) < len(found) or any("\n" in value for _, value in found):
        return False
    expected = signature(secret, found, body)
    return hmac.compare_digest(expected.encode(), said.get(SIGNATURE, "").encode())
