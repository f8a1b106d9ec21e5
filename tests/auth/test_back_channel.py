"""Somebody signs out at the bank, and the bank says so from server to server: what is believed, and what then ends."""

import pytest
from joserfc import jwt

from portal.audit.models import AuditEntry
from portal.auth.models import SignedSession
from portal.auth.oidc.logout import EVENT, signed_out
from portal.auth.reasons import Reason, Stopped
from portal.demo.bank_mischief import Mischief
from portal.demo.people import AINO, MIKKO
from tests.bank import BANK, NOON, PORTAL, PROFILE, own_keys

pytestmark = pytest.mark.anyio

TOLD = f"{PORTAL}/sign-out/back-channel/demo"

REFUSED = {
    "oidcc-client-test-rp-backchannel-rpinitlogout-alg-none": (Mischief.JWS_NONE, Reason.JWS_ALG),
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg": (Mischief.JWS_HS256, Reason.JWS_ALG),
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss": (Mischief.ISS_WRONG, Reason.ISS),
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud": (Mischief.AUD_WRONG, Reason.AUD),
    "oidcc-client-test-rp-backchannel-rpinitlogout-no-event": (Mischief.LOGOUT_EVENT_MISSING, Reason.LOGOUT_EVENT),
    "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event": (Mischief.LOGOUT_EVENT_OTHER, Reason.LOGOUT_EVENT),
    "oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce": (Mischief.LOGOUT_WITH_NONCE, Reason.LOGOUT_NONCE),
    "event-a-text": (Mischief.LOGOUT_EVENT_A_TEXT, Reason.LOGOUT_EVENT),
    "events-a-list": (Mischief.LOGOUT_EVENTS_A_LIST, Reason.LOGOUT_EVENT),
    "an-id-token": (Mischief.LOGOUT_AN_ID_TOKEN, Reason.LOGOUT_EVENT),
    "of-nobody": (Mischief.LOGOUT_OF_NOBODY, Reason.LOGOUT_OF),
    "jti-missing": (Mischief.LOGOUT_JTI_MISSING, Reason.LOGOUT_JTI),
    "exp-past": (Mischief.EXP_PAST, Reason.EXP),
    "exp-missing": (Mischief.EXP_MISSING, Reason.EXP),
    "iat-week-ago": (Mischief.IAT_WEEK_AGO, Reason.IAT),
    "iat-missing": (Mischief.IAT_MISSING, Reason.IAT),
    "signed-by-a-stranger": (Mischief.JWS_OTHER_KEY, Reason.JWS_SIGNATURE),
    "signed-by-the-key-in-its-header": (Mischief.JWS_EMBEDDED_KEY, Reason.JWS_SIGNATURE),
    "unknown-kid": (Mischief.JWS_UNKNOWN_KID, Reason.JWS_KID),
    "crit": (Mischief.JWS_CRIT, Reason.JWS_CRIT),
    "typ-access-token": (Mischief.JWS_TYP_ACCESS_TOKEN, Reason.JWS_TYP),
    "not-encrypted": (Mischief.JWE_NONE, Reason.JWE_FORM),
    "for-another-key": (Mischief.JWE_OTHER_KEY, Reason.JWE_KEY),
    "rsa15": (Mischief.JWE_RSA15, Reason.JWE_ALG),
}


async def signs_out(world, persona=AINO.persona):
    """Somebody signs out at the bank: what the portal answered, token by token."""
    answer = await world.visitor().browser.post(f"{BANK}/test/sign-out", data={"persona": persona.identity_code})
    return answer.text.split()


async def test_oidcc_client_test_rp_backchannel_rpinitlogout(either_world):
    """Every session that the person began by this broker ends, and nobody else's."""
    phone, desk, mikko = (either_world.visitor() for _ in range(3))
    await phone.sign_in()
    await desk.sign_in()
    await mikko.sign_in(MIKKO.persona)
    assert await signs_out(either_world) == ["200", "200"]
    assert [await one.is_in() for one in (phone, desk, mikko)] == [False, False, True]
    assert [entry.act for entry in either_world.rows(AuditEntry)][-2:] == ["session.ended-by-broker"] * 2


async def test_one_word_ends_all_that_the_person_began_by_the_broker(world):
    phone, desk = world.visitor(), world.visitor()
    await phone.sign_in()
    world.bank.signed_in.clear()  # the bank has forgotten, as brokers name a person anew each time
    await desk.sign_in()
    assert await signs_out(world) == ["200"]
    assert not await phone.is_in()
    assert not await desk.is_in()


async def test_where_the_bank_names_a_session_that_one_ends(world):
    phone, desk = world.visitor(), world.visitor()
    await phone.sign_in()
    world.bank.signed_in.clear()
    await desk.sign_in()
    world.bank.misbehave(Mischief.LOGOUT_BY_SESSION)
    assert await signs_out(world) == ["200"]
    assert await phone.is_in()
    assert not await desk.is_in()


