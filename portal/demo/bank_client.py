"""The test bank's strictness towards the portal: signed requests, signed assertions, each good for one use."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION_S = 60
LONGEST_REQUEST_S = 300
SKEW_S = 10

FetchKeys = Callable[[], Awaitable[Any]]


class Refusal(Exception):
    """The client did something that a real broker would not take: an OAuth error name, and what it was."""

    def __init__(self, error: str, says: str) -> None:
        super().__init__(f"{error}: {says}")
        self.error, self.says = error, says


class Client:
    """The portal as the bank knows it: an id, the origin that people are sent back to, its keys."""

    def __init__(self, client_id: str, origin: str, fetch_keys: FetchKeys, now: Callable[[], datetime]) -> None:
        self.client_id, self.origin = client_id, origin
        self._fetch_keys, self._now = fetch_keys, now
        self._used: set[str] = set()
        self.keys: KeySet | None = None  # kept by tests that rotate keys mid-flight; else fetched each time

    async def request(self, token: str, audience: str) -> Mapping[str, Any]:
        """The claims of a signed request (RFC 9101), checked as the Finnish profile asks. Raises Refusal."""
        said = await self._signed(token, "invalid_request_object", LONGEST_REQUEST_S)
        expected = {"iss": self.client_id, "client_id": self.client_id, "aud": audience, "response_type": "code"}
        for name, value in expected.items():
            _demand(said.get(name) == value, "invalid_request_object", name)
        for name in ("state", "nonce", "code_challenge", "redirect_uri", "acr_values", "ui_locales"):
            _demand(isinstance(said.get(name), str), "invalid_request_object", name)
        _demand(said.get("code_challenge_method") == "S256", "invalid_request_object", "code_challenge_method")
        _demand("openid" in str(said.get("scope")).split(), "invalid_scope", "scope")
        _demand(
            said["redirect_uri"].startswith(f"{self.origin}/sign-in/return"), "invalid_request_object", "redirect_uri"
        )
        return said

    async def authenticate(self, form: Mapping[str, Any], audiences: set[str]) -> None:
        """Check the client assertion of a form (RFC 7523). Raises Refusal."""
        _demand(form.get("client_assertion_type") == ASSERTION_TYPE, "invalid_client", "client_assertion_type")
        said = await self._signed(str(form.get("client_assertion")), "invalid_client", LONGEST_ASSERTION_S)
        _demand(said.get("iss") == said.get("sub") == self.client_id, "invalid_client", "iss")
        _demand(said.get("aud") in audiences, "invalid_client", "aud")

    async def encryption_key(self) -> RSAKey:
        """The key that tokens for the client are encrypted for: the first of its set for that use."""
        for key in await self._key_set():
            if isinstance(key, RSAKey) and key.get("use") == "enc":
                return key
        raise Refusal("server_error", "the client publishes no encryption key")

    async def _signed(self, token: str, error: str, longest_s: int) -> Mapping[str, Any]:
        try:
            read = jwt.decode(token, await self._key_set(), registry=JWSRegistry(algorithms=["RS256"]))
        except (JoseError, ValueError) as refused:
            raise Refusal(error, f"signature: {refused}") from refused
        said = read.claims
        _demand("kid" in read.header, error, "kid")
        now = int(self._now().timestamp())
        issued, expires = int(said.get("iat", 0)), int(said.get("exp", 0))
        _demand(issued - SKEW_S <= now < expires <= issued + longest_s, error, "exp")
        _demand(isinstance(said.get("jti"), str) and said["jti"] not in self._used, error, "jti")
        self._used.add(said["jti"])
        return said

    async def _key_set(self) -> KeySet:
        return self.keys or KeySet.import_key_set(await self._fetch_keys())


def _demand(holds: bool, error: str, says: str) -> None:  # noqa: FBT001 - a condition, not a switch
    if not holds:
        raise Refusal(error, says)
