"""Broker profiles: read from TOML, with one clear sentence for what is wrong."""

import tomllib

import pytest

from portal.auth.brokers import (
    BUILT_IN,
    Audience,
    BadProfile,
    BankParameter,
    Freshness,
    IssParameter,
    Request,
    TokenBinding,
    for_production,
    from_fields,
    load,
    load_all,
)
from portal.auth.rules import REAL_PEOPLE, TEST_PEOPLE, Checksum
from portal.kit.i18n import Language

LEAST = {"name": "op", "issuer": "https://isb.example", "client_id": "us"}

IN_THE_CONTRACT = """
name = "demo"
issuer = "http://localhost:8001"
client_id = "portal"
request = "jar"
assertion_audience = "token_endpoint"
scope = "openid"
acr_values = ["http://ftn.ficora.fi/2017/loatest2"]
accepted_acr = ["http://ftn.ficora.fi/2017/loatest2", "http://ftn.ficora.fi/2017/loatest3"]
signing_algs = ["RS256"]
encryption_algs = ["RSA-OAEP"]
encryption_encs = ["A128CBC-HS256"]
pkce = true
iss_parameter = "if-present"
leeway_s = 10
form_action = ["http://localhost:8001"]
spname_parameter = "ftn_spname"
bank_parameter = "ftn_idp_id"
cancel_errors = ["cancel", "access_denied"]
allow_http = true
strict_identity_code = false
[[banks]]
id = "fi-demo"
name = { fi = "Testipankki", sv = "Testbanken", en = "Test Bank" }
[claims]
identity_code = "urn:oid:1.2.246.21"
family_name = "urn:oid:2.5.4.4"
given_names = "urn:oid:1.2.246.575.1.14"
birth_date = "urn:oid:1.3.6.1.5.5.7.9.1"
display_name = "urn:oid:2.16.840.1.113730.3.1.241"
"""


def test_a_profile_as_the_contract_writes_it_is_read(tmp_path):
    path = tmp_path / "broker.toml"
    path.write_text(IN_THE_CONTRACT, encoding="utf-8")
    profile = load(str(path))
    assert profile.codes.checksum is Checksum.PASSED_OVER
    assert profile.codes.highest_individual == 999
    assert profile.banks[0].name.said(Language.SV) == "Testbanken"
    assert profile.form_origins == ("http://localhost:8001",)


