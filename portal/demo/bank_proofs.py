"""The test bank reads DPoP proofs (RFC 9449, 4.3): each good for one request, and with a nonce of the bank's."""

import secrets
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64decode

from portal.auth.oidc.envelope import json_object
from portal.auth.reasons import Reason, Stopped
from portal.demo.bank_mischief import Mischief
from portal.demo.bank_refusal import Refusal, demand

INVALID = "invalid_dpop_proof"
SKEW_S = 10


class ProofReader:
    """The proofs of one relying party: which have been used, and which nonces are out."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._used: set[str] = set()
        self._nonces: set[str] = set()

    def check(self, proof: str | None, method: str, address: str, how: AbstractSet[Mischief]) -> None:
        """Look at the proof of one request. Raises Refusal, also to ask for a nonce first."""
        said = _read(proof or "")
        demand(Mischief.DPOP_PROOF_REFUSED not in how, INVALID, "because it was told to")
        demand(said.get("htm") == method, INVALID, "htm")
        demand(said.get("htu") == address, INVALID, "htu")
        issued = said.get("iat")
        demand(isinstance(issued, int) and abs(issued - self._now().timestamp()) <= SKEW_S, INVALID, "iat")
        jti = said.get("jti")
        demand(isinstance(jti, str) and jti not in self._used, INVALID, "jti")
        self._used.add(str(jti))
        if Mischief.DPOP_WITHOUT_NONCE not in how and (said.get("nonce") not in self._nonces or how & NONCES.keys()):
            raise Refusal("use_dpop_nonce", "nonce", self._nonce(how))
        self._nonces.discard(str(said.get("nonce")))

    def _nonce(self, how: AbstractSet[Mischief]) -> str | None:
        for mischief in how & NONCES.keys():
            return NONCES[mischief]
        nonce = secrets.token_urlsafe(16)
        self._nonces.add(nonce)
        return nonce


NONCES: Mapping[Mischief, str | None] = {
    Mischief.DPOP_NONCE_AGAIN: "never-enough",
    Mischief.DPOP_NONCE_UNNAMED: None,
    Mischief.DPOP_NONCE_UNSENDABLE: 'of "two words"',
    Mischief.DPOP_NONCE_LONG: "n" * 4000,
}


def _read(proof: str) -> Mapping[str, Any]:
    """The claims that the key in a proof's header really signed. Raises Refusal."""
    try:
        header = json_object(urlsafe_b64decode(proof.partition(".")[0].encode()), Reason.JWS_FORM)
        demand(header.get("typ") == "dpop+jwt" and header.get("alg") == "ES256", INVALID, "header")
        jwk = header.get("jwk")
        demand(isinstance(jwk, dict) and "d" not in jwk, INVALID, "jwk")
        return jwt.decode(proof, ECKey.import_key(jwk or {}), algorithms=["ES256"]).claims
    except (JoseError, Stopped, ValueError) as refused:
        raise Refusal(INVALID, f"signature: {refused}") from refused
