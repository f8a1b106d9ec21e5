"""The whole way: from the wall to the bank and back, out again, and once more to confirm."""

import re
import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.audit.models import AuditEntry
from portal.auth.actions import BINDING_COOKIE, SESSION_COOKIE
from portal.auth.brokers import BUILT_IN, Audience, BankParameter, IssParameter, Request, from_fields
from portal.auth.models import LoginStatus
from portal.auth.reasons import Reason
from portal.demo.bank_mischief import Mischief
from portal.kit.rates import Rate, Rates
from tests.bank import AINO, BANK, MIKKO, NOON, PORTAL, PROFILE, bank_keys, query

pytestmark = pytest.mark.anyio


async def test_a_person_signs_in_and_goes_where_they_wanted(either_world):
    visitor = either_world.visitor()
    back = await visitor.sign_in(then="/invoices/1")
    assert (back.status_code, back.headers["location"]) == (303, "/invoices/1")
    assert (await visitor.get("/invoices/1")).text == "Aino Mäkelä, ConfirmedUser"


async def test_the_front_channel_carries_the_client_id_and_one_request(world, visitor):
    left = await visitor.leave()
    assert left.status_code == 303
    assert left.headers["location"].startswith(f"{BANK}/authorize?")
    assert query(left.headers["location"]).keys() == {"client_id", "request"}


async def test_the_tables_hold_no_secret_of_the_browser(world, visitor):
    back = await visitor.go()
    binding, state = visitor.browser.cookies[BINDING_COOKIE], query(back)["state"]
    await visitor.get(back)
    kept = repr([*world.journeys, *world.sessions, *world.accounts])
    for secret in (binding, state, visitor.browser.cookies[SESSION_COOKIE], AINO.persona.identity_code):
        assert secret not in kept


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(world, visitor):
    left = await visitor.leave()
    back = await visitor.get(await visitor.identify(left.headers["location"]))
    for answer, name in ((left, BINDING_COOKIE), (back, SESSION_COOKIE)):
        cookie = answer.headers["set-cookie"]
        assert re.match(rf"{name}=[\w-]{{43}};", cookie), "256 random bits"
        for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie


async def test_the_second_sign_in_finds_the_same_account(either_world):
    for _ in range(2):
        assert (await either_world.visitor().sign_in()).status_code == 303
        either_world.clock.forward(days=1)
    (account,) = either_world.accounts
    assert account.previous_sign_in_at == NOON
    assert account.signed_in_at == NOON + timedelta(days=1)


async def test_two_persons_have_two_accounts(world):
    await world.visitor().sign_in(AINO.persona)
    await world.visitor().sign_in(MIKKO.persona)
    assert sorted(account.family_name for account in world.accounts) == ["Korhonen", "Mäkelä"]


async def test_who_is_signed_in_skips_the_wall(visitor):
    await visitor.sign_in()
    assert (await visitor.get("/sign-in?next=/invoices/1")).headers["location"] == "/invoices/1"


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_nobody_is_sent_to_another_site_afterwards(visitor, then):
    assert (await visitor.sign_in(then=then)).headers["location"] == "/overview"


async def test_cancelling_leads_back_to_the_wall_with_a_quiet_word(world, visitor):
    back = await visitor.sign_in(None, then="/invoices/1")
    assert back.headers["location"] == "/sign-in?next=/invoices/1&notice=cancelled"
    wall = await visitor.get(back.headers["location"])
    assert "Keskeytit tunnistautumisen pankissa" in wall.text
    assert (await visitor.sign_in(then="/invoices/1")).headers["location"] == "/invoices/1"
    assert [journey.status for journey in world.journeys] == [LoginStatus.SPENT, LoginStatus.SPENT]


FEW = Rates(Rate(4), Rate(12))


async def start(world, address, wall="/sign-in", visitor=None, language="fi"):
    """Choose a bank, from an address."""
    visitor = visitor or world.visitor(language)
    world.at = address
    return await visitor.leave(wall=wall)


