"""Tokens without a bank: what is read from claims that pass every check, and garbage in every place."""

import math
import tomllib
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.auth.brokers import BUILT_IN, ClaimNames, Freshness
from portal.auth.oidc import envelope
from portal.auth.oidc.claims import Expected, identity
from portal.auth.reasons import Reason, Stopped
from tests.bank import NOON, PROFILE, own_keys

NOW = int(NOON.timestamp())
EXPECTED = Expected("nonce", NOON, "code", "access-token")
RIGHT = {
    "iss": PROFILE.issuer,
    "sub": "s",
    "aud": "portal",
    "iat": NOW,
    "exp": NOW + 60,
    "nonce": "nonce",
    "acr": "http://ftn.ficora.fi/2017/loatest2",
    "urn:oid:1.2.246.21": "010180-9015",
    "urn:oid:2.5.4.4": "Mäkelä",
    "urn:oid:1.2.246.575.1.14": "Aino Maria",
}
FAMILY, GIVEN, DISPLAY = "urn:oid:2.5.4.4", "urn:oid:1.2.246.575.1.14", "urn:oid:2.16.840.1.113730.3.1.241"
BORN = "urn:oid:1.3.6.1.5.5.7.9.1"


def who(**changes):
    return identity(RIGHT | changes, PROFILE, EXPECTED)


def stopped(**changes):
    with pytest.raises(Stopped) as refused:
        who(**changes)
    return refused.value.reason


def test_who_it_is():
    person = who()
    assert (person.code.text, person.code.born) == ("010180-9015", date(1980, 1, 1))
    assert (person.given_names, person.family_name) == ("Aino Maria", "Mäkelä")
    assert person.proved_at == NOON


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({FAMILY: " von  Möttönen\n"}, ("Aino Maria", "von Möttönen")),
        ({FAMILY: "Mäk\x00elä\u202e"}, ("Aino Maria", "Mäkelä")),
        ({FAMILY: "M" * 500}, ("Aino Maria", "M" * 200)),
        ({FAMILY: 7, GIVEN: None}, ("", "")),
        ({FAMILY: None, GIVEN: None, DISPLAY: "Mäkelä Aino"}, ("", "Mäkelä Aino")),
    ],
)
def test_names_are_read_as_text_that_can_be_shown(changes, names):
    person = who(**changes)
    assert (person.given_names, person.family_name) == names


@pytest.mark.parametrize(
    ("name", "code"), [("op", "personal_identity_code"), ("signicat", "ftn_hetu"), ("idura", "hetu")]
)
def test_who_it_is_as_other_brokers_say_it(name, code):
    told = ClaimNames(**tomllib.loads((BUILT_IN / f"{name}.toml").read_text(encoding="utf-8"))["claims"])
    said = {code: "010180-9015", "family_name": "Mäkelä", "given_name": "Aino Maria", "birthdate": "1980-01-01"}
    without = {claim: value for claim, value in RIGHT.items() if not claim.startswith("urn:oid:")}
    person = identity(without | said, PROFILE.model_copy(update={"claims": told}), EXPECTED)
    assert (person.code.text, person.given_names, person.family_name) == ("010180-9015", "Aino Maria", "Mäkelä")


@pytest.mark.parametrize("said", ["1980-01-01", "19800101", None])
def test_a_birth_date_that_agrees(said):
    assert who(**{BORN: said})


@pytest.mark.parametrize("said", ["1980-01-02", "1.1.1980", "", 19800101, ["1980-01-01"]])
def test_a_birth_date_that_does_not_agree(said):
    assert stopped(**{BORN: said}) is Reason.BIRTH_DATE


@pytest.mark.parametrize(("said", "amr"), [("pwd", "pwd"), (["pwd", "otp"], "pwd otp"), ([], "")])
def test_methods_are_kept(said, amr):
    assert who(amr=said).amr == amr


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-10, None), (10, None), (11, Reason.IAT), (-300, None), (-301, Reason.IAT)],
)
def test_a_token_is_of_the_last_five_minutes(seconds, reason):
    changes = {"iat": NOW + seconds}
    assert stopped(**changes) is reason if reason else who(**changes)


@pytest.mark.parametrize(("seconds", "reason"), [(-9, None), (-10, Reason.EXP)])
def test_a_token_ends_with_ten_seconds_of_leeway(seconds, reason):
    changes = {"exp": NOW + seconds}
    assert stopped(**changes) is reason if reason else who(**changes)


