"""The few threads in which requests are worked on, and how long who comes now would wait for one of them."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final, ParamSpec, TypeVar

import anyio

AT_ONCE: Final = 4
FIRST_GUESS_S: Final = 0.01  # between two pieces of work that get done, before any was measured
SHARE: Final = 0.05  # of the newest measurement in the mean

A = ParamSpec("A")
T = TypeVar("T")


class Threads:
    """Threads that are shared by all requests; whoever finds none free waits for a turn."""

    def __init__(self, number: int = AT_ONCE, now: Callable[[], float] = time.monotonic) -> None:
        """Take how many work at once, and a clock in seconds."""
        self._limiter, self._now = anyio.CapacityLimiter(number), now
        self._between_s, self._done_at = FIRST_GUESS_S, 0.0

    @property
    def at_work(self) -> int:
        """How many are at work."""
        return self._limiter.borrowed_tokens

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for one of them."""
        return self._limiter.statistics().tasks_waiting

    @property
    def wait_s(self) -> float:
        """How long the next one would wait: those who wait, times the time between two that get done."""
        return self.waiting * self._between_s

    async def run(self, work: Callable[A, T], /, *args: A.args, **kwargs: A.kwargs) -> T:
        """Do a piece of work in one of them; who asks for it waits without blocking others."""
        try:
            return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), limiter=self._limiter)
        finally:
            self._measure()

    def _measure(self) -> None:
        """While others wait all are at work, so that the time since the last one was done counts.

        When nobody waits, what one moment was like is forgotten bit by bit: a stall must not be told of for ever.
        """
        now, others_wait = self._now(), self.waiting > 0
        if not others_wait:
            self._between_s += SHARE * (FIRST_GUESS_S - self._between_s)
        elif self._done_at:
            self._between_s += SHARE * (now - self._done_at - self._between_s)
        self._done_at = now if others_wait else 0.0
