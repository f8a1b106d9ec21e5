"""One broker as we talk to it: send a person there, and ask about the one who came back.

Authlib carries the client (`client.py`); beside it stand what it lacks and every check, each on its own.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from authlib.common.urls import add_params_to_uri

from portal.auth.brokers import Audience, BrokerProfile, IssParameter, TokenBinding
from portal.auth.oidc import broker, claims, client, envelope, logout
from portal.auth.oidc.broker import BrokerKey, BrokerKeys, Metadata
from portal.auth.oidc.claims import Expected, Identity
from portal.auth.oidc.client import Credentials, Grant
from portal.auth.oidc.dpop import Proofs
from portal.auth.oidc.keys import OwnKeys
from portal.auth.oidc.logout import SignedOut
from portal.auth.oidc.remembered import Lifetime, Remembered
from portal.auth.oidc.request import Ask, ClientMetadata, assertion, request_object
from portal.auth.reasons import Reason, Stopped, demand
from portal.kit.clock import DAY
from portal.kit.outgoing import KIB, Connect, Unreachable, get

log = logging.getLogger("portal.auth")

T = TypeVar("T")

DISCOVERY_S = 2.5  # a visitor sees that the broker is down within three seconds
KEYS_S = 5.0
LARGEST_DOCUMENT = 256 * KIB
RETRY = timedelta(seconds=10)


@dataclass(frozen=True)
class Sent:
    """What was sent along with a person, to be held against what comes back."""

    verifier: str
    nonce: str
    fresh_since: datetime | None


class RelyingParty:
    """Our side of one broker: its profile, our keys, and what it last said about itself."""

    def __init__(
        self,
        profile: BrokerProfile,
        us: ClientMetadata,
        keys: OwnKeys,
        connect: Connect,
        now: Callable[[], datetime],
    ) -> None:
        self.profile = profile
        self._us, self._keys, self._connect, self._now = us, keys, connect, now
        self._metadata = Remembered(self._discover, Lifetime(timedelta(hours=1), DAY, RETRY), now)
        self._broker_keys = Remembered(self._fetch_keys, Lifetime(DAY, DAY, RETRY), now)

    async def is_up(self) -> bool:
        """Whether the broker has told us, lately or just now, where its endpoints are."""
        try:
            await self._known(self._metadata.get())
        except Stopped:
            return False
        return True

    async def address(self, ask: Ask) -> str:
        """Where to send the browser: the front channel carries the client id and one request, nothing else.

        Raises Stopped when the broker is down or does not take the pushed request.
        """
        metadata = await self._known(self._metadata.get())
        request = request_object(self.profile, self._us, ask, self._keys.signing, self._now())
        sent = ("request", request)
        if metadata.pushed_endpoint is not None:
            credentials = self._credentials(metadata)
            sent = ("request_uri", await client.push(credentials, metadata.pushed_endpoint, request))
        named = ("client_id", self.profile.client_id)
        return str(add_params_to_uri(metadata.authorization_endpoint, [named, sent]))

    async def check_response_issuer(self, said: str | None) -> None:
        """The `iss` beside a code is the broker's, and stands there if promised (RFC 9207). Raises Stopped."""
        if said is not None:
            demand(said == self.profile.issuer, Reason.ISS_PARAMETER)
        else:
            demand(self.profile.iss_parameter is IssParameter.IF_PRESENT, Reason.ISS_PARAMETER)
            metadata = await self._known(self._metadata.get())
            demand(not metadata.names_itself, Reason.ISS_PARAMETER)

    async def identify(self, code: str, sent: Sent) -> Identity:
        """The person whom a code stands for. Raises Stopped at the first thing that is not as it must be."""
        metadata = await self._known(self._metadata.get())
        grant = Grant(code, self._us.redirect_uri, sent.verifier if self.profile.pkce else None)
        granted = await client.exchange(self._credentials(metadata), metadata.token_endpoint, grant)
        unsealed = envelope.unseal(granted.id_token, self.profile, self._keys.decrypting)
        key = await self._broker_key(envelope.signing_key_id(unsealed.signed, self.profile))
        said = envelope.verified(unsealed, key, self.profile)
        expected = Expected(sent.nonce, self._now(), code, granted.access_token, sent.fresh_since)
        return claims.identity(said, self.profile, expected)

    async def signed_out(self, token: str) -> SignedOut:
        """Whom the broker has signed out, as a logout token says. Raises Stopped at the first thing that is wrong."""
        unsealed = envelope.unseal(token, self.profile, self._keys.decrypting, envelope.LOGOUT_TYPES)
        key_id = envelope.signing_key_id(unsealed.signed, self.profile, envelope.LOGOUT_TYPES)
        said = envelope.verified(unsealed, await self._broker_key(key_id), self.profile)
        return logout.signed_out(said, self.profile, self._now())

    def _credentials(self, metadata: Metadata) -> Credentials:
        names_issuer = self.profile.assertion_audience is Audience.ISSUER
        audience = self.profile.issuer if names_issuer else metadata.token_endpoint
        return Credentials(
            self.profile.client_id,
            lambda: assertion(self.profile, audience, self._keys.signing, self._now()),
            self._connect,
            Proofs(self._now) if self.profile.token_binding is TokenBinding.DPOP else None,
        )

    async def _broker_key(self, key_id: str) -> BrokerKey:
        """The broker's key of an id; an unknown id makes us look once more, as keys change every week."""
        known = await self._known(self._broker_keys.get())
        if key_id not in known:
            known = await self._known(self._broker_keys.newer(known))
        if key_id not in known:
            raise Stopped(Reason.JWS_KID)
        return known[key_id]

    async def _known(self, answer: Awaitable[T]) -> T:
        try:
            return await answer
        except Unreachable as down:
            log.warning("broker %s: %s", self.profile.name, down)
            raise Stopped(Reason.BROKER_DOWN) from down

    async def _discover(self) -> Metadata:
        at = broker.discovery_address(self.profile)
        if at is None:
            return broker.metadata(self.profile, b"")
        document = await get(at, self._connect, seconds=DISCOVERY_S, max_bytes=LARGEST_DOCUMENT)
        return broker.metadata(self.profile, document)

    async def _fetch_keys(self) -> BrokerKeys:
        at = (await self._metadata.get()).keys_uri
        document = await get(at, self._connect, seconds=KEYS_S, max_bytes=LARGEST_DOCUMENT)
        return broker.keys(self.profile, document, self._now())