@pytest.mark.parametrize("said", [0, -1, 0.5, 10**400, 1e300, math.nan, math.inf, -math.inf, "1", "", None, True, [1]])
def test_a_time_is_a_number_that_makes_sense(said):
    assert stopped(auth_time=said) is Reason.AUTH_TIME


@pytest.mark.parametrize("claim", ["iat", "exp", "auth_time", "nbf"])
@pytest.mark.parametrize("said", [True, "1", math.nan, math.inf, None, {}])
def test_what_is_no_number_is_no_time(claim, said):
    assert stopped(**{claim: said}) is Reason(f"ftn.{claim}")


@pytest.mark.parametrize(
    "times",
    [
        {"iat": NOW, "exp": NOW + 60, "auth_time": NOW - 10},
        {"iat": float(NOW), "exp": NOW + 60.0},
        {"iat": NOW, "exp": NOW + 60, "auth_time": NOW - 9.5},
        {"iat": NOW - 0.25, "exp": NOW + 0.5, "auth_time": NOW - 0.75, "nbf": NOW - 0.25},
    ],
)
def test_a_time_may_have_a_fraction(times):
    person = who(**times)
    assert person.issued_at in (NOW, NOW - 1)
    assert person.proved_at == NOON + timedelta(seconds=times.get("auth_time", times["iat"]) - NOW)


@pytest.mark.parametrize(("seconds", "reason"), [(-9.5, None), (-10.5, Reason.EXP)])
def test_a_fraction_counts(seconds, reason):
    changes = {"exp": NOW + seconds}
    assert stopped(**changes) is reason if reason else who(**changes)


HASHES = {"at_hash": "Pxa-1wifRlPl7yG_0oJNfw", "c_hash": "VpTQii5T_8rgwxA-Wtb2Bw"}


def test_hashes_of_what_came_with_the_token_hold():
    assert who(**HASHES)


@pytest.mark.parametrize("claim", HASHES)
@pytest.mark.parametrize(
    "said",
    [
        "",
        "Pxa-1wifRlPl7yG_0oJNf",
        "Pxa-1wifRlPl7yG_0oJNfw==",
        "pXA-1WIFrLpL7YG_0OjnFW",
        None,
        7,
        ["Pxa-1wifRlPl7yG_0oJNfw"],
    ],
)
def test_a_hash_that_does_not_hold(claim, said):
    assert stopped(**{claim: said}) is Reason(f"ftn.{claim}")


def test_a_hash_of_an_access_token_that_did_not_come_does_not_hold():
    with pytest.raises(Stopped):
        identity(RIGHT | HASHES, PROFILE, replace(EXPECTED, access_token=None))
    assert identity(RIGHT, PROFILE, replace(EXPECTED, access_token=None))


def test_the_proof_is_the_banks_time_and_never_in_the_future():
    assert who(auth_time=NOW - 3600).proved_at == NOON - timedelta(hours=1)
    assert who(auth_time=NOW + 8).proved_at == NOON
    assert who(iat=NOW - 100).proved_at == NOON - timedelta(seconds=100)


def test_a_broker_that_knows_no_max_age_need_not_say_when():
    asked = replace(EXPECTED, fresh_since=NOON - timedelta(minutes=1))
    profile = PROFILE.model_copy(update={"freshness": Freshness.TRANSACTION, "sign_in_max_age_s": None})
    assert identity(RIGHT, profile, asked)
    with pytest.raises(Stopped):
        identity(RIGHT, PROFILE, asked)
    with pytest.raises(Stopped):
        identity(RIGHT | {"auth_time": NOW - 600}, profile, asked)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*RIGHT, "azp", "nbf", "auth_time", "amr", "at_hash", "c_hash", BORN, DISPLAY]), JSON)
def test_any_claim_may_be_anything_and_nothing_breaks(name, value):
    with suppress(Stopped):
        assert who(**{name: value}).nonce == "nonce"


@settings(deadline=None)  # the first call makes keys
@given(st.text(alphabet="abcXYZ09-_=.{}é\x00", max_size=60))
def test_any_text_in_place_of_a_token_is_refused(token):
    with pytest.raises(Stopped):
        envelope.unseal(token, PROFILE, own_keys().decrypting)
    with pytest.raises(Stopped):
        envelope.signing_key_id(token, PROFILE)
