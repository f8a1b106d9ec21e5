"""Our own keys, from their files to what brokers see of them."""

import stat

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from portal.auth.oidc import keys
from portal.auth.oidc.keys import BadKeys
from tests.bank import NOON, PORTAL

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "keys"
    keys.make_missing(folder)
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    for path in folder.glob("*.pem"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_missing_keys_are_made_for_their_owner_only(folder):
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert made == {"sig.pem": 0o600, "enc.pem": 0o600, "entity.pem": 0o600}
    assert keys.readable_by_others(folder) == []


def test_made_keys_are_as_long_as_128_bits_of_strength_and_no_two_are_alike(folder):
    own = keys.load(folder)
    numbers = [key.private_key.private_numbers().public_numbers for key in (own.signing, *own.decrypting, own.entity)]
    assert [(one.n.bit_length(), one.e) for one in numbers] == [(3072, 65537)] * 3
    assert len({one.n for one in numbers}) == 3


def test_made_keys_are_kept_at_the_next_start(folder):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert keys.make_missing(folder) == []
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_key_that_another_process_has_just_made_is_kept(copy):
    path = copy / "sig.pem"
    before = path.read_bytes()
    keys.write(path, keys.new_key())
    assert path.read_bytes() == before
    assert sorted(one.name for one in copy.iterdir()) == ["enc.pem", "entity.pem", "sig.pem"]


def test_keys_that_others_may_read_are_named(copy):
    (copy / "enc.pem").chmod(0o640)
    (copy / "sig.pem").chmod(0o600)
    (copy / "entity.pem").chmod(0o600)
    assert [path.name for path in keys.readable_by_others(copy)] == ["enc.pem"]


def test_rotation_publishes_the_next_signing_key_and_keeps_the_old_encryption_key(copy):
    for name in ("sig.next", "enc.next", "enc.old"):
        keys.write(copy / f"{name}.pem", keys.new_key())
    own = keys.load(copy)
    published = own.published()["keys"]
    assert [key["use"] for key in published] == ["sig", "sig", "enc"]
    assert published[0]["kid"] == own.signing.thumbprint()
    assert published[2]["kid"] == own.decrypting[0].thumbprint()
    assert len(own.decrypting) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        (b"", "not an unencrypted RSA key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not an unencrypted RSA key"),
    ],
)
def test_a_bad_key_is_named(copy, content, reason):
    path = copy / "enc.pem"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(BadKeys, match=rf"enc\.pem: {reason}"):
        keys.load(copy)


def test_a_public_key_is_not_enough(copy):
    path = copy / "sig.pem"
    path.write_bytes(RSAKey.import_key(path.read_bytes()).as_pem(private=False))
    with pytest.raises(BadKeys, match="not a private RSA key"):
        keys.load(copy)


async def test_the_key_set_shows_public_parts_and_not_the_entity_key(world, visitor):
    answer = await visitor.get("/.well-known/jwks.json")
    listed = answer.json()["keys"]
    assert [(key["use"], key["alg"]) for key in listed] == [("sig", "RS256"), ("enc", "RSA-OAEP")]
    assert all(key.keys() == {"kty", "use", "alg", "kid", "n", "e"} for key in listed)
    assert world.keys.entity.thumbprint() not in {key["kid"] for key in listed}
    assert all(RSAKey.import_key(key).thumbprint() == key["kid"] for key in listed)


async def test_the_signed_key_set_is_vouched_for_by_the_entity_key(world, visitor):
    answer = await visitor.get("/oidc/signed-jwks")
    assert answer.headers["content-type"] == "application/jwk-set+jwt"
    token = jwt.decode(answer.text, world.keys.entity, algorithms=["RS256"])
    assert token.header == {"alg": "RS256", "typ": "jwk-set+jwt", "kid": world.keys.entity.thumbprint()}
    assert token.claims["iss"] == token.claims["sub"] == PORTAL
    assert token.claims["exp"] - token.claims["iat"] == 25 * 3600
    assert token.claims["iat"] == int(NOON.timestamp())
    assert token.claims["keys"] == (await visitor.get("/.well-known/jwks.json")).json()["keys"]


async def test_the_entity_statement_says_how_we_speak(world, visitor):
    answer = await visitor.get("/.well-known/openid-federation")
    assert answer.headers["content-type"] == "application/entity-statement+jwt"
    token = jwt.decode(answer.text, world.keys.entity, algorithms=["RS256"])
    assert token.header["typ"] == "entity-statement+jwt"
    assert token.claims["iss"] == token.claims["sub"] == PORTAL
    assert [key["kid"] for key in token.claims["jwks"]["keys"]] == [world.keys.entity.thumbprint()]
    about = token.claims["metadata"]["openid_relying_party"]
    assert about["redirect_uris"] == [f"{PORTAL}/sign-in/return"]
    assert about["signed_jwks_uri"] == f"{PORTAL}/oidc/signed-jwks"
    assert about["organization_name"] == "Esimerkki Energia Oy"
    assert about["token_endpoint_auth_method"] == "private_key_jwt"
