"""A broker that holds to FAPI 2.0: what we send it, which proofs we make, and that its bank takes nothing less."""

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.jws import extract_compact

from portal.auth.brokers import SecurityProfile
from portal.auth.oidc import dpop
from portal.auth.oidc.dpop import Proofs
from portal.auth.reasons import Reason
from portal.demo.bank_mischief import Mischief
from tests.bank import BANK, NOON, PROFILE, own_keys, query

pytestmark = pytest.mark.anyio

TOKEN = f"{BANK}/token"


class Heard:
    """What the portal sends its bank, read on the way."""

    def __init__(self, world):
        self.requests = []
        passed_on = world.bank_app

        async def listen(scope, receive, send):
            request = httpx2.Request(scope["method"], f"{BANK}{scope['path']}", headers=scope["headers"])
            self.requests.append(request)
            await passed_on(scope, receive, send)

        world.bank_app = listen

    def proofs(self):
        """Each proof that came to the token endpoint, after its signature was checked: its header and claims."""
        sent = [one.headers["dpop"] for one in self.requests if str(one.url) == TOKEN]
        keys = [extract_compact(proof.encode()).headers()["jwk"] for proof in sent]
        return [jwt.decode(proof, ECKey.import_key(key)) for proof, key in zip(sent, keys, strict=True)]


@pytest.fixture
def heard(fapi2_world):
    return Heard(fapi2_world)


async def test_a_person_signs_in(heard, fapi2_world):
    """As fapi2-security-profile-final-client-test-happy-path asks: the server wants a nonce of its own."""
    visitor = fapi2_world.visitor()
    left = (await visitor.leave()).headers["location"]
    assert query(left).keys() == {"client_id", "request_uri"}
    back = await visitor.identify(left)
    assert query(back).keys() == {"code", "state", "iss"}
    assert (await visitor.get(back)).status_code == 303
    assert await visitor.is_in()
    first, second = heard.proofs()
    for proof in (first, second):
        assert proof.header == {"typ": "dpop+jwt", "alg": "ES256", "jwk": proof.header["jwk"]}
        assert proof.header["jwk"].keys() == {"kty", "crv", "x", "y"}
        assert (proof.claims["htm"], proof.claims["htu"]) == ("POST", TOKEN)
        assert proof.claims["iat"] == int(NOON.timestamp())
    assert first.header["jwk"] == second.header["jwk"], "one key for one token call"
    assert first.claims["jti"] != second.claims["jti"]
    assert "nonce" not in first.claims
    assert second.claims["nonce"]


async def test_a_key_serves_one_token_call(heard, fapi2_world):
    for _ in range(2):
        await fapi2_world.visitor().sign_in()
    assert len({proof.header["jwk"]["x"] for proof in heard.proofs()}) == 2


async def test_a_broker_that_signs_on_a_curve_signs_people_in(fapi2_world, monkeypatch):
    monkeypatch.setattr("portal.demo.bank_client.Registration.signed_response_alg", "ES256")
    assert (await fapi2_world.visitor().sign_in()).status_code == 303


@pytest.mark.parametrize("how", ["jws.other-key", "jws.damaged", "jws.embedded-key"])
async def test_a_forged_signature_on_a_curve_is_refused(fapi2_world, requests_log, monkeypatch, how):
    monkeypatch.setattr("portal.demo.bank_client.Registration.signed_response_alg", "ES256")
    fapi2_world.bank.misbehave(Mischief(how))
    assert (await fapi2_world.visitor().sign_in()).status_code == 400
    assert requests_log.reason() == Reason.JWS_SIGNATURE


async def test_its_bank_takes_nothing_less(fapi2_world):
    """What the Finnish Trust Network's other brokers are sent is refused: no loose profile passes by our own bank."""
    loose = fapi2_world.with_profile(
        **{name: getattr(PROFILE, name) for name in ("request", "request_signing_alg", "token_binding")}
    )
    assert loose.bank.client("portal").registered.security is SecurityProfile.FAPI2
    visitor = loose.visitor()
    refused = await visitor.get((await visitor.leave()).headers["location"])
    assert (refused.status_code, "client_id and one known request" in refused.text) == (400, True)


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"assertion_audience": PROFILE.assertion_audience}, 503), ({"request_signing_alg": "RS256"}, 503)],
    ids=["made-out-to-the-token-endpoint", "signed-by-rs256"],
)
async def test_a_loose_assertion_pushes_nothing(fapi2_world, changes, status):
    assert (await fapi2_world.with_profile(**changes).visitor().leave()).status_code == status


async def test_without_a_proof_there_is_no_token(fapi2_world, requests_log):
    unbound = fapi2_world.with_profile(token_binding=PROFILE.token_binding)
    assert (await unbound.visitor().sign_in()).status_code == 400
    assert requests_log.reason() == Reason.CODE_REFUSED


async def test_our_keys_name_an_algorithm_only_where_all_brokers_agree(fapi2_world):
    async def named():
        listed = (await fapi2_world.visitor().get("/.well-known/jwks.json")).json()["keys"]
        return [key.get("alg") for key in listed]

    assert await named() == ["PS256", "RSA-OAEP"]
    fapi2_world.open_portal(PROFILE)
    assert await named() == [None, "RSA-OAEP"]
    statement = (await fapi2_world.visitor().get("/.well-known/openid-federation")).text
    about = jwt.decode(statement, own_keys().entity).claims["metadata"]["openid_relying_party"]
    names = ("id_token_signed_response_alg", "request_object_signing_alg", "token_endpoint_auth_signing_alg")
    assert [about[name] for name in names] == ["PS256", "PS256", "PS256"]


# Proofs


def test_a_proof_is_for_an_address_without_its_query():
    proof = Proofs(lambda: NOON).proof("POST", f"{TOKEN}?tenant=1#x", None)
    key = ECKey.import_key(extract_compact(proof.encode()).headers()["jwk"])
    assert jwt.decode(proof, key).claims["htu"] == TOKEN


@pytest.mark.parametrize(
    ("status", "body", "nonce", "wanted"),
    [
        (400, '{"error": "use_dpop_nonce"}', "abc", "abc"),
        (401, '{"error": "use_dpop_nonce"}', "abc", "abc"),
        (200, '{"error": "use_dpop_nonce"}', "abc", None),
        (400, '{"error": "invalid_grant"}', "abc", None),
        (400, '{"error": ["use_dpop_nonce"]}', "abc", None),
        (400, "use_dpop_nonce", "abc", None),
        (400, '{"error": "use_dpop_nonce"}', "", None),
        (400, '{"error": "use_dpop_nonce"}', "a b", None),
        (400, '{"error": "use_dpop_nonce"}', "n" * 513, None),
    ],
)
def test_a_nonce_is_taken_from_whoever_asks_for_it_as_the_standard_says(status, body, nonce, wanted):
    answer = httpx2.Response(status, text=body, headers={"DPoP-Nonce": nonce})
    assert dpop.wanted_nonce(answer) == wanted