async def test_who_begins_too_often_reads_when_to_begin_again_and_nothing_is_written(world, requests_log):
    world = replace(world, rates=FEW)
    begun = [(await start(world, "192.0.2.7")).status_code for _ in range(4)]
    assert begun == [303, 303, 429, 429]
    assert len(world.journeys) == 2
    assert requests_log.reason() == Reason.TOO_MANY
    assert (await start(world, "198.51.100.7")).status_code == 303
    world.clock.forward(seconds=15)
    assert (await start(world, "192.0.2.8")).status_code == 303


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fi", "Yritä uudelleen 15 sekunnin kuluttua."),
        ("sv", "Försök på nytt om 15 sekunder."),
        ("en", "Try again in 15 seconds."),
    ],
)
async def test_when_to_begin_again_is_said_in_the_persons_language(world, language, says):
    world = replace(world, rates=FEW)
    for _ in range(2):
        await start(world, "192.0.2.7")
    refused = await start(world, "192.0.2.7", language=language)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
    assert says in refused.text
    assert 'name="bank"' in refused.text


async def test_all_networks_together_begin_no_more_often_than_they_may(world):
    world = replace(world, rates=FEW)
    begun = [(await start(world, f"192.0.{n}.7")).status_code for n in range(8)]
    assert begun == [303] * 6 + [429] * 2


async def test_a_confirmation_counts_as_a_sign_in_does(world):
    world = replace(world, rates=FEW)
    world.at = "192.0.2.7"
    visitor = world.visitor()
    await visitor.sign_in()
    world.clock.forward(minutes=6)
    begun = [(await start(world, "192.0.2.7", "/confirm", visitor)).status_code for _ in range(3)]
    assert begun == [303, 303, 429]
    assert len(world.journeys) == 3


# Out


async def test_signing_out_ends_the_session_and_empties_the_browser(either_world):
    visitor = either_world.visitor()
    await visitor.sign_in()
    cookie = visitor.browser.cookies[SESSION_COOKIE]
    out = await visitor.browser.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in?notice=signed-out")
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    assert SESSION_COOKIE not in visitor.browser.cookies
    assert "Olet kirjautunut ulos" in (await visitor.get(out.headers["location"])).text
    visitor.browser.cookies.set(SESSION_COOKIE, cookie, domain="portal.test")
    assert not await visitor.is_in()


async def test_signing_out_works_from_a_page_whose_session_is_dead(world, visitor):
    await visitor.sign_in()
    world.clock.forward(hours=1)
    assert (await visitor.browser.post("/sign-out")).headers["clear-site-data"]


async def test_another_site_signs_nobody_out(visitor):
    await visitor.sign_in()
    refused = await visitor.browser.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert await visitor.is_in()


# Once more


async def test_confirming_renews_the_proof_and_the_session(either_world):
    visitor = either_world.visitor()
    await visitor.sign_in()
    before = visitor.browser.cookies[SESSION_COOKIE]
    either_world.clock.forward(minutes=6)
    sealed = await visitor.get("/sealed")
    assert sealed.headers["location"] == "/confirm?next=/sealed"
    back = await visitor.confirm()
    assert back.headers["location"] == "/sealed"
    assert (await visitor.get("/sealed")).text == "Aino Mäkelä, ConfirmedUser"
    visitor.browser.cookies.set(SESSION_COOKIE, before, domain="portal.test")
    assert not await visitor.is_in(), "the session from before is dead"


async def test_who_has_just_confirmed_goes_straight_on(visitor):
    await visitor.sign_in()
    assert (await visitor.get("/confirm?next=/sealed")).headers["location"] == "/sealed"


async def test_another_person_cannot_confirm(world, visitor, requests_log):
    await visitor.sign_in(AINO.persona)
    world.clock.forward(minutes=6)
    back = await visitor.confirm(MIKKO.persona)
    assert back.status_code == 400
    assert requests_log.reason() == Reason.OTHER_PERSON
    assert "eri henkilö" in back.text
    assert (await visitor.get("/overview")).text == "Aino Mäkelä, User"
    assert len(world.sessions) == 1


@pytest.mark.parametrize("how", [Mischief.AUTH_TIME_HOUR_AGO, Mischief.AUTH_TIME_MISSING])
async def test_an_old_proof_confirms_nothing(world, visitor, requests_log, how):
    await visitor.sign_in()
    world.clock.forward(minutes=6)
    world.bank.misbehave(how)
    assert (await visitor.confirm()).status_code == 400
    assert requests_log.reason() == Reason.AUTH_TIME
    assert (await visitor.get("/overview")).text == "Aino Mäkelä, User"


async def test_a_sign_in_with_an_old_proof_counts_as_unconfirmed(world):
    """A bank that remembered the person is enough to come in where the profile takes it, and not to change an account
    number.
    """
    trusting = world.with_profile(sign_in_max_age_s=None)
    trusting.bank.misbehave(Mischief.AUTH_TIME_HOUR_AGO)
    visitor = trusting.visitor()
    await visitor.sign_in()
    assert (await visitor.get("/overview")).text == "Aino Mäkelä, User"


