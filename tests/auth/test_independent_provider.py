"""A provider that is not ours signs people in too: what we and our own bank agree on is not a private dialect."""

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from portal.auth.brokers import Request
from portal.kit import clock
from portal.kit.db import Database
from tests.bank import FAPI2, PORTAL, PROFILE, World, own_keys, query

HERE = Path(__file__).parent
PACKAGE = HERE.parent.parent / "node_modules" / "oidc-provider"

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not PACKAGE.is_dir() or not shutil.which("node"), reason="`make setup` fetches oidc-provider"),
]

CLIENT = {
    "redirect_uris": [f"{PORTAL}/sign-in/return"],
    "response_types": ["code"],
    "grant_types": ["authorization_code"],
    "token_endpoint_auth_method": "private_key_jwt",
    "token_endpoint_auth_signing_alg": "RS256",
    "request_object_signing_alg": "RS256",
    "require_signed_request_object": True,
    "id_token_signed_response_alg": "RS256",
    "id_token_encrypted_response_alg": "RSA-OAEP",
    "id_token_encrypted_response_enc": "A128CBC-HS256",
    "backchannel_logout_uri": f"{PORTAL}/sign-out/back-channel/demo",
}
BY_FAPI2 = CLIENT | {
    "dpop_bound_access_tokens": True,
    "require_pushed_authorization_requests": True,
    "token_endpoint_auth_signing_alg": "PS256",
    "request_object_signing_alg": "PS256",
}
ENCODINGS = ("A128CBC-HS256", "A128GCM")
SIGNATURES = ("PS256", "ES256")


def clients():
    """One for each way to speak with the provider; its id says which."""
    ours, bound = own_keys().published(), own_keys().published(signing_algs=["PS256"])
    for encoding in ENCODINGS:
        yield CLIENT | {"client_id": encoding, "id_token_encrypted_response_enc": encoding, "jwks": ours}
    for algorithm in SIGNATURES:
        yield BY_FAPI2 | {"client_id": algorithm, "id_token_signed_response_alg": algorithm, "jwks": bound}


@pytest.fixture(scope="module")
def provider():
    """The issuer of a provider that runs beside us."""
    process = subprocess.Popen(
        ["node", HERE / "provider.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        process.stdin.write(json.dumps({"clients": [*clients()]}).encode())
        process.stdin.close()
        try:
            yield _issuer(process.stdout)
        finally:
            process.terminate()


def _issuer(lines):
    """The provider also prints advice to those who would run it for real."""
    return next(line.decode().strip() for line in lines if line.startswith(b"http://"))


@pytest.fixture
def visitor(sqlite_url, provider):
    """Somebody at a portal that knows the provider as its broker."""

    def with_profile(profile=PROFILE, **changes):
        given = {"issuer": provider, "client_id": ENCODINGS[0], "wall": None, "form_action": (), "allow_http": True}
        return World(Database(sqlite_url), clock.now, profile.model_copy(update=given | changes), own_keys()).visitor()

    return with_profile


async def walk(visitor, **where):
    """Leave for the provider and come back."""
    return await to(visitor, await visitor.leave(**where))


async def to(visitor, left):
    """Follow the provider's redirects, as far as the one that leads back."""
    address = left.headers["location"]
    while not address.startswith(PORTAL):
        step = await visitor.get(address)
        assert step.status_code in {302, 303}, step.text
        address = str(step.url.join(step.headers["location"]))
    return address


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("request_", list(Request))
async def test_a_person_signs_in(visitor, request_, encoding):
    await signs_in(visitor(request=request_, client_id=encoding, encryption_encs=(encoding,)))


@pytest.mark.parametrize("algorithm", SIGNATURES)
async def test_a_person_signs_in_by_fapi2(visitor, algorithm):
    await signs_in(visitor(FAPI2, client_id=algorithm, signing_algs=(algorithm,)))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"assertion_audience": PROFILE.assertion_audience}, 503),
        ({"request_signing_alg": "RS256"}, 503),
        ({"token_binding": PROFILE.token_binding}, 400),
    ],
    ids=["made-out-to-the-token-endpoint", "signed-by-rs256", "without-a-proof"],
)
async def test_it_takes_nothing_less_than_fapi2(visitor, changes, status):
    """As our own bank: what the two agree on is the standard."""
    visitor = visitor(FAPI2, client_id="PS256", **changes)
    left = await visitor.leave()
    assert (left if status == 503 else await visitor.get(await to(visitor, left))).status_code == status


async def signs_in(visitor):
    back = await walk(visitor, then="/invoices/1")
    assert query(back).keys() == {"code", "state", "iss"}
    assert (await visitor.get(back)).headers["location"] == "/invoices/1"
    assert (await visitor.get("/overview")).text == "Aino Mäkelä, ConfirmedUser"


async def test_a_person_confirms(visitor):
    visitor = visitor()
    await visitor.get(await walk(visitor))
    with visitor.world.database.writing() as db:
        for session in visitor.world.sessions:
            session.confirmed_at -= timedelta(days=365)
            db.merge(session)
    assert (await visitor.get("/overview")).text == "Aino Mäkelä, User"
    back = await walk(visitor, wall="/confirm", then="/sealed")
    assert (await visitor.get(back)).headers["location"] == "/sealed"
    assert (await visitor.get("/sealed")).text == "Aino Mäkelä, ConfirmedUser"


@pytest.mark.parametrize("client_id", [ENCODINGS[0], SIGNATURES[1]])
async def test_who_signs_out_there_is_signed_out_here(visitor, client_id):
    own = {"signing_algs": ("ES256",)} if client_id in SIGNATURES else {}
    visitor = visitor(FAPI2 if own else PROFILE, client_id=client_id, name="demo", **own)
    await visitor.get(await walk(visitor))
    assert await visitor.is_in()
    issuer = visitor.world.profile.issuer
    posted = (await visitor.get(f"{issuer}/test/sign-out?client={client_id}")).text
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    told = await visitor.browser.post(f"{PORTAL}/sign-out/back-channel/demo", content=posted, headers=form)
    assert told.status_code == 200
    assert not await visitor.is_in()


async def test_its_keys_are_not_enough_under_another_issuer(visitor, requests_log):
    visitor = visitor(issuer="http://localhost:1")
    assert (await visitor.leave()).status_code == 503
    assert requests_log.reason() == "ftn.broker_down"
