"""An authenticator of one's own: makes passkeys and answers challenges as browsers do, rightly or not (WebAuthn L3)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.browser import ORIGIN

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def packed(value):
    """Bytes as they stand in JSON."""
    return urlsafe_b64encode(value).decode().rstrip("=")


def unpacked(value):
    return urlsafe_b64decode(value + "==")


@dataclass
class Authenticator:
    """One passkey; `count` is what it says of how often it was used, `public` what it shows instead of its key."""

    domain: str = "portal.test"
    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    count: int = 1
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    public: object = None

    def made(self, options):
        """The answer to options for a new passkey."""
        self.handle = unpacked(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        shown = public if self.public is None else self.public
        known = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(shown)
        data = self._data(self.flags | ATTESTED) + known
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._answer({"clientDataJSON": packed(client), "attestationObject": packed(attested)})

    def used(self, options):
        """The answer to options for signing in."""
        self.count += 1
        data, client = self._data(self.flags), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"authenticatorData": data, "clientDataJSON": client, "signature": signature, "userHandle": self.handle}
        return self._answer({name: packed(value) for name, value in said.items()})

    def _data(self, flags):
        return hashlib.sha256(self.domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind, options):
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response):
        shown = {"id": packed(self.id), "rawId": packed(self.id), "type": "public-key", "response": response}
        return json.dumps(shown | {"clientExtensionResults": {}})
