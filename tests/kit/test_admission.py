"""Too many at once: who would wait too long is told so at once, and whoever was let in gets an answer."""

import json
import threading
from collections import Counter

import anyio
import pytest

from portal.kit.admission import ALWAYS, FROM_MEMORY, LONGEST_S, LONGEST_TO_SEND_S, RETURN, Admission
from portal.kit.headers import Outermost
from portal.kit.i18n import Language
from portal.kit.threads import FIRST_GUESS_S, Threads
from tests.browser import Outline

AT_WORK = 4
MOST_WAITING = round(LONGEST_S / FIRST_GUESS_S) + 1
PAGES = {language: f"<!doctype html><p>{language}".encode() for language in Language}

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


class Crowd:
    """Visitors of an app whose pages are made in a few threads, and come when the door to them opens."""

    def __init__(self):
        self.opened, self.time_s = threading.Event(), 0.0
        self.threads = Threads(AT_WORK, lambda: self.time_s)
        self.counted, self.answers = [], []
        outermost = Outermost(self._make)
        self.admission = Admission(outermost, self.threads, PAGES, self.counted.append, lambda: self.time_s)

    async def _make(self, scope, _receive, send):
        if scope["path"] not in ALWAYS and not scope["path"].startswith(FROM_MEMORY):
            await self.threads.run(self._work)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"made"})

    def _work(self):
        self.opened.wait()
        self.time_s += 0.002

    async def ask(self, path="/", method="GET", **headers):
        """Come, and wait for the answer."""
        told, raw = [], [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": b""}

        async def send(message):
            told.append(message)

        await self.admission(scope, None, send)
        answer = {"status": told[0]["status"], "headers": dict(told[0]["headers"]), "body": told[1]["body"]}
        self.answers.append(answer)
        return answer

    async def until_waiting(self, number):
        """Go on when so many wait for a thread."""
        while self.threads.waiting < number:  # noqa: ASYNC110 - a limiter tells nobody
            await anyio.sleep(0.001)


@pytest.fixture
async def crowd():
    """As many as may wait do, and all threads are at work."""
    crowd = Crowd()
    async with anyio.create_task_group() as visitors:
        for _ in range(AT_WORK + MOST_WAITING):
            visitors.start_soon(crowd.ask)
        await crowd.until_waiting(MOST_WAITING)
        yield crowd
        crowd.opened.set()


async def test_who_would_wait_too_long_is_told_so_at_once(crowd):
    assert crowd.threads.wait_s > LONGEST_S
    answer = await crowd.ask(accept_language="sv")
    assert (answer["status"], answer["body"]) == (503, PAGES[Language.SV])
    assert answer["headers"][b"retry-after"] == b"5"
    assert answer["headers"][b"content-language"] == b"sv"
    assert answer["headers"][b"cache-control"] == b"no-store"
    assert b"default-src 'none'; script-src 'none';" in answer["headers"][b"content-security-policy"]
    assert b"x-request-id" not in answer["headers"]  # of no use: it has no line in the log
    assert [(served.route, served.status) for served in crowd.counted] == [("-", 503)]


async def test_the_log_tells_once_a_second_how_many_were_turned_away(crowd, caplog):
    for seconds in (2.0, 2.5, 2.9, 3.1):
        crowd.time_s = seconds
        await crowd.ask()
    assert [json.loads(record.message) for record in caplog.records if record.name == "portal.admission"] == [
        {"event": "busy", "refused": 1},
        {"event": "busy", "refused": 3},
    ]


async def test_the_person_s_own_language_comes_before_the_browser_s(crowd):
    answer = await crowd.ask(accept_language="sv", cookie="a=1; __Host-language=en; b=2")
    assert answer["body"] == PAGES[Language.EN]


@pytest.mark.parametrize("language", Language)
async def test_what_is_said_is_a_page_like_any_other(html, language):
    page = Outline(html.piece("errors/busy.html", language))
    assert (page.language, page.headings) == (language, [1, 2])
    assert page.unnamed_controls == 0
    assert all(page.links)


async def test_a_head_has_no_body(crowd):
    answer = await crowd.ask(method="HEAD")
    assert (answer["status"], answer["body"]) == (503, b"")


PUBLISHED = ["/.well-known/jwks.json", "/.well-known/openid-federation", "/oidc/signed-jwks"]


@pytest.mark.parametrize("path", [*sorted(ALWAYS), "/static/vendor/portal.css", *PUBLISHED])
async def test_signs_of_life_signing_out_files_and_keys_are_never_turned_away(crowd, path):
    assert (await crowd.ask(path))["status"] == 200


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("GET", RETURN), ("GET", f"{RETURN}/op")])
async def test_who_has_begun_something_may_wait_longer(crowd, method, path):
    more = round((LONGEST_TO_SEND_S - LONGEST_S) / FIRST_GUESS_S)
    async with anyio.create_task_group() as visitors:
        for number in range(more):
            visitors.start_soon(crowd.ask, path, method)
            await crowd.until_waiting(MOST_WAITING + number + 1)
        assert (await crowd.ask(path, method))["status"] == 503
        crowd.opened.set()
    assert Counter(answer["status"] for answer in crowd.answers)[503] == 1


async def test_whoever_was_let_in_is_answered_and_then_there_is_room_again(crowd):
    await crowd.ask()
    crowd.opened.set()
    while len(crowd.answers) < AT_WORK + MOST_WAITING + 1:  # noqa: ASYNC110 - they come one by one
        await anyio.sleep(0.001)
    assert Counter(answer["status"] for answer in crowd.answers) == {503: 1, 200: AT_WORK + MOST_WAITING}
    assert crowd.threads.wait_s == 0
    assert (await crowd.ask())["status"] == 200


async def test_the_faster_pages_are_made_the_more_may_wait():
    crowd = Crowd()
    async with anyio.create_task_group() as visitors:
        for _ in range(AT_WORK + MOST_WAITING - 1):
            visitors.start_soon(crowd.ask)
        await crowd.until_waiting(MOST_WAITING - 1)
        crowd.opened.set()
    crowd.opened.clear()
    async with anyio.create_task_group() as visitors:
        for _ in range(AT_WORK + MOST_WAITING):
            visitors.start_soon(crowd.ask)
        await crowd.until_waiting(MOST_WAITING)
        assert crowd.threads.wait_s < LONGEST_S
        crowd.opened.set()
    assert {answer["status"] for answer in crowd.answers} == {200}


async def test_a_stall_is_not_told_of_for_ever():
    """Who once waited for seconds does not turn away the few who come one after the other later."""
    crowd = Crowd()
    crowd.opened.set()
    crowd.threads._between_s = 3.0
    for _ in range(200):
        await crowd.ask()
    crowd.opened.clear()
    async with anyio.create_task_group() as visitors:
        for _ in range(AT_WORK + 2):
            visitors.start_soon(crowd.ask)
        await crowd.until_waiting(2)
        crowd.opened.set()
    assert [answer["status"] for answer in crowd.answers][-(AT_WORK + 2) :] == [200] * (AT_WORK + 2)


async def test_what_no_thread_has_made_does_not_count(crowd):
    before = crowd.threads.wait_s
    for _ in range(100):
        await crowd.ask("/livez")
    assert crowd.threads.wait_s == before
