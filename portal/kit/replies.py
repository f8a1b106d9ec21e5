"""What a handler may answer: a page, a way elsewhere, a file; with cookies and headers where it needs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.kit.html import Page
from portal.kit.streams import Afterwards, Made, Pool, nothing


@dataclass(frozen=True)
class Cookie:
    """A cookie to set, always `Secure; HttpOnly; SameSite=Lax; Path=/`; a value of None deletes it."""

    name: str
    value: str | None
    max_age_s: int | None = None


@dataclass(frozen=True)
class Redirect:
    """Go on elsewhere: 303, or by HX-Redirect where htmx asked."""

    to: str
    cookies: Sequence[Cookie] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A page with something more than itself: cookies, headers, another status."""

    page: Page
    cookies: Sequence[Cookie] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


@dataclass(frozen=True)
class Download:
    """A file to be saved, under a plain ASCII name.

    A large one is made while it is sent, in the threads of a pool; `afterwards` is called in one of them when it ends,
    whatever way.
    """

    filename: str
    content_type: str
    body: bytes | Made
    pool: Pool = Pool.FILES
    afterwards: Afterwards = nothing


Reply = Page | Answer | Redirect | Download
