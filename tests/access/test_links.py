"""No dead link: whatever a page offers, somebody who is offered it can open; titles tell the pages apart."""

import html
import re
from collections import defaultdict
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from tests.access.cast import Person
from tests.access.test_doors import CAST
from tests.addresses import Kind
from tests.browser import check
from tests.portal import routes

pytestmark = pytest.mark.xdist_group("access")

OF_A_SHAPE = 2  # addresses that differ in ids and values only, such as the days of a chart
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
FORMS = {route.path for route in routes() if "POST" in route.methods}
# Where a person who is not signed in begins, and where those do who are.
BEGINNING = {"nobody": "/sign-in"}
# What these tell is told to all alike; to a page that somebody may not open they lead all the same.
FOR_ALL = {"/help", "/terms", "/privacy-notice", "/accessibility"}
LEADS_OUT = re.compile(r"(mailto|tel|https?):")


@dataclass(frozen=True)
class Offer:
    """Something to follow on a page: a link, or the address of a form."""

    method: str
    to: str


class Offers(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[Offer] = []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.found.append(Offer("GET", given["href"]))
        if tag == "form":
            self.found.append(Offer(given.get("method", "get").upper(), given.get("action", "")))
        if "hx-get" in given:
            self.found.append(Offer("GET", given["hx-get"]))


@pytest.mark.parametrize("name", CAST)
def test_no_link_is_dead(town, name):
    tour = Tour(town.people[name])
    assert not tour.faults, "\n".join(tour.faults)


class Tour:
    """A person follows every offer from their first page on; `faults` says what was wrong, a sentence each."""

    def __init__(self, person: Person) -> None:
        self.faults: list[str] = []
        self._person = person
        self._titles: dict[str, set[str]] = defaultdict(set)
        self._shapes: dict[str, int] = defaultdict(int)
        self._known: set[str] = set()
        self._waiting: list[tuple[str, str]] = []
        self._note(BEGINNING.get(person.name, "/overview"), "the address bar")
        while self._waiting:
            address, origin = self._waiting.pop(0)
            for offer in self._offers(address, origin):
                self._weigh(offer, address)
        alike = {title: paths for title, paths in self._titles.items() if len(paths) > 1}
        self.faults += [f"{person.name}: {sorted(paths)} are all called {title!r}" for title, paths in alike.items()]

    def _offers(self, address: str, origin: str) -> list[Offer]:
        """What a page offers; none where it led to the bank or is a file."""
        answer = self._person.browser.get(address)
        to = answer.headers.get("location", "")
        if answer.status_code == 303 and not (to.startswith("/sign-in") and self._person.kind is not Kind.NOBODY):
            return [] if to.startswith("/confirm") else [Offer("GET", to)]
        if answer.status_code == 403 and origin in FOR_ALL:
            return []
        if answer.status_code != 200:
            self.faults.append(f"{self._person.name}: {address} (from {origin}): {answer.status_code} {to}")
            return []
        if not answer.headers["content-type"].startswith("text/html"):
            return []
        check(answer, address)
        title = html.unescape(re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)[1])
        self._titles[title].add(urlsplit(ID.sub("{id}", address)).path)
        return Offers(answer.text).found

    def _weigh(self, offer: Offer, address: str) -> None:
        to = urldefrag(urljoin(address, offer.to)).url
        if LEADS_OUT.match(to) or to.startswith("/static/"):
            return
        if offer.method == "GET":
            self._note(to, address)
        elif ID.sub("{id}", urlsplit(to).path) not in FORMS:
            self.faults.append(f"{self._person.name}: {address} has a form for {offer.to}, which takes none")

    def _note(self, to: str, origin: str) -> None:
        if to not in self._known and self._shapes[shape(to)] < OF_A_SHAPE:
            self._known.add(to)
            self._shapes[shape(to)] += 1
            self._waiting.append((to, origin))


def shape(address: str) -> str:
    """An address without the ids and values in it."""
    parts = urlsplit(address)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&")})
    return f"{ID.sub('{id}', parts.path)}?{'&'.join(names)}"
