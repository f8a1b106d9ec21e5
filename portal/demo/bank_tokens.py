"""How the test bank writes a signed and encrypted ID token, rightly or, when it is told to, wrongly.

Written out with the primitives of `cryptography` and not with the library by which the portal reads tokens: an error
of that library would otherwise be on both sides.
"""

import hmac
import json
import secrets
import zlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64encode

from portal.demo.bank_mischief import CHANGES, LOGOUT_CHANGES, STRANGER, Change, Claims, Mischief

WRAPPING: Mapping[str, padding.AsymmetricPadding] = {
    "RSA-OAEP": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),  # noqa: S303 - of RFC 7518, 4.3
    "RSA-OAEP-256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    "RSA1_5": padding.PKCS1v15(),
}
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)  # PS256 of RFC 7518, 3.5
Header = dict[str, object]
How = AbstractSet[Mischief]
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Keys:
    """The key that signs, and the client's key that the token is encrypted for."""

    alg: str
    signing: RSAKey | ECKey
    client: rsa.RSAPublicKey
    client_kid: str
    client_alg: str


def id_token(claims: Claims, keys: Keys, how: How) -> str:
    """An ID token: a JWE (by A128CBC-HS256) around a JWS around claims."""
    return _token(claims, keys, how, CHANGES, {})


def logout_token(claims: Claims, keys: Keys, how: How) -> str:
    """A logout token, sealed as an ID token is (OpenID Connect Back-Channel Logout 1.0, 2.4)."""
    return _token(claims, keys, how, {**CHANGES, **LOGOUT_CHANGES}, {"typ": "logout+jwt"})


def _token(claims: Claims, keys: Keys, how: How, changes: Mapping[Mischief, Change], header: Header) -> str:
    said = dict(claims)
    for mischief in how & changes.keys():
        changes[mischief](said)
    signed = _signed(said, keys, how, header)
    return signed if Mischief.JWE_NONE in how else _sealed(signed, claims, keys, how)


def _signed(claims: Claims, keys: Keys, how: How, more: Header) -> str:
    header: Header = {"alg": keys.alg, "kid": keys.signing.kid} | more | _inner_header(how)
    payload = _json(claims)
    if Mischief.JWS_A_LIST in how:
        payload = _json([claims])
    if Mischief.JWS_LONE_SURROGATE in how:
        payload = _json(claims | {"sub": "\ud800"})
    if Mischief.JWS_HEADER_FULL_OF_KEYS in how:
        header |= {"jku": f"{STRANGER}/jwks", "x5u": STRANGER, "x5c": ["A" * 4000], "jwk": _public_jwk(_rsa_stranger())}
    if Mischief.JWS_WITHOUT_KID in how:
        del header["kid"]
    if Mischief.JWS_EMBEDDED_KEY in how:
        stranger = _stranger(keys.alg)
        return _compact(header | {"jwk": _public_jwk(stranger)}, payload, stranger)
    signer = _stranger(keys.alg) if Mischief.JWS_OTHER_KEY in how else _private(keys.signing)
    return _with_other_signature(_compact(header, payload, signer), header, payload, keys.signing, how)


def _with_other_signature(token: str, header: Header, payload: bytes, key: RSAKey | ECKey, how: How) -> str:
    if Mischief.JWS_NONE in how:
        return _unsigned(header | {"alg": "none"}, payload) + "."
    if Mischief.JWS_HS256 in how:
        body = _unsigned(header | {"alg": "HS256"}, payload)
        return f"{body}.{_b64(hmac.digest(_public_pem(key), body.encode(), 'sha256'))}"
    if Mischief.JWS_ES256 in how:
        body = _unsigned(header | {"alg": "ES256"}, payload)
        curve_key = ec.generate_private_key(ec.SECP256R1())
        return f"{body}.{_b64(curve_key.sign(body.encode(), ec.ECDSA(hashes.SHA256())))}"
    for algorithm in (RSA_ALGORITHMS[mischief] for mischief in how & RSA_ALGORITHMS.keys()):
        return _compact(header | {"alg": algorithm}, payload, _private(key))
    if Mischief.JWS_DAMAGED in how:
        return f"{token[:-8]}{'A' * 8}"
    return token


