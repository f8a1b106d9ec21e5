"""The test bank's own keys, and how it vouches for them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from portal.auth.oidc.keys import new_key, public, write
from portal.demo.bank_mischief import STRANGER, Mischief

VALID = timedelta(hours=25)

K = TypeVar("K", RSAKey, ECKey)


class BankKeys:
    """Signing keys, the newest in use and the one before it still published, one on a curve, and the entity key."""

    def __init__(self, issuer: str, kept_in: Path | None = None) -> None:
        self._issuer = issuer
        self._signing = [_kept(kept_in, "sig", new_key, RSAKey)]
        self._on_curve = _kept(kept_in, "curve", partial(ECKey.generate_key, "P-256"), ECKey)
        self.entity = _kept(kept_in, "entity", new_key, RSAKey)

    @property
    def signing(self) -> RSAKey:
        """The key in use."""
        return self._signing[0]

    def of(self, algorithm: str) -> RSAKey | ECKey:
        """The key in use by an algorithm."""
        return self._on_curve if algorithm == "ES256" else self.signing

    def rotate(self) -> None:
        """Use a new key from now on; the last one stays published."""
        self._signing = [new_key(), self._signing[0]]

    def published(self) -> dict[str, list[dict[str, str]]]:
        """The JWK set; its RSA keys sign by RS256 and by PS256."""
        return {"keys": [*(public(key, "sig", None) for key in self._signing), public(self._on_curve, "sig", "ES256")]}

    def entity_jwk(self) -> dict[str, str]:
        """The public entity key, as a profile pins it."""
        return public(self.entity, "sig", "RS256")

    def signed(self, now: datetime, mischief: set[Mischief]) -> str:
        """The JWK set, signed with the entity key."""
        valid = -VALID if Mischief.SIGNED_KEYS_EXPIRED in mischief else VALID
        entity = STRANGER if Mischief.SIGNED_KEYS_OF_STRANGER in mischief else self._issuer
        key = new_key() if Mischief.SIGNED_KEYS_BY_STRANGER in mischief else self.entity
        return self._vouched("jwk-set+jwt", entity, key, now + valid, self.published())

    def statement(self, now: datetime) -> str:
        """The entity statement."""
        about = {"openid_provider": {"issuer": self._issuer, "signed_jwks_uri": f"{self._issuer}/signed-jwks"}}
        claims = {"jwks": {"keys": [self.entity_jwk()]}, "metadata": about}
        return self._vouched("entity-statement+jwt", self._issuer, self.entity, now + VALID, claims)

    def _vouched(self, kind: str, entity: str, key: RSAKey, until: datetime, claims: Mapping[str, object]) -> str:
        times = {"iat": int((until - 2 * VALID).timestamp()), "exp": int(until.timestamp())}
        header = {"alg": "RS256", "typ": kind, "kid": self.entity.kid}
        return jwt.encode(header, {"iss": entity, "sub": entity, **times, **claims}, key)


def _kept(folder: Path | None, name: str, make: Callable[[], K], kind: type[K]) -> K:
    """The key of a name, kept in a folder from the first time on, so that who has pinned it can go on; or a new one."""
    if folder is None:
        key = make()
    else:
        path = folder / f"{name}.pem"
        if not path.exists():
            write(path, make())
        key = kind.import_key(path.read_bytes())
    key.ensure_kid()
    return key
