"""The test bank is strict itself: what a careless portal would send, it does not take."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.auth.brokers import Freshness
from portal.auth.oidc.keys import new_key
from portal.auth.oidc.request import Ask, ClientMetadata, assertion, challenge, request_object
from portal.kit.i18n import Language
from tests.bank import AINO, BANK, NAMES, NOON, PORTAL, PROFILE, own_keys, query

pytestmark = pytest.mark.anyio

ASK = Ask("state", "nonce", "verifier" * 6, "fi-demo", Language.SV, oldest_proof=None)
US = ClientMetadata(f"{PORTAL}/sign-in/return", NAMES)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def made(profile=PROFILE, us=US, ask=ASK, key=None, now=NOON):
    return request_object(profile, us, ask, key or own_keys().signing, now)


def claims(token):
    return jwt.decode(token, own_keys().signing, algorithms=["RS256"]).claims


def test_the_request_says_everything_that_brokers_ask_for():
    said = claims(made())
    assert said.pop("jti")
    assert said == {
        "iss": "portal",
        "aud": BANK,
        "client_id": "portal",
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": f"{PORTAL}/sign-in/return",
        "acr_values": "http://ftn.ficora.fi/2017/loatest2",
        "state": "state",
        "nonce": "nonce",
        "ui_locales": "sv",
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 300,
        "code_challenge": challenge("verifier" * 6),
        "code_challenge_method": "S256",
        "ftn_spname": "Esimerkki Energia",
        "ftn_idp_id": "fi-demo",
    }


def test_the_challenge_is_that_of_rfc_7636_appendix_b():
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_two_requests_and_two_assertions_never_share_an_id():
    tokens = [made(), made(), *(assertion(PROFILE, BANK, own_keys().signing, NOON) for _ in range(2))]
    assert len({claims(token)["jti"] for token in tokens}) == 4


def test_an_assertion_lives_for_a_minute_and_names_its_key():
    token = jwt.decode(assertion(PROFILE, BANK, own_keys().signing, NOON), own_keys().signing, algorithms=["RS256"])
    assert token.header["kid"] == own_keys().signing.thumbprint()
    assert token.claims["exp"] - token.claims["iat"] == 60
    assert token.claims["iss"] == token.claims["sub"] == "portal"


def test_a_service_name_that_is_too_long_is_cut():
    long = ClientMetadata(US.redirect_uri, NAMES.model_copy(update={"sv": "Å" * 100}))
    assert claims(made(us=long))["ftn_spname"] == "Å" * 40


@pytest.mark.parametrize(("oldest", "said"), [(None, None), (timedelta(minutes=10), 600), (timedelta(0), 0)])
def test_how_old_a_proof_may_be_is_asked_of_the_bank(oldest, said):
    ask = replace(ASK, oldest_proof=oldest)
    assert claims(made(ask=ask)).get("max_age") == said
    unknown = PROFILE.model_copy(update={"freshness": Freshness.TRANSACTION})
    assert "max_age" not in claims(made(unknown, ask=ask))


def test_by_acr_values_the_bank_stands_alone():
    said = claims(made(PROFILE.model_copy(update={"bank_parameter": "acr_values"})))
    assert said["acr_values"] == "fi-demo"
    assert "ftn_idp_id" not in said


async def authorize(visitor, request, **more):
    return await visitor.get(f"{BANK}/authorize", params={"client_id": "portal", "request": request, **more})


async def test_a_right_request_is_asked_about_in_its_language(visitor):
    page = await authorize(visitor, made())
    assert page.status_code == 200
    assert "Vem är du?" in page.text
    assert "Esimerkki Energia" in page.text
    assert f'name="persona" value="{AINO.persona.identity_code}"' in page.text
    assert 'name="cancel"' in page.text
    assert f"form-action 'self' {PORTAL}" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (lambda: made(key=new_key()), "signature"),
        (lambda: made(now=NOON - timedelta(minutes=6)), "exp"),
        (lambda: made(now=NOON + timedelta(minutes=6)), "exp"),
        (lambda: made(us=ClientMetadata("https://evil.example/sign-in/return", NAMES)), "redirect_uri"),
        (lambda: made(PROFILE.model_copy(update={"issuer": "https://other.example"})), "aud"),
        (lambda: made(PROFILE.model_copy(update={"client_id": "other"})), "iss"),
        (lambda: made(PROFILE.model_copy(update={"pkce": False})), "code_challenge"),
        (lambda: made(PROFILE.model_copy(update={"scope": "profile"})), "scope"),
        (lambda: "a.b.c", "signature"),
    ],
    ids=["stranger's key", "old", "ahead", "redirect", "aud", "iss", "pkce", "scope", "garbage"],
)
async def test_a_wrong_request_is_refused(visitor, request_, why):
    page = await authorize(visitor, request_())
    assert page.status_code == 400
    assert why in page.text


async def test_a_request_is_taken_once(visitor):
    request = made()
    assert (await authorize(visitor, request)).status_code == 200
    assert (await authorize(visitor, request)).status_code == 400


async def test_nothing_beside_the_request_is_taken(visitor):
    assert (await authorize(visitor, made(), scope="openid")).status_code == 400


async def redeem(world, visitor, *, verifier=ASK.verifier, redirect_uri=US.redirect_uri, proof=None, code=None):
    if code is None:
        page = await authorize(visitor, made())
        action = re.search(r'action="([^"]+)"', page.text)[1]
        back = await visitor.browser.post(f"{BANK}{action}", data={"persona": AINO.persona.identity_code})
        code = query(back.headers["location"])["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": proof or assertion(PROFILE, f"{BANK}/token", own_keys().signing, world.clock()),
    }
    return code, await visitor.browser.post(f"{BANK}/token", data=form)


async def test_a_code_is_good_for_one_token(world, visitor):
    code, first = await redeem(world, visitor)
    assert first.json()["id_token"].count(".") == 4
    _, second = await redeem(world, visitor, code=code)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_request")


async def test_a_code_needs_its_verifier_and_its_address(world, visitor):
    assert (await redeem(world, visitor, verifier="other" * 9))[1].json()["error"] == "invalid_grant"
    assert (await redeem(world, visitor, redirect_uri=PORTAL))[1].json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "proof",
    [
        "a.b.c",
        assertion(PROFILE, "https://other.example", own_keys().signing, NOON),
        assertion(PROFILE, BANK, new_key(), NOON),
        assertion(PROFILE, BANK, own_keys().signing, NOON - timedelta(minutes=2)),
    ],
    ids=["garbage", "aud", "stranger's key", "old"],
)
async def test_a_client_must_prove_itself(world, visitor, proof):
    _, answer = await redeem(world, visitor, proof=proof)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_an_assertion_is_taken_once(world, visitor):
    proof = assertion(PROFILE, BANK, own_keys().signing, NOON)
    assert (await redeem(world, visitor, proof=proof))[1].status_code == 200
    assert (await redeem(world, visitor, proof=proof))[1].status_code == 401


async def test_its_documents_agree_with_each_other(world, visitor):
    said = (await visitor.get(f"{BANK}/.well-known/openid-configuration")).json()
    plain = (await visitor.get(said["jwks_uri"])).json()
    signed = (await visitor.get(said["signed_jwks_uri"])).text
    entity = KeySet.import_key_set({"keys": [world.bank.keys.entity_jwk()]})
    assert jwt.decode(signed, entity, algorithms=["RS256"]).claims["keys"] == plain["keys"]
    statement = (await visitor.get(f"{BANK}/.well-known/openid-federation")).text
    assert jwt.decode(statement, entity, algorithms=["RS256"]).claims["sub"] == BANK


async def test_it_is_told_over_the_wire_how_to_misbehave(world, visitor):
    answer = await visitor.browser.post(f"{BANK}/test/misbehave", data={"how": ["claims.acr-low", "jws.none"]})
    assert answer.text == "claims.acr-low\njws.none\n"
    assert (await visitor.sign_in()).status_code == 400
    assert (await visitor.sign_in()).status_code == 303, "once"
    assert (await visitor.browser.post(f"{BANK}/test/misbehave", data={"how": "x"})).status_code == 400


@pytest.mark.parametrize("path", ["/bank.css", "/privacy-info?lang=sv"])
async def test_what_its_pages_lead_to_is_there(visitor, path):
    assert (await visitor.get(f"{BANK}{path}")).status_code == 200
