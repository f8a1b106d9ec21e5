"""The test bank's strictness towards relying parties: signed requests, signed assertions, each good for one use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from portal.auth.brokers import SecurityProfile, origin
from portal.auth.oidc.envelope import json_object
from portal.auth.reasons import Reason, Stopped
from portal.demo.bank_proofs import ProofReader
from portal.demo.bank_refusal import Refusal, demand
from portal.kit.outgoing import KIB, Connect, Unreachable, get, send

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION_S = 60
LONGEST_REQUEST_S = 300
SKEW_S = 10


@dataclass(frozen=True)
class Registration:
    """A relying party as the bank knows it: whose rules it holds to, and where people may be sent back to.

    They may be sent below a registered address, too, as this portal has one for each of its brokers.
    """

    client_id: str
    redirect_uris: Sequence[str]
    jwks: str | KeySet  # its public keys, or where they are
    security: SecurityProfile = SecurityProfile.FTN
    logout_uri: str | None = None  # where it wants to be told that somebody has signed out at the bank

    @property
    def origins(self) -> Sequence[str]:
        """Where the bank's form may lead."""
        return sorted({origin(uri) for uri in self.redirect_uris})

    def allows(self, uri: object) -> bool:
        """Whether people may be sent to an address."""
        return any(uri == one or str(uri).startswith(f"{one}/") for one in self.redirect_uris)

    @property
    def signed_response_alg(self) -> str:
        """By which algorithm the bank signs for it."""
        return self.signing_algs[0]

    @property
    def signing_algs(self) -> Sequence[str]:
        """By which algorithms it may sign what it sends (FAPI 2.0, 5.4)."""
        return ("RS256",) if self.security is SecurityProfile.FTN else ("PS256", "ES256")

    def audiences(self, issuer: str) -> set[str]:
        """Whom its assertions may be made out to; in FAPI 2.0 to the issuer alone."""
        return {issuer} if self.security is SecurityProfile.FAPI2 else {issuer, f"{issuer}/token"}


class Client:
    """A relying party at work: its registration, its keys, and which of its tokens have been used."""

    def __init__(self, registered: Registration, connect: Connect, now: Callable[[], datetime]) -> None:
        self.registered, self.proofs = registered, ProofReader(now)
        self._connect, self._now = connect, now
        self._used: set[str] = set()
        self.keys: KeySet | None = None  # kept by tests that rotate keys mid-flight; else fetched each time

    @property
    def client_id(self) -> str:
        """The id by which it is registered."""
        return self.registered.client_id

    @property
    def is_bound(self) -> bool:
        """Whether its access tokens are bound to a key that it proves to hold."""
        return self.registered.security is SecurityProfile.FAPI2

    async def request(self, token: str, audience: str) -> Mapping[str, Any]:
        """The claims of a signed request (RFC 9101), checked as the Finnish profile asks. Raises Refusal."""
        said = await self._signed(token, "invalid_request_object", LONGEST_REQUEST_S)
        expected = {"iss": self.client_id, "client_id": self.client_id, "aud": audience, "response_type": "code"}
        for name, value in expected.items():
            demand(said.get(name) == value, "invalid_request_object", name)
        for name in ("state", "nonce", "code_challenge", "redirect_uri", "acr_values", "ui_locales"):
            demand(isinstance(said.get(name), str), "invalid_request_object", name)
        demand(said.get("code_challenge_method") == "S256", "invalid_request_object", "code_challenge_method")
        demand("openid" in str(said.get("scope")).split(), "invalid_scope", "scope")
        demand(self.registered.allows(said["redirect_uri"]), "invalid_request_object", "redirect_uri")
        return said

    async def authenticate(self, form: Mapping[str, Any], issuer: str) -> None:
        """Check the client assertion of a form (RFC 7523). Raises Refusal."""
        demand(form.get("client_assertion_type") == ASSERTION_TYPE, "invalid_client", "client_assertion_type")
        said = await self._signed(str(form.get("client_assertion")), "invalid_client", LONGEST_ASSERTION_S)
        demand(said.get("iss") == said.get("sub") == self.client_id, "invalid_client", "iss")
        demand(_is_for(said.get("aud"), self.registered.audiences(issuer)), "invalid_client", "aud")

    async def tell(self, logout_token: str) -> str:
        """Tell it that somebody has signed out (OpenID Connect Back-Channel Logout 1.0, 2.5): what it answered."""
        if self.registered.logout_uri is None:
            return "not told"
        try:
            answer = await send(
                *("POST", self.registered.logout_uri, self._connect),
                seconds=5,
                max_bytes=64 * KIB,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                body=urlencode({"logout_token": logout_token}).encode(),
            )
        except Unreachable as down:
            return str(down)
        return str(answer.status_code)

    async def encryption_key(self) -> RSAKey:
        """The key that tokens for the client are encrypted for: the first of its set for that use."""
        for key in await self._key_set():
            if isinstance(key, RSAKey) and key.get("use") == "enc":
                return key
        raise Refusal("server_error", "the client publishes no encryption key")

    async def _signed(self, token: str, error: str, longest_s: int) -> Mapping[str, Any]:
        try:
            read = jwt.decode(
                token, await self._key_set(), registry=JWSRegistry(algorithms=[*self.registered.signing_algs])
            )
        except (JoseError, ValueError) as refused:
            raise Refusal(error, f"signature: {refused}") from refused
        said = read.claims
        demand("kid" in read.header, error, "kid")
        now = int(self._now().timestamp())
        issued, expires = int(said.get("iat", 0)), int(said.get("exp", 0))
        demand(issued - SKEW_S <= now < expires <= issued + longest_s, error, "exp")
        demand(isinstance(said.get("jti"), str) and said["jti"] not in self._used, error, "jti")
        self._used.add(said["jti"])
        return said

    async def _key_set(self) -> KeySet:
        return self.keys or await self._fetched()

    async def _fetched(self) -> KeySet:
        if isinstance(self.registered.jwks, KeySet):
            return self.registered.jwks
        document = await get(self.registered.jwks, self._connect, seconds=5, max_bytes=64 * KIB)
        published: Any = json_object(document, Reason.BROKER_DOWN)  # a JWK set, read by joserfc
        return KeySet.import_key_set(published)


def called(form: Mapping[str, str]) -> str:
    """Who a form that bears an assertion says it is from (RFC 7521, 4.2); nobody has checked it yet."""
    try:
        payload = urlsafe_b64decode(form.get("client_assertion", "").split(".")[1].encode())
        said = json_object(payload, Reason.JWS_FORM).get("sub")
    except (IndexError, ValueError, Stopped):
        said = None
    return form.get("client_id") or str(said)


def _is_for(said: object, audiences: set[str]) -> bool:
    return isinstance(said, str) and said in audiences
