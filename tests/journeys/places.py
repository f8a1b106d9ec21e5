"""Every page of the portal: where it is, who looks at it, and how one comes to it."""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, Page

from portal.demo.naming import id_of
from tests.addresses import Cell, Door, Is, Kind, doors
from tests.journeys.estate import INVITED

AINO, KARIN, JUHA, OONA = "Aino Mäkelä", "Karin Lindholm", "Juha Lehto", "Oona Virtanen"
LED: "WeakKeyDictionary[Browser, dict[Place, str]]" = WeakKeyDictionary()
"""Where links have led: a browser stays in front of one portal, and the way is not walked again for each language."""


class Proof(Enum):
    """How long ago who looks has proved to the bank who they are."""

    JUST_NOW = "just now"
    LONG_AGO = "long ago"


@dataclass(frozen=True)
class Place:
    """A page. Where its path holds `{id}`, the first link of that shape on the page `by` leads there.

    `by` may hold one itself; then the page above it leads there.
    """

    path: str
    who: str | None = AINO  # None: nobody is signed in
    by: str | None = None
    proof: Proof = Proof.JUST_NOW

    def __str__(self) -> str:
        """As tests are called."""
        return f"{self.path} {(self.who or 'nobody').split()[0]}".replace("/", "|")

    @property
    def route(self) -> str:
        """The path as the portal's routes have it."""
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
        led = LED.setdefault(page.context.browser, {})
        if self not in led:
            led[self] = self._first_link(page)
        return led[self]

    def _first_link(self, page: Page) -> str:
        page.goto(Place(self.by, by=_above(self.by))._address(page))
        shape = re.compile(self._shape(self.path) + "([?#].*)?$")
        links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        return next(filter(shape.match, links))

    @staticmethod
    def _shape(path: str) -> str:
        return re.escape(path).replace(re.escape("{id}"), "[0-9a-f-]{36}")


def _above(path: str) -> str | None:
    """The page that leads to a path which holds `{id}`."""
    return path.rpartition("/")[0] if "{id}" in path else None


OTHERWISE = {
    "/organisation": Place("/organisation", JUHA),
    "/confirm": Place("/confirm", proof=Proof.LONG_AGO),
    "/mandates/accept/{secret}": Place(f"/mandates/accept/{INVITED}", None),
    "/payments/{id}": Place("/payments/{id}", by=f"/invoices/{id_of('invoice', '261048214')}"),
}  # pages that Aino does not look at as at others
MORE = (
    Place("/nowhere"),
    Place("/overview", JUHA),
    Place("/overview", OONA),
    Place("/consumption?at=2026"),
    Place("/consumption?at=2026-W46"),
    Place("/consumption?at=2026-11-14"),
    Place("/consumption?at=2026-11-14T17"),
    Place("/consumption?energy=heat"),
    Place("/consumption?at=2026&energy=heat&show=temperature,price,euros"),
    Place("/consumption", JUHA),
    Place("/invoices", JUHA),
    Place("/sites", JUHA),
)


def _usual(door: Door) -> Place:
    """A page as nobody sees it who may, else as Aino does; of a thing the first that the list above it leads to."""
    who = None if door.cells[Kind.NOBODY] is Cell.OK else AINO
    return Place(door.route, who, by=_above(door.route))


PAGES = {door.route: door for door in doors() if door.is_ is Is.PAGE and "?" not in door.address}
PLACES = (*(OTHERWISE.get(route) or _usual(door) for route, door in PAGES.items()), *MORE)
