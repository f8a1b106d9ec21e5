"""What anybody may read: the privacy notice, the accessibility statement, the terms, help, and security.txt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portal.auth.people import anyone
from portal.auth.rules import OPENS, Asks
from portal.home import texts
from portal.home.texts import LegalText, PageName
from portal.installation import Installation
from portal.kit.access import Anyone
from portal.kit.html import Page
from portal.kit.i18n import Language, Text
from portal.kit.visits import platform_of
from portal.kit.web import Visit, bare, page
from portal.settings import Settings

OURS: Final = Path(__file__).parent.parent.parent / "templates" / "legal"
SECURITY: Final = "/.well-known/security.txt"
VALID: Final = timedelta(days=180)  # RFC 9116, section 2.5.5: less than a year


@dataclass(frozen=True)
class TextPage(Page):
    """A text in sections."""

    template = "legal/show.html"
    said: LegalText


@dataclass(frozen=True)
class Help(Page):
    """How to reach the company, and what is asked often."""

    template = "legal/help.html"
    said: LegalText
    opens: Mapping[str, Sequence[Text]]


OPENS_IN_WORDS: Final[Mapping[str, Sequence[Text]]] = {
    asks.name: [one.says for one in OPENS if one.asks is asks] for asks in Asks
}
"""What one does where a route asks the same, by what it asks (`auth/rules.py`)."""

Pages = Callable[[Language], LegalText]


def show(said: Pages, visit: Visit[Anyone]) -> TextPage:
    """A text in the reader's language."""
    return TextPage(said(visit.language))


def help_(said: Pages, visit: Visit[Anyone]) -> Help:
    """Ways to reach us before everything else."""
    return Help(said(visit.language), OPENS_IN_WORDS)


async def security(request: Request) -> Response:
    """Where weaknesses are to be reported (RFC 9116)."""
    platform = platform_of(request)
    return PlainTextResponse(security_txt(platform.installation, platform.now()))


def security_txt(here: Installation, now: datetime) -> str:
    """The lines of security.txt; it is valid until the beginning of a day, so that it changes once a day at most."""
    given = here.brand.security
    expires = (now + VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {given.contact if given else f'mailto:{here.brand.email}'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(Language)}",
        f"Canonical: {here.base_url}{SECURITY}",
    ]
    if given and given.policy:
        lines.append(f"Policy: {given.policy}")
    return "".join(f"{line}\n" for line in lines)


def routes(settings: Settings) -> Sequence[Route]:
    """The addresses of texts, which are read now, so that a bad one stops the start.

    Raises BadTexts.
    """
    said = texts.load(OURS, settings.texts, settings.brand)
    shown = [
        page(f"/{name}", partial(show, said[name].__getitem__), who=anyone)
        for name in PageName
        if name != PageName.HELP
    ]
    return [
        *shown,
        page("/help", partial(help_, said[PageName.HELP].__getitem__), who=anyone),
        bare(SECURITY, security, who=anyone),
    ]