async def test_who_goes_on_for_another_party_is_still_known_by_the_name_of_before(world, visitor):
    """A session that goes on under another id keeps what the bank calls it."""
    await visitor.sign_in()
    with world.database.writing() as db:
        [session] = world.sessions
        kept = session.model_dump(exclude={"id", "token_hash"})
        db.add(SignedSession(token_hash=b"x" * 32, **kept))
    await signs_out(world)
    assert all(session.ended_at for session in world.sessions)


async def test_sessions_of_another_way_and_of_another_broker_go_on(world, visitor):
    await visitor.sign_in()
    [session] = world.sessions
    with world.database.writing() as db:
        for index, (way, broker) in enumerate((("password", ""), ("bank", "other"))):
            proof = None if way == "password" else session.confirmed_at
            kept = session.model_dump(exclude={"id", "token_hash", "way", "broker", "confirmed_at"})
            row = SignedSession(token_hash=bytes([index]) * 32, way=way, broker=broker, confirmed_at=proof, **kept)
            db.add(row)
    await signs_out(world)
    assert {(one.way, one.broker): one.ended_at is None for one in world.sessions} == {
        ("bank", "demo"): False,
        ("password", ""): True,
        ("bank", "other"): True,
    }


@pytest.mark.parametrize(("how", "reason"), REFUSED.values(), ids=REFUSED)
async def test_a_logout_token_that_is_wrong_ends_nothing(world, visitor, requests_log, how, reason):
    await visitor.sign_in()
    world.bank.misbehave(how)
    assert await signs_out(world) == ["400"]
    assert requests_log.reason() == reason
    assert await visitor.is_in()


async def test_a_logout_token_is_good_once(world, visitor, requests_log):
    await visitor.sign_in()
    world.bank.misbehave(Mischief.LOGOUT_TWICE)
    assert await signs_out(world) == ["200", "400"]
    assert requests_log.reason() == Reason.REPLAY
    assert not await visitor.is_in()


async def test_a_new_key_of_the_banks_signs_people_out_too(world, visitor):
    await visitor.sign_in()
    world.bank.keys.rotate()
    assert await signs_out(world) == ["200"]
    assert not await visitor.is_in()


async def test_who_has_not_signed_in_is_signed_out_in_peace(world, visitor):
    await visitor.sign_in()
    await visitor.browser.post("/sign-out")
    assert await signs_out(world) == ["200"]


def test_a_token_of_one_session_that_cannot_be_told_does_not_end_them_all():
    second = int(NOON.timestamp())
    said = {"iss": PROFILE.issuer, "aud": PROFILE.client_id, "iat": second, "exp": second + 60, "jti": "1", "sub": "a"}
    said |= {"events": {EVENT: {}}}
    assert (signed_out(said, PROFILE, NOON).subject, signed_out(said, PROFILE, NOON).session) == ("a", None)
    for odd in (7, "", None, "x" * 401):
        with pytest.raises(Stopped) as stopped:
            signed_out(said | {"sid": odd}, PROFILE, NOON)
        assert stopped.value.reason is Reason.LOGOUT_OF


@pytest.mark.parametrize("fields", [{}, {"logout_token": ["a", "b"]}, {"logout_token": "x" * 70_000}])
async def test_what_is_not_one_logout_token_is_not_read(world, visitor, requests_log, fields):
    answer = await program(world, TOLD, fields)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert answer.headers["cache-control"] == "no-store"
    assert requests_log.reason() == Reason.PARAMETERS


async def test_a_broker_that_tells_nothing_has_no_address(world):
    assert (await program(world.with_profile(back_channel_logout=False), TOLD)).status_code == 404
    assert (await program(world, f"{PORTAL}/sign-out/back-channel/other")).status_code == 404


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "none"}]
)
async def test_no_page_of_another_site_can_make_a_browser_post_there(world, headers):
    assert (await program(world, TOLD, {"logout_token": "x"}, headers)).status_code == 403


async def test_only_there_may_a_request_name_no_origin(world):
    assert (await program(world, f"{PORTAL}/sign-out")).status_code == 403


async def test_too_many_are_told_to_wait(world):
    world.at = "192.0.2.7"
    answers = [await program(world, TOLD) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {400}
    assert (answers[60].status_code, answers[60].headers["retry-after"]) == (429, "1")


async def test_a_broker_finds_the_address_in_our_entity_statement(visitor):
    statement = (await visitor.get("/.well-known/openid-federation")).text
    about = jwt.decode(statement, own_keys().entity).claims["metadata"]["openid_relying_party"]
    assert about["backchannel_logout_uri"] == TOLD


def test_every_misbehaviour_has_its_test():
    told = {how for how, _ in REFUSED.values()} | {Mischief.LOGOUT_TWICE, Mischief.LOGOUT_BY_SESSION}
    assert {how for how in Mischief if how.value.startswith("logout.")} <= told


async def program(world, address, fields=None, headers=None):
    """What a server of somebody else's is answered: it bears no cookie and, unless told, no origin."""
    visitor = world.visitor()
    del visitor.browser.headers["Sec-Fetch-Site"]
    return await visitor.browser.post(address, data=fields or {}, headers=headers or {})
