"""A bank that misbehaves signs nobody in. Each case bears the name of the OpenID Foundation's client module that asks
the same, where there is one; the reason is the code that goes to log and metrics.
"""

from dataclasses import replace

import pytest
from joserfc.jwk import KeySet

from portal.auth.models import LoginStatus
from portal.auth.oidc import client
from portal.auth.oidc.keys import new_key
from portal.auth.reasons import Reason
from portal.demo.bank_mischief import CHANGES, Mischief
from tests.bank import AINO, BANK, bank_keys

pytestmark = pytest.mark.anyio

ANSWERS = {
    "fapi2-security-profile-final-client-test-invalid-authorization-response-iss": (
        Mischief.ANSWER_ISS_WRONG,
        Reason.ISS_PARAMETER,
    ),
    "fapi2-security-profile-final-client-test-remove-authorization-response-iss": (
        Mischief.ANSWER_ISS_MISSING,
        Reason.ISS_PARAMETER,
    ),
    "fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-state-fails": (
        Mischief.ANSWER_STATE_WRONG,
        Reason.STATE_UNKNOWN,
    ),
    "fapi2-security-profile-final-client-test-ensure-authorization-response-with-invalid-missing-state-fails": (
        Mischief.ANSWER_STATE_MISSING,
        Reason.STATE_UNKNOWN,
    ),
    "state-twice": (Mischief.ANSWER_STATE_TWICE, Reason.PARAMETERS),
    "code-and-error": (Mischief.ANSWER_CODE_AND_ERROR, Reason.PARAMETERS),
    "neither-code-nor-error": (Mischief.ANSWER_NEITHER, Reason.PARAMETERS),
    "error": (Mischief.ANSWER_ERROR, Reason.BROKER_ERROR),
    "code-of-50000-characters": (Mischief.ANSWER_CODE_LONG, Reason.PARAMETERS),
    "state-of-2001-characters": (Mischief.ANSWER_STATE_LONG, Reason.PARAMETERS),
    "answer-in-a-jwt": (Mischief.ANSWER_IN_A_JWT, Reason.STATE_UNKNOWN),
    "code-of-somebody-else": (Mischief.ANSWER_CODE_WRONG, Reason.CODE_REFUSED),
}
TOKEN_CALLS = {
    "fails": (Mischief.TOKEN_FAILS, Reason.TOKEN_CALL),
    "redirects": (Mischief.TOKEN_REDIRECTS, Reason.TOKEN_CALL),
    "huge": (Mischief.TOKEN_HUGE, Reason.TOKEN_CALL),
    "compressed": (Mischief.TOKEN_COMPRESSED, Reason.TOKEN_CALL),
    "not-json": (Mischief.TOKEN_NOT_JSON, Reason.TOKEN_ANSWER),
    "nested-too-deep": (Mischief.TOKEN_DEEP, Reason.TOKEN_ANSWER),
    "a-list": (Mischief.TOKEN_A_LIST, Reason.TOKEN_ANSWER),
    "without-id-token": (Mischief.TOKEN_WITHOUT_ID_TOKEN, Reason.TOKEN_ANSWER),
    "token-type-mac": (Mischief.TOKEN_TYPE_MAC, Reason.TOKEN_TYPE),
    "token-type-missing": (Mischief.TOKEN_TYPE_MISSING, Reason.TOKEN_TYPE),
    "token-type-that-was-not-agreed": (Mischief.TOKEN_TYPE_OTHER, Reason.TOKEN_TYPE),
    "without-the-access-token-that-at-hash-speaks-of": (Mischief.TOKEN_WITHOUT_ACCESS_TOKEN, Reason.AT_HASH),
    "code-used": (Mischief.TOKEN_CODE_USED, Reason.CODE_REFUSED),
}
ENCRYPTION = {
    "not-encrypted": (Mischief.JWE_NONE, Reason.JWE_FORM),
    "fapi1-advanced-final-client-test-encrypted-idtoken-usingrsa15": (Mischief.JWE_RSA15, Reason.JWE_ALG),
    "other-enc": (Mischief.JWE_OTHER_ENC, Reason.JWE_ENC),
    "zip": (Mischief.JWE_ZIP, Reason.JWE_ZIP),
    "crit": (Mischief.JWE_CRIT, Reason.JWE_CRIT),
    "outer-typ-logout": (Mischief.JWE_TYP_LOGOUT, Reason.JWE_TYP),
    "for-another-key": (Mischief.JWE_OTHER_KEY, Reason.JWE_KEY),
    "damaged": (Mischief.JWE_DAMAGED, Reason.JWE_KEY),
    "outer-iss-differs": (Mischief.JWE_HEADER_ISS, Reason.JWE_HEADER),
    "outer-aud-differs": (Mischief.JWE_HEADER_AUD, Reason.JWE_HEADER),
    "encrypted-twice": (Mischief.JWE_TWICE, Reason.JWS_FORM),
}
SIGNATURE = {
    "oidcc-client-test-idtoken-sig-none": (Mischief.JWS_NONE, Reason.JWS_ALG),
    "oidcc-client-test-invalid-sig-hs256": (Mischief.JWS_HS256, Reason.JWS_ALG),
    "without-kid": (Mischief.JWS_WITHOUT_KID, Reason.JWS_KID),
    "unknown-kid": (Mischief.JWS_UNKNOWN_KID, Reason.JWS_KID),
    "oidcc-client-test-invalid-sig-rs256": (Mischief.JWS_OTHER_KEY, Reason.JWS_SIGNATURE),
    "signed-by-the-key-in-its-header": (Mischief.JWS_EMBEDDED_KEY, Reason.JWS_SIGNATURE),
    "fapi1-advanced-final-client-test-invalid-signature": (Mischief.JWS_DAMAGED, Reason.JWS_SIGNATURE),
    "crit": (Mischief.JWS_CRIT, Reason.JWS_CRIT),
    "typ-logout": (Mischief.JWS_TYP_LOGOUT, Reason.JWS_TYP),
    "typ-access-token": (Mischief.JWS_TYP_ACCESS_TOKEN, Reason.JWS_TYP),
    "typ-a-list": (Mischief.JWS_TYP_A_LIST, Reason.JWS_TYP),
    "claims-in-a-list": (Mischief.JWS_A_LIST, Reason.JWS_FORM),
    "lone-surrogate": (Mischief.JWS_LONE_SURROGATE, Reason.JWS_FORM),
}
CLAIMS = {
    "oidcc-client-test-invalid-iss": (Mischief.ISS_WRONG, Reason.ISS),
    "iss-with-slash": (Mischief.ISS_WITH_SLASH, Reason.ISS),
    "fapi2-security-profile-final-client-test-invalid-missing-iss": (Mischief.ISS_MISSING, Reason.ISS),
    "oidcc-client-test-invalid-aud": (Mischief.AUD_WRONG, Reason.AUD),
    "fapi2-security-profile-final-client-test-invalid-secondary-aud": (Mischief.AUD_WITH_STRANGER, Reason.AUD),
    "oidcc-client-test-missing-aud": (Mischief.AUD_MISSING, Reason.AUD),
    "aud-empty": (Mischief.AUD_EMPTY, Reason.AUD),
    "aud-blank": (Mischief.AUD_BLANK, Reason.AUD),
    "azp-of-another": (Mischief.AZP_WRONG, Reason.AZP),
    "oidcc-client-test-missing-sub": (Mischief.SUB_MISSING, Reason.SUB),
    "sub-empty": (Mischief.SUB_EMPTY, Reason.SUB),
    "sub-a-number": (Mischief.SUB_A_NUMBER, Reason.SUB),
    "fapi2-security-profile-final-client-test-invalid-expired-exp": (Mischief.EXP_PAST, Reason.EXP),
    "fapi2-security-profile-final-client-test-invalid-missing-exp": (Mischief.EXP_MISSING, Reason.EXP),
    "exp-a-text": (Mischief.EXP_A_TEXT, Reason.EXP),
    "fapi1-advanced-final-client-test-iat-is-week-in-past": (Mischief.IAT_WEEK_AGO, Reason.IAT),
    "iat-ahead": (Mischief.IAT_AHEAD, Reason.IAT),
    "oidcc-client-test-missing-iat": (Mischief.IAT_MISSING, Reason.IAT),
    "iat-true": (Mischief.IAT_TRUE, Reason.IAT),
    "iat-not-a-number": (Mischief.IAT_NOT_A_NUMBER, Reason.IAT),
    "nbf-ahead": (Mischief.NBF_AHEAD, Reason.NBF),
    "oidcc-client-test-nonce-invalid": (Mischief.NONCE_WRONG, Reason.NONCE),
    "fapi2-security-profile-final-client-test-invalid-missing-nonce": (Mischief.NONCE_MISSING, Reason.NONCE),
    "oidcc-client-test-invalid-athash": (Mischief.AT_HASH_WRONG, Reason.AT_HASH),
    "at-hash-a-number": (Mischief.AT_HASH_A_NUMBER, Reason.AT_HASH),
    "oidcc-client-test-invalid-chash": (Mischief.C_HASH_WRONG, Reason.C_HASH),
    "acr-too-low": (Mischief.ACR_LOW, Reason.ACR),
    "acr-missing": (Mischief.ACR_MISSING, Reason.ACR),
    "amr-a-number": (Mischief.AMR_A_NUMBER, Reason.AMR),
    "auth-time-a-text": (Mischief.AUTH_TIME_A_TEXT, Reason.AUTH_TIME),
    "auth-time-ahead": (Mischief.AUTH_TIME_AHEAD, Reason.AUTH_TIME),
    "signed-in-at-the-bank-an-hour-ago": (Mischief.AUTH_TIME_HOUR_AGO, Reason.AUTH_TIME),
    "auth-time-missing": (Mischief.AUTH_TIME_MISSING, Reason.AUTH_TIME),
    "no-identity-code": (Mischief.CODE_MISSING, Reason.IDENTITY_CODE),
    "identity-code-at-another-server": (Mischief.CODE_ELSEWHERE, Reason.IDENTITY_CODE),
    "identity-code-malformed": (Mischief.CODE_MALFORMED, Reason.IDENTITY_CODE),
    "identity-code-checksum": (Mischief.CODE_BAD_CHECKSUM, Reason.IDENTITY_CODE),
    "birth-date-of-another": (Mischief.BIRTH_DATE_OTHER, Reason.BIRTH_DATE),
}
EVERYWHERE = (ANSWERS, TOKEN_CALLS, ENCRYPTION, SIGNATURE, CLAIMS)
BY_FTN = {
    "oidcc-client-test-invalid-sig-es256": (Mischief.JWS_ES256, Reason.JWS_ALG),
    "signed-by-ps256-where-rs256-is-agreed": (Mischief.JWS_PS256, Reason.JWS_ALG),
}
BY_FAPI2 = {
    "oidcc-client-test-invalid-sig-es256": (Mischief.JWS_ES256, Reason.JWS_SIGNATURE),
    "fapi2-security-profile-final-client-test-invalid-alternate-alg": (Mischief.JWS_RS256, Reason.JWS_ALG),
    "asks-for-another-nonce-for-ever": (Mischief.DPOP_NONCE_AGAIN, Reason.DPOP),
    "asks-for-a-nonce-and-names-none": (Mischief.DPOP_NONCE_UNNAMED, Reason.DPOP),
    "a-nonce-that-cannot-be-sent": (Mischief.DPOP_NONCE_UNSENDABLE, Reason.DPOP),
    "a-nonce-of-4000-characters": (Mischief.DPOP_NONCE_LONG, Reason.DPOP),
    "does-not-take-the-proof": (Mischief.DPOP_PROOF_REFUSED, Reason.DPOP),
}


