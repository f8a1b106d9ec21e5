"""Every page of the portal: where it is, who looks at it, and how one comes to it."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

AINO, KARIN, JUHA, OONA = "Aino Mäkelä", "Karin Lindholm", "Juha Lehto", "Oona Virtanen"


class Proof(Enum):
    """How long ago who looks has proved to the bank who they are."""

    JUST_NOW = "just now"
    LONG_AGO = "long ago"


@dataclass(frozen=True)
class Place:
    """A page. Where its path holds `{id}`, the first link of that shape on the page `by` leads there."""

    path: str
    who: str | None = AINO  # None: nobody is signed in
    by: str | None = None
    proof: Proof = Proof.JUST_NOW

    def __str__(self) -> str:
        """As tests are called."""
        return f"{self.path} {(self.who or 'nobody').split()[0]}".replace("/", "|")

    @property
    def route(self) -> str:
        """The path as tests/addresses.txt has it."""
        return self.path.partition("?")[0]

    def open(self, page: Page) -> None:
        """Go there and nowhere else, and wait until its words stand in their own font: another one has other widths."""
        page.goto(self._address(page))
        arrived = urlsplit(page.url).path
        assert re.fullmatch(self._shape(self.route), arrived), f"{self.path} led to {arrived}"
        page.evaluate("document.fonts.ready.then(() => true)")

    def _address(self, page: Page) -> str:
        if self.by is None:
            return self.path
        page.goto(self.by)
        shape = re.compile(self._shape(self.path) + "([?#].*)?$")
        links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        return next(filter(shape.match, links))

    @staticmethod
    def _shape(path: str) -> str:
        return re.escape(path).replace(re.escape("{id}"), "[0-9a-f-]{36}")


PLACES = (
    Place("/sign-in", None),
    Place("/privacy-notice", None),
    Place("/accessibility", None),
    Place("/terms", None),
    Place("/help", None),
    Place("/nowhere"),
    Place("/overview"),
    Place("/overview", JUHA),
    Place("/overview", OONA),
    Place("/welcome"),
    Place("/welcome/contact"),
    Place("/welcome/billing"),
    Place("/consumption"),
    Place("/consumption?at=2026"),
    Place("/consumption?at=2026-W46"),
    Place("/consumption?at=2026-11-14"),
    Place("/consumption?at=2026-11-14T17"),
    Place("/consumption?energy=heat"),
    Place("/consumption", JUHA),
    Place("/invoices"),
    Place("/invoices", JUHA),
    Place("/invoices/{id}", by="/invoices"),
    Place("/contracts"),
    Place("/contracts/{id}", by="/contracts"),
    Place("/sites"),
    Place("/sites", JUHA),
    Place("/sites/{id}", by="/sites"),
    Place("/messages"),
    Place("/messages/{id}", by="/messages"),
    Place("/messages/new"),
    Place("/feedback"),
    Place("/consents"),
    Place("/consents/history"),
    Place("/authorisations"),
    Place("/authorisations/{id}", by="/authorisations"),
    Place("/authorisations/new"),
    Place("/account"),
    Place("/account/contact"),
    Place("/account/address"),
    Place("/account/billing"),
    Place("/account/confirm-email"),
    Place("/organisation", JUHA),
    Place("/privacy"),
    Place("/privacy/data"),
    Place("/privacy/log"),
    Place("/privacy/requests"),
    Place("/privacy/requests/{id}", by="/privacy/requests"),
    Place("/privacy/requests/new"),
    Place("/privacy/package"),
    Place("/confirm", proof=Proof.LONG_AGO),
    Place("/styleguide", None),
)
NO_PAGES = {
    "/": "leads on",
    "/act-as": "a form",
    "/account/contact/again": "a form",
    "/account/language": "a form",
    "/account/sessions/{id}/end": "a form",
    "/account/sessions/end-all": "a form",
    "/account/sessions/end-others": "a form",
    "/authorisations/receipts/{id}": "a file",
    "/authorisations/{id}/end": "a form",
    "/confirm/bank": "a form",
    "/consents/receipts/{id}": "a file",
    "/consumption/download": "a file",
    "/csp-report": "for browsers",
    "/language": "a form",
    "/livez": "for programs",
    "/messages/read": "a form",
    "/messages/{id}/close": "a form",
    "/messages/{id}/read": "a form",
    "/oidc/signed-jwks": "for programs",
    "/privacy/requests/{id}/answer": "a form",
    "/privacy/requests/{id}/withdraw": "a form",
    "/session": "for scripts",
    "/session/form": "for scripts",
    "/sign-in/bank": "a form",
    "/sign-in/return": "leads on",
    "/sign-out": "a form",
    "/sites/download": "a file",
    "/welcome/skip": "a form",
}


@cache
def addresses() -> frozenset[str]:
    """Every address of the portal that may be a page."""
    kept = (Path(__file__).parents[1] / "addresses.txt").read_text().split()
    return frozenset(path for path in kept if not path.startswith("/.well-known/"))
