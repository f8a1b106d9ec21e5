"""What a handler may know of the request it answers, and what all of them stand on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

import anyio
from sqlmodel import Session
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request

from portal.installation import Installation
from portal.kit import clock
from portal.kit.access import Anyone
from portal.kit.db import Database
from portal.kit.errors import NotThere
from portal.kit.html import Html, Person
from portal.kit.i18n import Language, Text, choose
from portal.kit.kept import NO_FORM_STORE, FormStore
from portal.kit.sight import NOTHING, see
from portal.kit.signing import Signer
from portal.kit.streams import Pool
from portal.kit.threads import Threads

LANGUAGE_COOKIE = "__Host-language"

P_co = TypeVar("P_co", bound=Anyone, covariant=True)


@dataclass(frozen=True)
class Visit(Generic[P_co]):
    """All that a handler may know of the request it answers."""

    who: P_co
    db: Session
    path: Mapping[str, str]
    query: QueryParams
    form: FormData
    now: datetime
    language: Language
    installation: Installation
    cookies: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day it is in Helsinki."""
        return clock.day_of(self.now)

    def id(self, name: str) -> UUID:
        """An id from the path.

        Raises NotThere where it cannot be one: a wrong id and a foreign one look alike.
        """
        return _id(self.path[name])


@dataclass(frozen=True)
class FlowVisit(Generic[P_co]):
    """All that an async handler may know; it opens its own short transactions."""

    who: P_co
    request: Request
    database: Database
    form: FormData
    query: QueryParams
    path: Mapping[str, str]
    now: datetime
    language: Language
    installation: Installation

    def id(self, name: str) -> UUID:
        """An id from the path, as that of a `Visit`. Raises NotThere."""
        return _id(self.path[name])

    def in_transaction(self, db: Session) -> Visit[P_co]:
        """The same visit within a transaction."""
        given = (self.path, self.query, self.form, self.now, self.language, self.installation, self.request.cookies)
        return Visit(self.who, db, *given)


@dataclass(frozen=True)
class Recognition:
    """Who a request comes from. `seen`, if given, notes that they were here, in a transaction of its own."""

    person: Anyone
    language: Language | None = None
    seen: Callable[[Session], None] | None = None


@dataclass(frozen=True)
class PageView:
    """A page that somebody has opened: its address without ids, the id in it if there is one, and when."""

    page: str
    object_id: str
    at: datetime


ViewAudit = Callable[[Anyone, PageView], Callable[[Session], None] | None]
"""What is to be written down, in a transaction of its own, before a person sees a page; None for most people."""


VIEWED: Final[dict[str, Text]] = {}
"""What somebody did who opened a page, by its address, as its route says it; the log of views tells it."""


WayAsked = Callable[[str, str, Anyone], None]
"""Raises StepUpNeeded where a person's way in does not open a method at the path of a route."""


def every_way(_method: str, _path: str, _person: Anyone) -> None:
    """Every way in opens everything."""


def not_audited(_person: Anyone, _look: PageView) -> None:
    """Nobody's looking is written down."""


@dataclass(frozen=True)
class Platform:
    """What every route stands on; `app.py` puts one together."""

    database: Database
    html: Html
    signer: Signer
    recognise: Callable[[Session, Mapping[str, str], datetime], Recognition]
    introduce: Callable[[Session, Anyone], Person | None]
    idle_s: int
    installation: Installation
    audit_view: ViewAudit = not_audited
    ask_way: WayAsked = every_way
    forms: FormStore = NO_FORM_STORE
    now: Callable[[], datetime] = clock.now
    threads: Threads = field(default_factory=Threads)
    streams: Mapping[Pool, anyio.CapacityLimiter] = field(
        default_factory=lambda: {
            Pool.FILES: anyio.CapacityLimiter(2),
            Pool.PACKAGES: anyio.CapacityLimiter(1),
            Pool.DOCUMENTS: anyio.CapacityLimiter(1),
            Pool.PICTURES: anyio.CapacityLimiter(1),
        }
    )


def platform_of(request: Request) -> Platform:
    """The platform that a request came to."""
    found: Platform = request.app.state.platform
    return found


def address_of(request: Request) -> str | None:
    """The address that a request came from: the visitor's where the proxies in front are named in the settings."""
    return request.client.host if request.client else None


def person_of(request: Request) -> Anyone:
    """Who a request comes from, as far as it is known yet."""
    found = getattr(request.state, "person", None)
    return found if isinstance(found, Anyone) else Anyone()


def recognise(platform: Platform, request: Request, db: Session, now: datetime) -> Recognition:
    """Find out who a request comes from, and keep it with the request."""
    known = platform.recognise(db, request.cookies, now)
    request.state.person = known.person
    if known.person.sight is not NOTHING:
        see(db, known.person.sight)
    request.state.language = known.language
    return known


def is_recognised(request: Request) -> bool:
    """Whether it has been found out who a request comes from."""
    return hasattr(request.state, "person")


def language_of(request: Request) -> Language:
    """The language to answer in: the person's own choice, then their profile's, then the browser's."""
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    profile = getattr(request.state, "language", None)
    if cookie not in set(Language) and isinstance(profile, Language):
        return profile
    return choose(cookie, request.headers.get("accept-language"))


def _id(written: str) -> UUID:
    """An id that stands in a path; it has one spelling, in addresses as in the audit. Raises NotThere."""
    try:
        found = UUID(written)
    except ValueError:
        raise NotThere from None
    if str(found) != written:
        raise NotThere
    return found
