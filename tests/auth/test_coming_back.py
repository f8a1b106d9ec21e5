"""The return from the bank, step by step: what is looked at, in which order, and what each step leaves untouched."""

from urllib.parse import parse_qs, urlsplit

import anyio
import pytest
from sqlmodel import select

from portal.auth.actions import BINDING_COOKIE, SESSION_COOKIE
from portal.auth.brokers import IssParameter, Request, TokenBinding
from portal.auth.models import LoginStatus, LoginTransaction
from portal.auth.reasons import Reason
from tests.bank import BANK, PROFILE, bank_keys, query

pytestmark = pytest.mark.anyio

PREFETCHES = [
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
]


def pending(world):
    return [journey.status for journey in world.journeys] == [LoginStatus.PENDING]


@pytest.mark.parametrize("headers", PREFETCHES, ids=lambda headers: next(iter(headers)))
async def test_looking_at_the_link_beforehand_spends_nothing(world, visitor, headers):
    back = await visitor.go()
    assert (await visitor.get(back, headers=headers)).status_code == 204
    assert (await visitor.browser.head(back)).status_code == 204
    assert pending(world)
    assert (await visitor.get(back)).status_code == 303


async def test_only_get_comes_back(visitor):
    back = await visitor.go()
    assert (await visitor.browser.post(back)).status_code == 405
    assert (await visitor.get(back)).status_code == 303


@pytest.mark.parametrize("name", ["code", "state", "error"])
@pytest.mark.parametrize("odd", ["%C3%A4%E2%82%AC", "%EF%BF%BD", "a%00", "a%0d%0a"])
async def test_an_answer_in_odd_signs_spends_nothing(world, visitor, requests_log, name, odd):
    back = await visitor.go()
    said = {"state": parse_qs(urlsplit(back).query)["state"][0]} | {name: ""}
    address = f"{urlsplit(back).path}?" + "&".join(f"{one}={value or odd}" for one, value in said.items())
    assert (await visitor.get(address)).status_code == 400
    assert requests_log.reason() == Reason.PARAMETERS
    assert pending(world)
    assert (await visitor.get(back)).status_code == 303


@pytest.mark.parametrize("twice", ["code", "state", "iss", "anything"])
async def test_nothing_may_be_said_twice(world, visitor, requests_log, twice):
    back = await visitor.go()
    halted = await visitor.get(f"{back}&{twice}=a&{twice}=a")
    assert halted.status_code == 400
    assert requests_log.reason() == Reason.PARAMETERS
    assert pending(world)


async def test_an_error_of_an_unknown_journey_is_not_even_read(visitor, requests_log):
    """The state comes first: else anybody could show our cancel notice, or worse, to anybody."""
    halted = await visitor.get("/sign-in/return?error=cancel&state=unknown")
    assert halted.status_code == 400
    assert requests_log.reason() == Reason.STATE_UNKNOWN


async def test_an_unknown_journey_makes_no_call_to_the_bank(world, visitor):
    assert (await visitor.get("/sign-in/return?code=a&state=unknown&iss=b")).status_code == 400
    assert world.calls == []


async def test_after_ten_minutes_it_is_too_late(world, visitor, requests_log):
    back = await visitor.go()
    world.clock.forward(minutes=10)
    halted = await visitor.get(back)
    assert requests_log.reason() == Reason.STATE_EXPIRED
    assert "yli kymmenen minuuttia" in halted.text
    assert world.sessions == []


async def test_another_browser_is_told_to_go_back_and_spends_nothing(world, visitor, requests_log):
    """The bank's app returned to the phone's default browser; the first one can still finish."""
    back = await visitor.go(then="/invoices/1")
    halted = await world.visitor().get(back)
    assert halted.status_code == 400
    assert requests_log.reason() == Reason.BINDING_MISSING
    assert "Palaa selaimeen, jossa aloitit" in halted.text
    assert "/invoices/1" not in halted.text, "a stranger does not learn where the person was going"
    assert pending(world)
    assert (await visitor.get(back)).headers["location"] == "/invoices/1"


async def test_a_link_of_a_thiefs_own_journey_signs_no_victim_in(world):
    """Login CSRF: the victim opens the thief's return address and must not end up in the thief's account."""
    thief, victim = world.visitor(), world.visitor()
    back = await thief.go()
    await victim.leave()
    assert (await victim.get(back)).status_code == 400
    assert not await victim.is_in()


async def test_two_tabs_finish_in_any_order(world, visitor):
    first, second = await visitor.go(then="/invoices/1"), await visitor.go(then="/overview")
    assert (await visitor.get(second)).headers["location"] == "/overview"
    assert (await visitor.get(first)).headers["location"] == "/invoices/1"
    assert [session.ended_at is None for session in world.sessions] == [False, True]


