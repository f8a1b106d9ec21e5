"""One clock for a session: what a tab hears when it asks how long the session goes on, and what counts as use."""

from uuid import UUID, uuid4

import pytest

from portal.auth.actions import SESSION_COOKIE
from portal.kit.signing import Signer
from tests.bank import MIKKO

pytestmark = pytest.mark.anyio

IDLE_S, LONGEST_S = 900, 12 * 3600


class Tab:
    """A page that stands open in a browser, opened in the session that the browser held then."""

    def __init__(self, world, visitor):
        self.world, self.visitor = world, visitor
        self.token = Signer(["s" * 40]).sign("form", f"{alive(world).id} ")

    async def left(self, method="GET"):
        answer = await self.visitor.browser.request(method, "/session", headers={"X-Form-Token": self.token})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        return answer.json()["left_s"]

    async def types(self):
        return await self.left("POST")


def alive(world):
    (session,) = (one for one in world.sessions if one.ended_at is None)
    return session


@pytest.fixture
async def tab(world, visitor):
    await visitor.sign_in()
    return Tab(world, visitor)


async def test_asking_keeps_no_session_alive(world, tab):
    for minutes in range(15):
        assert await tab.left() == IDLE_S - 60 * minutes
        world.clock.forward(minutes=1)
    assert await tab.left() == 0
    assert not await tab.visitor.is_in()


async def test_use_in_another_tab_counts(world, visitor, tab):
    world.clock.forward(minutes=14)
    await visitor.get("/overview")
    assert await tab.left() == IDLE_S


async def test_typing_counts_once_a_minute(world, tab):
    for _ in range(20):
        world.clock.forward(seconds=59)
        before = alive(world).seen_at
        first = await tab.types()
        assert first in (IDLE_S, IDLE_S - 59)
        assert (alive(world).seen_at != before) is (first == IDLE_S)
    assert await tab.visitor.is_in()


async def test_typing_does_not_wake_a_session_that_has_ended(world, tab):
    world.clock.forward(minutes=15)
    assert await tab.types() == 0
    assert not await tab.visitor.is_in()


async def test_after_twelve_hours_no_use_helps(world, tab):
    for _ in range(LONGEST_S // 600 - 1):
        world.clock.forward(minutes=10)
        assert await tab.types() > 0
    assert await tab.types() == 600
    world.clock.forward(minutes=10)
    assert await tab.types() == 0


async def test_a_session_that_was_ended_elsewhere_has_ended_here(tab):
    await tab.visitor.browser.post("/sign-out")
    assert await tab.left() == 0


async def test_confirming_who_one_is_ends_no_other_tab(world, visitor, tab):
    world.clock.forward(minutes=6)
    await visitor.confirm()
    assert str(alive(world).id) not in tab.token
    assert await tab.left() == IDLE_S


async def test_for_the_page_of_one_person_the_session_of_another_is_none(visitor, tab):
    await visitor.browser.post("/sign-out")
    await visitor.sign_in(MIKKO.persona)
    assert await tab.left() == 0
    assert await tab.types() == 0


async def test_for_a_page_about_another_party_the_session_has_ended(world, tab):
    with world.database.writing() as db:
        session = db.merge(alive(world))
        session.ended_at = session.seen_at
        other = type(session)(**session.model_dump(exclude={"id", "token_hash", "ended_at", "acting_for"}))
        other.token_hash, other.acting_for, session.token_hash = session.token_hash, uuid4(), b"gone"
        db.flush()
        db.add(other)
    assert await tab.left() == 0


@pytest.mark.parametrize("token", ["", "made-up", None])
async def test_without_a_pages_token_nothing_is_told(tab, token):
    tab.token = token or ""
    assert await tab.left() == 0


@pytest.mark.parametrize("subject", ["anyone", "", "x y", f"{UUID(int=0)} ", f"{UUID(int=0)} x"])
async def test_a_token_of_no_session_tells_nothing(world, tab, subject):
    tab.token = Signer(["s" * 40]).sign("form", subject)
    assert await tab.left() == 0


async def test_another_site_keeps_nothing_alive(visitor, tab):
    headers = {"Sec-Fetch-Site": "cross-site", "X-Form-Token": tab.token}
    assert (await visitor.browser.post("/session", headers=headers)).status_code == 403
    assert SESSION_COOKIE in visitor.browser.cookies