def test_the_least_profile_has_careful_defaults():
    profile = from_fields("op.toml", LEAST)
    assert profile.request is Request.JAR
    assert profile.assertion_audience is Audience.TOKEN_ENDPOINT
    assert profile.iss_parameter is IssParameter.IF_PRESENT
    assert profile.bank_parameter is BankParameter.FTN_IDP_ID
    assert profile.freshness is Freshness.AUTH_TIME
    assert profile.oldest_proof is None
    assert profile.accepted_acr == ("http://ftn.ficora.fi/2017/loa2", "http://ftn.ficora.fi/2017/loa3")
    assert profile.pkce
    assert not profile.allow_http
    assert profile.codes == TEST_PEOPLE
    assert profile.form_origins == ("https://isb.example",)
    assert profile.keys_entity == "https://isb.example"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"issuer": "isb.example"}, "op.toml: issuer: must be an absolute https address"),
        (
            {"issuer": "http://isb.example"},
            "op.toml: http://isb.example is not https; for trials, allow_http = true above [[banks]] permits that",
        ),
        ({"token_endpoint": "http://isb.example/token"}, "op.toml: http://isb.example/token is not https"),
        ({"form_action": ["http://bank.example"]}, "op.toml: http://bank.example is not https"),
        ({"isuer": "x"}, "op.toml: isuer: Extra inputs are not permitted"),
        ({"name": "OP bank"}, "op.toml: name: String should match pattern"),
        ({"client_id": ""}, "op.toml: client_id: String should have at least 1 character"),
        ({"signing_algs": ["none"]}, "op.toml: signing_algs.0: Input should be 'RS256', 'PS256' or 'ES256'"),
        ({"signing_algs": []}, "op.toml: signing_algs: Tuple should have at least 1 item"),
        ({"encryption_algs": ["RSA1_5"]}, "op.toml: encryption_algs.0: Input should be"),
        ({"scope": "profile"}, "op.toml: scope: String should match pattern"),
        ({"leeway_s": 600}, "op.toml: leeway_s: Input should be less than or equal to 60"),
        (
            {"sign_in_max_age_s": 600, "freshness": "transaction"},
            'op.toml: sign_in_max_age_s needs freshness = "auth_time"',
        ),
        ({"sign_in_max_age_s": 0}, "op.toml: sign_in_max_age_s: Input should be greater than or equal to 1"),
        ({"security_profile": "fapi2"}, 'op.toml: request must be "par" where security_profile = "fapi2"'),
        ({"request": "plain"}, "op.toml: request: Input should be 'jar' or 'par'"),
        ({"signed_jwks_uri": "https://isb.example/keys"}, "op.toml: signed_jwks_uri and entity_key, the"),
        ({"pushed_authorization_request_endpoint": "https://isb.example/par"}, 'op.toml: request must be "par"'),
        ({"banks": [{"id": "", "name": {"fi": "a", "sv": "b", "en": "c"}}]}, "op.toml: banks.0.id: "),
        ({"banks": [{"id": "x", "name": {"fi": "a"}}]}, "op.toml: banks.0.name.sv: Field required"),
        ({"claims": {"hetu": "x"}}, "op.toml: claims.hetu: Extra inputs"),
        (
            {"banks": [{"id": "x", "name": {"fi": "a", "sv": "b", "en": "c"}, "allow_http": True}]},
            "op.toml: banks.0.allow_http: it is not of a bank: write it above the first [[banks]]",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_said_in_one_sentence(changes, sentence):
    with pytest.raises(BadProfile) as refused:
        from_fields("op.toml", LEAST | changes)
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("loosened", "sentence"),
    [
        ({"request": "jar"}, 'op.toml: request must be "par" where security_profile = "fapi2"'),
        ({"request_signing_alg": "RS256"}, 'op.toml: request_signing_alg must be "PS256"'),
        ({"assertion_audience": "token_endpoint"}, 'op.toml: assertion_audience must be "issuer"'),
        ({"pkce": False}, "op.toml: pkce must be true"),
        ({"iss_parameter": "if-present"}, 'op.toml: iss_parameter must be "required"'),
        ({"token_binding": "none"}, 'op.toml: token_binding must be "dpop"'),
        ({"signing_algs": ["PS256", "RS256"]}, 'op.toml: signing_algs must be of "PS256" and "ES256"'),
        ({"token_endpoint": "https://isb.example/token"}, "op.toml: token_endpoint must be null"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_fapi2_is_whole_or_not_at_all(loosened, sentence):
    fields = tomllib.loads((BUILT_IN / "fapi2.toml").read_text(encoding="utf-8"))
    with pytest.raises(BadProfile) as refused:
        from_fields("op.toml", fields | LEAST | loosened)
    assert str(refused.value).startswith(sentence)


def test_a_file_says_only_what_differs_from_a_built_in_profile(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text('like = "fapi2"\nname = "ours"\nissuer = "https://isb.example"\nclient_id = "us"\n')
    profile = load(str(path))
    assert (profile.name, profile.issuer, profile.token_binding) == ("ours", "https://isb.example", TokenBinding.DPOP)


OPEN = {
    "op": {},
    "telia": {},
    "signicat": {"issuer": "https://us.example/auth/open"},
    "idura": {"issuer": "https://us.example"},
    "fapi2": {"issuer": "https://isb.example"},
}
PINNED = {"op", "telia"}


def test_what_comes_with_the_portal_is_known():
    assert {path.stem for path in BUILT_IN.glob("*.toml")} == {"demo", *OPEN}


@pytest.mark.parametrize("name", OPEN)
def test_a_built_in_profile_wants_only_what_a_broker_agrees_with_its_client(tmp_path, name):
    path = tmp_path / "ours.toml"
    given = {"like": name, "client_id": "us", **OPEN[name]}
    lines = [f'{key} = "{value}"' for key, value in given.items()]
    pin = ['entity_key = { kty = "RSA", n = "AQAB", e = "AQAB" }'] if name in PINNED else []
    path.write_text("\n".join([*lines, *pin]))
    profile = for_production(load(str(path)))
    assert (profile.name, bool(profile.entity_key)) == (name, name in PINNED)


@pytest.mark.parametrize("name", sorted(PINNED))
def test_a_broker_that_signs_its_keys_is_not_asked_without_a_pinned_key(name):
    with pytest.raises(BadProfile, match="entity_key, the public key"):
        load(name, client_id="us")


@pytest.mark.parametrize(("given", "lacks"), [({}, "issuer"), ({"issuer": "https://isb.example"}, "client_id")])
def test_what_a_built_in_profile_leaves_open_is_named_with_its_setting(given, lacks):
    with pytest.raises(BadProfile, match=f"fapi2: {lacks}: PORTAL_BROKER_{lacks.upper()} says it"):
        load("fapi2", **given)


@pytest.mark.parametrize(("content", "reason"), [("name = ", "not a TOML file"), (None, "no such broker profile")])
def test_a_file_that_cannot_be_read_is_said_so(tmp_path, content, reason):
    path = tmp_path / "broker.toml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadProfile, match=reason):
        load(str(path))


def test_the_environment_replaces_the_first_profiles_issuer_only(tmp_path):
    path = tmp_path / "second.toml"
    path.write_text('name = "second"\nissuer = "https://second.example"\nclient_id = "b"\n')
    first, second = load_all(["demo", str(path)], issuer="http://localhost:9", client_id="a")
    assert (first.issuer, first.client_id, first.form_origins) == ("http://localhost:9", "a", ("http://localhost:9",))
    assert first.wall_url == "http://localhost:9/api/embedded-ui/a"
    assert (second.issuer, second.client_id) == ("https://second.example", "b")


def test_two_profiles_need_two_names():
    with pytest.raises(BadProfile, match="two profiles have the same name"):
        load_all(["demo", "demo"])


def test_production_takes_real_people_only():
    profile = for_production(from_fields("op.toml", LEAST | {"strict_identity_code": False}))
    assert profile.codes == REAL_PEOPLE


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"allow_http": True}, "allow_http is refused in production"),
        ({"acr_values": ["http://ftn.ficora.fi/2017/loatest2"]}, "is a level for tests"),
        (
            {"accepted_acr": ["http://ftn.ficora.fi/2017/loa2", "http://ftn.ficora.fi/2017/loatest3"]},
            "loatest3 is a level",
        ),
    ],
)
def test_production_refuses_what_is_for_trials(changes, reason):
    with pytest.raises(BadProfile, match=reason):
        for_production(from_fields("op.toml", LEAST | changes))


def test_the_built_in_demo_profile_is_for_trials():
    with pytest.raises(BadProfile):
        for_production(load("demo"))
