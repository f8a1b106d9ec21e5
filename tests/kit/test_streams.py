"""An answer that is made while it is sent: in order, no further than it is taken, and never left open."""

import contextlib
import threading
from functools import partial

import anyio
import pytest

from portal.kit.streams import Pace, Stream, nothing
from tests.running import PATIENCE_S


class Maker:
    """Pieces, and what became of them."""

    def __init__(self, *pieces):
        self.made, self.threads, self.is_closed = 0, set(), False
        self.pieces = self._pieces(pieces)

    def _pieces(self, pieces):
        try:
            for piece in pieces:
                self.made += 1
                self.threads.add(threading.get_ident())
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.is_closed = True


def sent(maker, *, method="GET", stays_for=100, afterwards=nothing):
    """What is sent to a visitor who goes away after some messages."""
    messages = []

    async def conversation():
        gone = anyio.Event()

        async def send(message):
            messages.append(message)
            if len(messages) >= stays_for:
                gone.set()
                await anyio.sleep_forever()  # a server waits for a visitor who takes nothing

        async def receive():
            await gone.wait()
            return {"type": "http.disconnect"}

        limiter, headers = anyio.CapacityLimiter(1), {"X-Kept": "yes"}
        stream = Stream(maker.pieces, limiter, afterwards, media_type="text/csv", headers=headers)
        await stream({"type": "http", "method": method, "asgi": {"spec_version": "2.3"}}, receive, send)

    anyio.run(conversation)
    return messages


def test_pieces_come_in_order_and_an_empty_one_gives_way_without_a_word():
    maker = Maker(b"a", b"", b"b")
    start, *bodies = sent(maker)
    assert (start["status"], dict(start["headers"])[b"x-kept"]) == (200, b"yes")
    assert [(body["body"], body["more_body"]) for body in bodies] == [
        (b"a", True),
        (b"b", True),
        (b"", False),
    ]
    assert maker.is_closed


def test_they_are_made_away_from_the_thread_that_serves_everybody():
    maker = Maker(b"a")
    sent(maker)
    assert threading.get_ident() not in maker.threads


def test_for_a_visitor_who_has_gone_no_more_are_made():
    maker = Maker(*[b"piece"] * 1000)
    assert len(sent(maker, stays_for=4)) == 4
    assert (maker.made, maker.is_closed) == (3, True)


def test_whoever_asks_for_the_headers_has_nothing_made():
    maker = Maker(b"a")
    assert [message["type"] for message in sent(maker, method="HEAD")] == ["http.response.start", "http.response.body"]
    assert maker.made == 0


def here(threads):
    """Note the thread in which this is called."""
    threads.append(threading.get_ident())


def test_what_is_to_be_done_afterwards_is_done_in_such_a_thread_however_it_ends():
    for ended in (
        lambda **after: sent(Maker(b"a"), **after),
        lambda **after: sent(Maker(*[b"piece"] * 1000), stays_for=2, **after),
        lambda **after: sent(Maker(b"a"), method="HEAD", **after),
        lambda **after: sent(Maker(ValueError("no piece")), **after),
    ):
        threads = []
        with contextlib.suppress(ValueError):
            ended(afterwards=partial(here, threads))
        assert len(threads) == 1
        assert threads != [threading.get_ident()], "it may wait for the database, and nobody else waits for that"


def test_two_answers_take_turns_in_one_thread():
    order = []

    def pieces(name):
        for _ in range(4):
            order.append(name)
            yield b"" if name == "a" else b"b"

    async def both():
        limiter = anyio.CapacityLimiter(1)
        async with anyio.create_task_group() as group:
            for name in "ab":
                stream = Stream(pieces(name), limiter, media_type="text/csv", headers={})
                group.start_soon(
                    stream, {"type": "http", "method": "GET", "asgi": {"spec_version": "2.4"}}, None, ignored
                )

    async def ignored(_message):
        pass

    anyio.run(both)
    assert "aaa" not in "".join(order)
    assert sorted(order) == [*"aaaabbbb"]


def test_a_pace_is_over_when_its_time_is_up_until_the_next_piece():
    assert Pace(0).is_over
    pace = Pace(PATIENCE_S)
    assert not pace.is_over
    pace.again()
    assert not pace.is_over


def test_a_piece_that_fails_breaks_the_answer_off():
    maker = Maker(b"a", ValueError("no piece"), b"b")
    with pytest.raises(ValueError, match="no piece"):
        sent(maker)
    assert (maker.made, maker.is_closed) == (2, True)