def _sealed(signed: str, claims: Claims, keys: Keys, how: How) -> str:
    header: Header = {"alg": keys.client_alg, "enc": "A128CBC-HS256", "cty": "JWT", "kid": keys.client_kid}
    header |= _outer_header(claims, how)
    if Mischief.JWE_WITHOUT_KID in how:
        del header["kid"]
    plain = signed.encode()
    if Mischief.JWE_ZIP in how:
        plain = zlib.compress(plain, wbits=-15)
    client = _rsa_stranger().public_key() if Mischief.JWE_OTHER_KEY in how else keys.client
    token = _encrypted(plain, header, client)
    if Mischief.JWE_TWICE in how:
        token = _encrypted(token.encode(), header, client)
    return f"{token[:-8]}{'A' * 8}" if Mischief.JWE_DAMAGED in how else token


def _inner_header(how: How) -> Header:
    strange: dict[Mischief, Header] = {
        Mischief.JWS_CRIT: {"crit": ["http://openid.net/strange"], "http://openid.net/strange": True},
        Mischief.JWS_TYP_LOGOUT: {"typ": "logout+jwt"},
        Mischief.JWS_TYP_ACCESS_TOKEN: {"typ": "at+jwt"},
        Mischief.JWS_TYP_A_LIST: {"typ": ["JWT"]},
        Mischief.JWS_TYP_IN_SMALL_LETTERS: {"typ": "jwt"},
        Mischief.JWS_UNKNOWN_KID: {"kid": "nobody-knows"},
    }
    return {name: value for mischief in how for name, value in strange.get(mischief, {}).items()}


def _outer_header(claims: Claims, how: How) -> Header:
    repeated = {"iss": claims["iss"], "aud": claims["aud"]}
    stranger: dict[Mischief, Header] = {
        Mischief.JWE_RSA15: {"alg": "RSA1_5"},
        Mischief.JWE_OTHER_ENC: {"enc": "A256GCM"},
        Mischief.JWE_ZIP: {"zip": "DEF"},
        Mischief.JWE_CRIT: {"crit": ["strange"], "strange": True},
        Mischief.JWE_TYP_LOGOUT: {"typ": "logout+jwt"},
        Mischief.JWE_HEADER_ISS: {"iss": STRANGER},
        Mischief.JWE_HEADER_AUD: {"aud": "stranger"},
        Mischief.JWE_HEADER_AGREES: repeated,
        Mischief.JWE_UNKNOWN_KID: {"kid": "nobody-knows"},
    }
    return {name: value for mischief in how for name, value in stranger.get(mischief, {}).items()}


def _encrypted(plain: bytes, header: Header, client: rsa.RSAPublicKey) -> str:
    """JWE compact serialization with AES-CBC and HMAC-SHA-256 (RFC 7518, 5.2.3)."""
    mac_key, cipher_key, start = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    wrapped = client.encrypt(mac_key + cipher_key, WRAPPING[str(header["alg"])])
    pad = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(cipher_key), modes.CBC(start)).encryptor()
    ciphered = encryptor.update(pad.update(plain) + pad.finalize()) + encryptor.finalize()
    protected = _b64(_json(header))
    length = (len(protected) * 8).to_bytes(8, "big")
    tag = hmac.digest(mac_key, protected.encode() + start + ciphered + length, "sha256")[:16]
    return ".".join((protected, *map(_b64, (wrapped, start, ciphered, tag))))


RSA_ALGORITHMS: Mapping[Mischief, str] = {Mischief.JWS_PS256: "PS256", Mischief.JWS_RS256: "RS256"}


def _compact(header: Header, payload: bytes, key: Private) -> str:
    body = _unsigned(header, payload)
    return f"{body}.{_b64(_signature(body.encode(), str(header['alg']), key))}"


def _signature(said: bytes, algorithm: str, key: Private) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        numbers = decode_dss_signature(key.sign(said, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(32, "big") for number in numbers)  # ES256 of RFC 7518, 3.4
    return key.sign(said, PSS if algorithm == "PS256" else padding.PKCS1v15(), hashes.SHA256())


def _unsigned(header: Header, payload: bytes) -> str:
    return f"{_b64(_json(header))}.{_b64(payload)}"


def _private(key: RSAKey | ECKey) -> Private:
    private = key.private_key
    assert isinstance(private, Private)  # noqa: S101 - the bank makes its own keys
    return private


def _stranger(algorithm: str) -> Private:
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else _rsa_stranger()


def _rsa_stranger() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _public_jwk(key: Private) -> Mapping[str, object]:
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key.public_key().public_bytes(*form)
    return (RSAKey if isinstance(key, rsa.RSAPrivateKey) else ECKey).import_key(pem).as_dict()


def _public_pem(key: RSAKey | ECKey) -> bytes:
    return key.as_pem(private=False)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()