def cases(*tables):
    return [pytest.param(how, reason, id=name) for table in tables for name, (how, reason) in table.items()]


@pytest.mark.parametrize(("how", "reason"), cases(*EVERYWHERE, BY_FTN))
async def test_a_misbehaving_bank_signs_nobody_in(world, requests_log, how, reason):
    await refuses(world, requests_log, how, reason)


@pytest.mark.parametrize(("how", "reason"), cases(*EVERYWHERE, BY_FAPI2))
async def test_a_misbehaving_bank_of_fapi2_signs_nobody_in(fapi2_world, requests_log, how, reason):
    await refuses(fapi2_world, requests_log, how, reason)


async def refuses(world, requests_log, how, reason):
    visitor = world.visitor()
    world.bank.misbehave(how)
    back = await visitor.sign_in()
    assert back.status_code == 400
    assert "Tunnistautuminen ei onnistunut" in back.text
    assert requests_log.number() in back.text
    assert requests_log.reason() == reason
    assert not await visitor.is_in()
    assert world.sessions == []
    assert world.accounts == []


ACCEPTED = {
    "fapi2-security-profile-final-client-test-valid-aud-as-array": Mischief.AUD_LIST_OF_ONE,
    "fapi2-security-profile-final-client-test-token-type-case-insensitivity": Mischief.TOKEN_TYPE_IN_CAPITALS,
    "without-expires-in": Mischief.TOKEN_WITHOUT_EXPIRES_IN,
    "oidcc-client-test-signing-key-rotation-just-before-signing": Mischief.KEY_ROTATED_JUST_BEFORE,
    "eight-seconds-of-skew": Mischief.CLOCK_EIGHT_SECONDS_AHEAD,
    "outer-header-repeats-iss-and-aud": Mischief.JWE_HEADER_AGREES,
    "encrypted-without-kid": Mischief.JWE_WITHOUT_KID,
    "encrypted-with-an-unknown-kid": Mischief.JWE_UNKNOWN_KID,
    "header-full-of-keys": Mischief.JWS_HEADER_FULL_OF_KEYS,
    "typ-in-small-letters": Mischief.JWS_TYP_IN_SMALL_LETTERS,
    "without-at-hash": Mischief.AT_HASH_MISSING,
    "times-with-fractions": Mischief.TIMES_WITH_FRACTIONS,
}


