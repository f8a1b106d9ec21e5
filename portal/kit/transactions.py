"""Short transactions of an async handler: in one of the few database threads, never across a call to another server."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from portal.kit.access import Anyone
from portal.kit.web import FlowVisit, in_thread

T = TypeVar("T")
P = TypeVar("P", bound=Anyone)


async def reading(visit: FlowVisit[P], question: Callable[[Session], T]) -> T:
    """The answer to a question about one consistent state."""

    def ask() -> T:
        with visit.database.reading() as db:
            return question(db)

    return await in_thread(visit.request.app.state.platform, ask)


async def writing(visit: FlowVisit[P], deed: Callable[[Session], T]) -> T:
    """What a deed returns, once it is committed; it is undone where it raises."""

    def do() -> T:
        with visit.database.writing() as db:
            return deed(db)

    return await in_thread(visit.request.app.state.platform, do)