async def test_the_back_button_and_a_reload_lead_home(visitor):
    back = await visitor.go(then="/invoices/1")
    assert (await visitor.get(back)).headers["location"] == "/invoices/1"
    again = await visitor.get(back)
    assert (again.status_code, again.headers["location"]) == (303, "/overview")


async def test_the_back_button_leads_home_even_later(world, visitor):
    back = await visitor.go()
    await visitor.get(back)
    world.clock.forward(minutes=12)
    assert (await visitor.get(back)).headers["location"] == "/overview"


async def test_a_used_link_opens_nothing_once_the_session_is_gone(visitor, requests_log):
    back = await visitor.go()
    await visitor.get(back)
    visitor.browser.cookies.delete(SESSION_COOKIE)
    halted = await visitor.get(back)
    assert halted.status_code == 400
    assert requests_log.reason() == Reason.SPENT


async def test_of_many_callbacks_at_once_one_signs_in(either_world):
    visitor = either_world.visitor()
    back = await visitor.go()
    answers = []

    async def call():
        answers.append(await visitor.browser.get(back))

    async with anyio.create_task_group() as all_at_once:
        for _ in range(12):
            all_at_once.start_soon(call)
    assert len(either_world.sessions) == 1
    assert sorted({answer.status_code for answer in answers}) in ([303], [303, 400])
    assert sum(SESSION_COOKIE in answer.headers.get("set-cookie", "") for answer in answers) == 1
    assert await visitor.is_in()


async def test_one_person_in_many_browsers_at_once_has_one_account(either_world):
    visitors = [either_world.visitor() for _ in range(6)]
    backs = [await visitor.go() for visitor in visitors]
    async with anyio.create_task_group() as all_at_once:
        for visitor, back in zip(visitors, backs, strict=True):
            all_at_once.start_soon(visitor.get, back)
    assert len(either_world.accounts) == 1
    assert len(either_world.sessions) == 6


async def test_the_binding_cookie_is_shared_by_tabs_and_made_anew_when_it_is_strange(visitor):
    await visitor.leave()
    first = visitor.browser.cookies[BINDING_COOKIE]
    await visitor.leave()
    assert visitor.browser.cookies[BINDING_COOKIE] == first
    visitor.browser.cookies.set(BINDING_COOKIE, "1", domain="portal.test", path="/")
    left = await visitor.leave()
    assert f"{BINDING_COOKIE}=1;" not in left.headers["set-cookie"]


async def test_the_answer_to_a_return_holds_no_code_and_is_not_kept(visitor):
    back = await visitor.go()
    answer = await visitor.get(back)
    assert "no-store" in answer.headers["cache-control"]
    assert query(back)["code"] not in answer.headers["location"] + answer.text


TIGHTER = [
    {"iss_parameter": IssParameter.REQUIRED},
    {"accepted_acr": PROFILE.accepted_acr[:1]},
    {"sign_in_max_age_s": 60},
    {"signing_algs": ("PS256",)},
    {"encryption_algs": ("RSA-OAEP-256",)},
    {"signed_jwks_uri": f"{BANK}/signed-jwks", "entity_key": bank_keys().entity_jwk()},
    {"request": Request.PAR},
    {"token_binding": TokenBinding.DPOP},
    {"client_id": "another"},
    {"leeway_s": 0},
]


@pytest.mark.parametrize("tighter", TIGHTER, ids=lambda changes: next(iter(changes)))
async def test_a_return_under_a_profile_that_was_tightened_meanwhile_is_refused(world, visitor, requests_log, tighter):
    """What comes back was asked for by the rules of before: no call is made for it, and one begins again."""
    back = await visitor.go()
    restarted(world, tighter)
    halted = await visitor.get(back)
    assert (halted.status_code, requests_log.reason()) == (400, Reason.PROFILE_CHANGED)
    assert "on muutettu" in halted.text
    assert world.calls == []
    assert world.sessions == []


@pytest.mark.parametrize("shown", [{"wall": None}, {"banks": ()}, {"spname_parameter": None}, {"form_action": (BANK,)}])
async def test_what_a_profile_only_shows_stops_nobody_on_the_way(world, visitor, shown):
    back = await visitor.go()
    restarted(world, shown)
    assert (await visitor.get(back)).status_code == 303


async def test_a_journey_from_before_profiles_were_marked_begins_again(world, visitor, requests_log):
    back = await visitor.go()
    with world.database.writing() as db:
        [journey] = db.exec(select(LoginTransaction))
        journey.profile_mark = None
    assert (await visitor.get(back)).status_code == 400
    assert requests_log.reason() == Reason.PROFILE_CHANGED


def restarted(world, changes):
    world.profile = world.profile.model_copy(update=changes)
    world.open_portal()
    world.calls.clear()