ACCEPTED_BY_FAPI2 = ACCEPTED | {
    "fapi2-security-profile-final-client-test-happy-path-no-dpop-nonce": Mischief.DPOP_WITHOUT_NONCE,
}


@pytest.mark.parametrize("how", ACCEPTED.values(), ids=ACCEPTED)
async def test_an_unusual_but_honest_bank_signs_people_in(world, how):
    await accepts(world, how)


@pytest.mark.parametrize("how", ACCEPTED_BY_FAPI2.values(), ids=ACCEPTED_BY_FAPI2)
async def test_an_unusual_but_honest_bank_of_fapi2_signs_people_in(fapi2_world, how):
    await accepts(fapi2_world, how)


async def accepts(world, how):
    visitor = world.visitor()
    world.bank.misbehave(how)
    assert (await visitor.sign_in()).status_code == 303
    assert await visitor.is_in()


async def test_a_token_signed_by_ps256_is_taken_where_it_is_agreed(world):
    world = world.with_profile(signing_algs=("RS256", "PS256"))
    world.bank.misbehave(Mischief.JWS_PS256)
    assert (await world.visitor().sign_in()).status_code == 303


@pytest.mark.parametrize("how", [Mischief.AUTH_TIME_HOUR_AGO, Mischief.AUTH_TIME_MISSING])
async def test_a_broker_may_be_trusted_with_how_old_a_sign_in_is(world, how):
    trusting = world.with_profile(sign_in_max_age_s=None)
    trusting.bank.misbehave(how)
    assert (await trusting.visitor().sign_in()).status_code == 303