async def test_cancelling_a_confirmation_keeps_the_session(world, visitor):
    await visitor.sign_in()
    world.clock.forward(minutes=6)
    back = await visitor.confirm(None)
    assert back.headers["location"] == "/confirm?next=/sealed&notice=cancelled"
    assert "Keskeytit tunnistautumisen" in (await visitor.get(back.headers["location"])).text
    assert await visitor.is_in()


async def test_confirming_needs_somebody_who_is_signed_in(visitor):
    assert (await visitor.get("/confirm?next=/sealed")).headers["location"].startswith("/sign-in?next=")


async def test_coming_confirming_and_going_are_written_down(either_world):
    visitor = either_world.visitor()
    await visitor.sign_in()
    either_world.clock.forward(minutes=6)
    await visitor.confirm()
    await visitor.browser.post("/sign-out")
    await visitor.browser.post("/sign-out")
    entries = either_world.rows(AuditEntry)
    assert [entry.act for entry in entries] == ["session.begun", "session.confirmed", "session.ended"]
    assert {entry.account_id for entry in entries} == {account.id for account in either_world.accounts}


async def test_what_is_refused_is_logged_with_the_account_and_the_network(world, requests_log):
    world.at = "192.0.2.77"
    visitor = world.visitor()
    await visitor.get("/nowhere")
    await visitor.sign_in()
    await visitor.get("/nowhere")
    before, after = [line for line in requests_log.lines() if line.get("problem")]
    [account] = world.accounts
    assert (before["network"], before.get("account")) == ("192.0.2.0/24", None)
    assert (after["network"], after["account"], after["status"]) == ("192.0.2.0/24", str(account.id), 404)


# By other profiles


@pytest.mark.parametrize(
    "changes",
    [
        {"request": Request.PAR},
        {"request": Request.PAR, "assertion_audience": Audience.ISSUER},
        {"assertion_audience": Audience.ISSUER},
        {"iss_parameter": IssParameter.REQUIRED},
        {"bank_parameter": BankParameter.ACR_VALUES},
        {"signed_jwks_uri": f"{BANK}/signed-jwks", "entity_key": bank_keys().entity_jwk()},
        {"wall": None},
        {
            "authorization_endpoint": f"{BANK}/authorize",
            "token_endpoint": f"{BANK}/token",
            "jwks_uri": f"{BANK}/jwks",
        },
    ],
    ids=["par", "par-aud-issuer", "aud-issuer", "iss-required", "bank-in-acr-values", "signed-keys", "listed", "given"],
)
async def test_a_person_signs_in_by_a_broker_of_another_kind(world, changes):
    assert (await world.with_profile(**changes).visitor().sign_in()).status_code == 303


@pytest.mark.parametrize("name", ["op", "telia", "signicat", "idura"])
async def test_a_person_signs_in_as_by_each_broker_that_is_built_in(world, name):
    """In the way that its profile says, at our own bank: with its addresses, levels, banks, and names of claims."""
    ours = ("acr_values", "accepted_acr", "wall", "banks", "claims")
    pinned = {"signed_jwks_uri": f"{BANK}/signed-jwks", "entity_key": bank_keys().entity_jwk(), "entity_id": None}
    told = tomllib.loads((BUILT_IN / f"{name}.toml").read_text(encoding="utf-8"))
    profile = from_fields(name, told | {"issuer": BANK, "client_id": "portal"} | pinned)
    profile = profile.model_copy(update={field: getattr(PROFILE, field) for field in ours})
    assert (await replace(world, profile=profile).visitor().sign_in()).status_code == 303


async def test_a_second_broker_has_a_return_address_of_its_own(world):
    other = world.profile.model_copy(update={"name": "other"})
    world.open_portal(other)
    visitor = world.visitor()
    shown = await visitor.get("/sign-in")
    token = re.search(r'name="_token" value="([^"]+)"', shown.text)[1]
    left = await visitor.browser.post("/sign-in/bank", data={"_token": token, "broker": "other", "bank": "fi-demo"})
    back = await visitor.identify(left.headers["location"])
    assert back.startswith(f"{PORTAL}/sign-in/return/other?")
    elsewhere = back.replace("/return/other", "/return")
    assert (await visitor.get(elsewhere)).status_code == 400, "mix-up: an answer counts only at its broker's address"
    assert (await visitor.get(back)).status_code == 303
