"""Our own RSA keys: `sig` signs requests, `enc` opens ID tokens, `entity` vouches for the two others.

They are PEM files (PKCS#8, not encrypted, mode 0600) in one folder. Rotation adds `.next` and `.old` files. A new sig
key is published for a day before it signs; a new enc key is loaded before it is published, and the old one is kept for
a week after.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from portal.kit.complaints import Complaint

SMALLEST_BITS = 2048
MADE_BITS = 3072  # of 128 bits of strength (NIST SP 800-57 part 1, table 2)
SIGNING_ALG = "RS256"


class BadKeys(Complaint):
    """A key that is missing or cannot be used; the message is one sentence that names the file."""

    says = "{}; `portal keys new` makes the keys that are missing"


class Role(StrEnum):
    """What a key is for; the name of its file."""

    SIG = "sig"
    ENC = "enc"
    ENTITY = "entity"


class Phase(StrEnum):
    """Where a key stands in its rotation; the ending of its file's name."""

    NOW = ""
    NEXT = ".next"
    OLD = ".old"


@dataclass(frozen=True)
class OwnKeys:
    """The keys in use, private parts included."""

    signing: RSAKey
    decrypting: tuple[RSAKey, ...]  # the published one first
    entity: RSAKey
    verifying: tuple[RSAKey, ...]  # the signing keys that brokers may meet: in use, next, old

    def published(
        self, encryption_alg: str = "RSA-OAEP", signing_algs: Collection[str] = (SIGNING_ALG,)
    ) -> dict[str, list[dict[str, str]]]:
        """The JWK set for brokers (RFC 7517): public parts of the signing keys and of the newest encryption key.

        A signing key names its algorithm where we sign for every broker by the same one.
        """
        agreed = next(iter(signing_algs)) if len(signing_algs) == 1 else None
        signing = [public(key, "sig", agreed) for key in self.verifying]
        return {"keys": [*signing, public(self.decrypting[0], "enc", encryption_alg)]}


def public(key: RSAKey | ECKey, use: str, alg: str | None) -> dict[str, str]:
    """The public JWK of a key, its id being its thumbprint (RFC 7638)."""
    parts = ("n", "e") if isinstance(key, RSAKey) else ("crv", "x", "y")
    numbers = key.as_dict(private=False)
    return {
        "kty": key.key_type,
        "use": use,
        **({"alg": alg} if alg else {}),
        "kid": key.thumbprint(),
        **{part: str(numbers[part]) for part in parts},
    }


def load(folder: Path) -> OwnKeys:
    """The keys of a folder. Raises BadKeys."""
    signing, decrypting = list(_of_role(folder, Role.SIG)), list(_of_role(folder, Role.ENC))
    entity = next(_of_role(folder, Role.ENTITY))
    return OwnKeys(signing[0], tuple(decrypting), entity, tuple(signing))


def make_missing(folder: Path) -> Sequence[Path]:
    """Make the keys that a folder lacks, and the folder itself; the new files. For demo and test."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [path for role in Role if not (path := file_of(folder, role, Phase.NOW)).exists()]
    for path in missing:
        write(path, new_key())
    return missing


def new_key() -> RSAKey:
    """A new RSA key of 3072 bits."""
    return RSAKey.generate_key(MADE_BITS, auto_kid=True)


def write(path: Path, key: RSAKey | ECKey) -> None:
    """Write a key as a file that only its owner may read; one that another process has just written is kept."""
    pem = key.private_key
    if pem is None:
        raise BadKeys(f"{path.name} has no private part")
    data = pem.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.touch(mode=0o600)
    part.write_bytes(data)
    try:
        path.hardlink_to(part)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def file_of(folder: Path, role: Role, phase: Phase) -> Path:
    """Where a key lies."""
    return folder / f"{role}{phase}.pem"


def readable_by_others(folder: Path) -> Sequence[Path]:
    """The key files whose mode lets anybody but their owner read them."""
    return [path for path in sorted(folder.glob("*.pem")) if path.stat().st_mode & 0o077]


def _of_role(folder: Path, role: Role) -> Iterator[RSAKey]:
    """The key in use, which must be there, then the next and the old one where they are."""
    yield _read(file_of(folder, role, Phase.NOW))
    for phase in (Phase.NEXT, Phase.OLD):
        path = file_of(folder, role, phase)
        if path.exists():
            yield _read(path)


def _read(path: Path) -> RSAKey:
    try:
        key = _imported(path.read_bytes())
    except OSError as missing:
        raise BadKeys(f"{path}: {missing.strerror}") from missing
    except (JoseError, ValueError, TypeError) as damaged:
        raise BadKeys(f"{path}: not an unencrypted RSA key in PEM form") from damaged
    private = key.private_key
    if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < SMALLEST_BITS:
        raise BadKeys(f"{path}: not a private RSA key of at least {SMALLEST_BITS} bits")
    key.ensure_kid()
    return key


@cache
def _imported(pem: bytes) -> RSAKey:
    """A key from its PEM form; checking its primes takes a tenth of a second, once."""
    return RSAKey.import_key(pem)