@pytest.mark.parametrize("how", [Mischief.ANSWER_CODE_LONG, Mischief.ANSWER_STATE_LONG])
async def test_a_longwinded_answer_ends_at_the_door(world, visitor, how):
    world.bank.misbehave(how)
    back = await visitor.go()
    world.calls.clear()
    assert (await visitor.get(back)).status_code == 400
    assert world.calls == []
    assert [journey.status for journey in world.journeys] == [LoginStatus.PENDING]


def test_every_misbehaviour_has_its_test():
    told = {how for table in (*EVERYWHERE, BY_FTN, BY_FAPI2) for how, _ in table.values()}
    elsewhere = {Mischief.TOKEN_HANGS, *(how for how in Mischief if how.value.startswith("logout."))}
    assert {how for how in Mischief if not how.lasts} == told | set(ACCEPTED_BY_FAPI2.values()) | elsewhere
    assert {how for how in Mischief if how.value.startswith("claims.")} == set(CHANGES)


async def test_a_token_call_that_hangs_is_given_up(world, visitor, requests_log, monkeypatch):
    monkeypatch.setattr(client, "TOKEN_CALL_S", 0.2)
    world.bank.misbehave(Mischief.TOKEN_HANGS)
    assert (await visitor.sign_in()).status_code == 400
    assert requests_log.reason() == Reason.TOKEN_CALL


