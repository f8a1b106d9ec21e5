"""What the cryptography of one sign-in costs, against the bare RSA operations."""

import time
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jwe, jwt

from portal.auth.oidc import envelope
from portal.auth.oidc.keys import new_key
from portal.auth.oidc.request import assertion
from tests.bank import PROFILE

TIMES = 30
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PKCS, OAEP = padding.PKCS1v15(), padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303


class SignIn:
    """Two signatures by us, one token opened and verified, RSA 2048 throughout."""

    def __init__(self):
        self.ours, self.theirs = new_key(), new_key()
        claims = {"iss": PROFILE.issuer, "sub": "x" * 40, "aud": PROFILE.client_id, "nonce": "n" * 43}
        signed = jwt.encode({"alg": "RS256", "kid": self.theirs.kid}, claims, self.theirs)
        head = {"alg": "RSA-OAEP", "enc": "A128CBC-HS256", "cty": "JWT"}
        self.token = jwe.encrypt_compact(head, signed, self.ours)
        self.signature = self.theirs.private_key.sign(b"x" * 300, PKCS, hashes.SHA256())
        self.secret = self.ours.private_key.public_key().encrypt(b"k" * 32, OAEP)

    def as_we_do(self):
        """Seconds of one sign-in through our own code."""
        started = time.perf_counter()
        for _ in range(TIMES):
            for _ in range(2):
                assertion(PROFILE, PROFILE.issuer, self.ours, NOW)
            unsealed = envelope.unseal(self.token, PROFILE, [self.ours])
            envelope.verified(unsealed, self.theirs, PROFILE)
        return (time.perf_counter() - started) / TIMES

    def bare(self):
        """Seconds of the RSA operations alone."""
        ours, theirs = self.ours.private_key, self.theirs.private_key.public_key()
        started = time.perf_counter()
        for _ in range(TIMES):
            for _ in range(2):
                ours.sign(b"x" * 300, PKCS, hashes.SHA256())
            ours.decrypt(self.secret, OAEP)
            theirs.verify(self.signature, b"x" * 300, PKCS, hashes.SHA256())
        return (time.perf_counter() - started) / TIMES
