"""What another server said last, kept for a while: fetched once for all who wait, served stale while it is down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import anyio

from portal.kit.outgoing import Unreachable

T = TypeVar("T")

NEWER_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Lifetime:
    """How long an answer is fresh, how much longer it serves while no newer one can be had, and when we try again."""

    fresh: timedelta
    stale: timedelta
    retry: timedelta


class Remembered(Generic[T]):
    """The last good answer of one server."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], lifetime: Lifetime, now: Callable[[], datetime]) -> None:
        self._fetch, self._lifetime, self._now = fetch, lifetime, now
        self._answer: tuple[T, datetime] | None = None
        self._failed: tuple[Unreachable, datetime] | None = None
        self._asked_newer_at: datetime | None = None
        self._one_at_a_time = anyio.Lock()

    async def get(self) -> T:
        """The answer. Raises Unreachable when there is none that is young enough."""
        if not self._is_fresh():
            async with self._one_at_a_time:
                if not self._is_fresh() and not self._has_just_failed():
                    await self._try()
        return self._best()

    @property
    def is_failing(self) -> bool:
        """Whether the last try came to nothing; asks nobody."""
        return self._failed is not None

    async def newer(self, than: T) -> T:
        """The answer, fetched anew if it is still the one that did not do; at most once a minute.

        Raises Unreachable when there is none at all.
        """
        async with self._one_at_a_time:
            is_the_same = self._answer is not None and self._answer[0] is than
            last = self._asked_newer_at
            if is_the_same and (last is None or self._now() >= last + NEWER_EVERY):
                self._asked_newer_at = self._now()
                await self._try()
            return self._best()

    async def _try(self) -> None:
        try:
            self._answer = (await self._fetch(), self._now())
            self._failed = None
        except Unreachable as failed:
            self._failed = (failed, self._now())

    def _best(self) -> T:
        if self._answer and self._age() < self._lifetime.fresh + self._lifetime.stale:
            return self._answer[0]
        raise Unreachable("no answer that is young enough") from (self._failed[0] if self._failed else None)

    def _is_fresh(self) -> bool:
        return self._age() < self._lifetime.fresh

    def _age(self) -> timedelta:
        return self._now() - self._answer[1] if self._answer else timedelta.max

    def _has_just_failed(self) -> bool:
        return self._failed is not None and self._now() < self._failed[1] + self._lifetime.retry
