"""The test bank as a thing of its own: whoever registers meets it, and its wrong answers are written down."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from portal.auth.oidc.keys import new_key, public
from portal.demo import bank, bank_alone
from portal.demo.bank_keys import BankKeys
from portal.demo.bank_mischief import Mischief
from portal.demo.bank_registration import RegisteredClients
from portal.demo.people import AINO, CAST
from tests.bank import BANK, PORTAL, own_keys
from tests.running import PATIENCE_S

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "bank.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.anyio

OURS = {
    "redirect_uris": [f"{PORTAL}/sign-in/return"],
    "jwks_uri": f"{PORTAL}/.well-known/jwks.json",
    "backchannel_logout_uri": f"{PORTAL}/sign-out/back-channel/demo",
}


def stands_alone(world, folder):
    """The world's bank is now one that keeps its things in a folder and knows nobody but who registers."""
    world.bank_app = bank.create_bank(
        issuer=BANK,
        clients=RegisteredClients(folder / "clients"),
        personas=[one.persona for one in CAST],
        keys=BankKeys(BANK, folder),
        connect=world.connect,
        now=world.clock,
    )
    world.bank = world.bank_app.state.bank


async def register(world, **changes):
    said = {name: value for name, value in (OURS | changes).items() if value is not None}
    return await world.visitor().browser.post(f"{BANK}/register", json=said)


@pytest.mark.parametrize("fixture", ["world", "fapi2_world"])
async def test_whoever_registers_signs_people_in_and_out_also_after_its_next_start(request, tmp_path, fixture):
    world = request.getfixturevalue(fixture)
    stands_alone(world, tmp_path)
    logout = f"{PORTAL}/sign-out/back-channel/{world.profile.name}"
    agreed = await register(world, dpop_bound_access_tokens=fixture == "fapi2_world", backchannel_logout_uri=logout)
    assert agreed.status_code == 201, agreed.text
    known = {"client_id": agreed.json()["client_id"], "entity_key": world.bank.keys.entity_jwk()}
    world.profile = world.profile.model_copy(update=known | {"signed_jwks_uri": f"{BANK}/signed-jwks"})
    world.open_portal()
    assert (await world.visitor().sign_in()).status_code == 303
    stands_alone(world, tmp_path)
    visitor = world.visitor()
    assert (await visitor.sign_in()).status_code == 303, "keys and clients are those of before"
    told = await visitor.browser.post(f"{BANK}/test/sign-out", data={"persona": AINO.persona.identity_code})
    assert told.text == "200\n"
    assert not await visitor.is_in()
    world.bank.misbehave(Mischief.NONCE_WRONG)
    assert (await visitor.sign_in()).status_code == 400


async def test_keys_may_be_handed_over_with_the_registration(world, tmp_path):
    stands_alone(world, tmp_path)
    agreed = await register(world, jwks_uri=None, jwks=own_keys().published())
    world.profile = world.profile.model_copy(update={"client_id": agreed.json()["client_id"]})
    world.open_portal()
    assert (await world.visitor().sign_in()).status_code == 303
    assert agreed.json()["id_token_signed_response_alg"] == "RS256"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uris": None}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["/callback"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"jwks_uri": None}, "invalid_client_metadata"),
        ({"jwks": {"keys": []}}, "invalid_client_metadata"),
        ({"jwks_uri": None, "jwks": {"keys": [7]}}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({"dpop_bound_access_tokens": "yes"}, "invalid_client_metadata"),
        ({"backchannel_logout_uri": 7}, "invalid_client_metadata"),
    ],
)
async def test_a_wrong_registration_is_refused_by_name(world, tmp_path, changes, error):
    stands_alone(world, tmp_path)
    refused = await register(world, **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, error)
    assert not (tmp_path / "clients").exists()


async def test_what_is_no_json_is_no_registration(world, tmp_path):
    stands_alone(world, tmp_path)
    assert (await world.visitor().browser.post(f"{BANK}/register", content=b"[]")).status_code == 400


async def test_beside_the_demo_nobody_registers(world):
    assert (await register(world)).status_code == 404


async def test_the_code_of_another_relying_party_is_of_no_use(world, tmp_path):
    """Two clients at one bank: what was given to one, the other cannot redeem."""
    stands_alone(world, tmp_path)
    ids = [(await register(world)).json()["client_id"] for _ in range(2)]
    world.profile = world.profile.model_copy(update={"client_id": ids[0]})
    world.open_portal()
    visitor = world.visitor()
    back = await visitor.go()
    code = re.search(r"code=([^&]+)", back)[1]
    world.bank.codes[code].client = world.bank.client(ids[1])
    assert (await visitor.get(back)).status_code == 400


def test_its_files_are_for_its_owner_alone(tmp_path):
    bank_alone.create("http://localhost:8001", tmp_path / "data")
    kept = [tmp_path / "data", *(tmp_path / "data").iterdir()]
    assert len(kept) == 4
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}


async def test_the_names_of_its_wrong_answers_are_told_and_written_down(visitor):
    told = (await visitor.get(f"{BANK}/test/misbehave")).text.split()
    assert told == [how.value for how in Mischief]
    written = re.findall(r"^\| `([a-z]+\.[a-z0-9-]+)` \|", PAGE, re.MULTILINE)
    assert sorted(written) == sorted(told)


def test_the_command_serves_it(tmp_path):
    """From the command line, until it is stopped: what it prints is where it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-m", "portal", "bank", "--port", str(port), "--data", tmp_path / "bank"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
        try:
            assert next(serving.stdout) == f"Test bank  http://localhost:{port}\n"
            transport = httpx2.HTTPTransport(retries=PATIENCE_S)
            with httpx2.Client(transport=transport, base_url=f"http://127.0.0.1:{port}") as client:
                assert client.get("/.well-known/openid-configuration").json()["issuer"] == f"http://localhost:{port}"
                said = {"redirect_uris": ["http://localhost/x"], "jwks": {"keys": [public(new_key(), "sig", "RS256")]}}
                assert client.post("/register", content=json.dumps(said)).status_code == 201
        finally:
            serving.terminate()
        assert serving.wait(PATIENCE_S) in {0, -15}


def test_it_never_runs_in_production(tmp_path):
    command = [sys.executable, "-m", "portal", "bank", "--data", tmp_path]
    environ = {"PORTAL_ENV": "production", "PATH": "/usr/bin"}
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)