async def test_after_a_refusal_the_next_attempt_succeeds(world, visitor):
    world.bank.misbehave(Mischief.NONCE_WRONG)
    refused = await visitor.sign_in(then="/invoices/1")
    assert 'href="/sign-in?next=/invoices/1"' in refused.text
    assert (await visitor.sign_in(then="/invoices/1")).headers["location"] == "/invoices/1"


@pytest.mark.parametrize(
    "reason", [Reason.ACR, Reason.IDENTITY_CODE, Reason.TOKEN_CALL, Reason.NONCE], ids=lambda reason: reason.name
)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
async def test_a_refusal_is_said_in_plain_words_without_codes(world, language, reason):
    how = {
        Reason.ACR: Mischief.ACR_LOW,
        Reason.IDENTITY_CODE: Mischief.CODE_MISSING,
        Reason.TOKEN_CALL: Mischief.TOKEN_FAILS,
        Reason.NONCE: Mischief.NONCE_WRONG,
    }[reason]
    world.bank.misbehave(how)
    page = await world.visitor(language).sign_in()
    assert f'<html lang="{language}">' in page.text
    assert reason.value not in page.text
    assert AINO.persona.identity_code not in page.text


async def test_nothing_personal_is_logged(world, visitor, caplog):
    caplog.set_level("DEBUG", "portal")
    world.bank.misbehave(Mischief.BIRTH_DATE_OTHER)
    await visitor.sign_in()
    await visitor.sign_in()
    said = "\n".join(record.getMessage() for record in caplog.records)
    for word in (AINO.persona.identity_code, "Mäkelä", "eyJ", "1980-01-01"):
        assert word not in said


async def test_a_code_of_another_persons_journey_is_of_no_use(world):
    """Code injection: a thief puts the code of a stolen answer into the address of a journey of their own."""
    victim, thief = world.visitor(), world.visitor()
    stolen, own = await victim.go(), await thief.go()
    code, state = stolen.split("code=")[1].split("&")[0], own.split("state=")[1].split("&")[0]
    back = await thief.get(f"/sign-in/return?code={code}&state={state}&iss=https%3A%2F%2Fbank.test")
    assert back.status_code == 400
    assert not await thief.is_in()


async def test_a_rotated_encryption_key_still_opens_what_is_on_its_way(world, visitor):
    """The bank encrypts for the key that it fetched before the portal rotated."""
    world.bank.client("portal").keys = KeySet.import_key_set(world.keys.published())
    back = await visitor.go()
    world.keys = replace(world.keys, decrypting=(new_key(), *world.keys.decrypting))
    world.open_portal()
    assert (await visitor.get(back)).status_code == 303


async def test_a_rotated_signing_key_of_ours_proves_us_for_a_sign_in_that_began_before(world, visitor):
    """The request was signed by the old key, which stays published; the assertion is by the new one."""
    back = await visitor.go()
    new = new_key()
    world.keys = replace(world.keys, signing=new, verifying=(new, *world.keys.verifying))
    world.open_portal()
    assert (await visitor.get(back)).status_code == 303


async def test_a_bank_that_rotates_its_signed_keys_in_mid_sign_in_signs_people_in(world):
    pinned = {"signed_jwks_uri": f"{BANK}/signed-jwks", "entity_key": bank_keys().entity_jwk()}
    world = world.with_profile(**pinned)
    await world.visitor().sign_in()
    world.clock.forward(minutes=2)
    visitor = world.visitor()
    back = await visitor.go()
    world.bank.keys.rotate()
    assert (await visitor.get(back)).status_code == 303
    assert world.calls.count(f"{BANK}/signed-jwks") == 2
