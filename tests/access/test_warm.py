"""What is kept in memory never outlives a right: two people and one acting for another, by turns, on warm caches."""

import functools
import gc
import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from portal.customers.models import Mandate
from portal.demo.people import AINO, LIISA, VEIKKO
from portal.demo.register import party_id
from portal.kit.clock import day_of
from tests import days
from tests.access.cast import switched
from tests.seeded import copied_house

pytestmark = pytest.mark.xdist_group("access")

PAGES = ("/overview", "/invoices", "/contracts", "/consumption", "/sites", "/messages", "/consents")
EACH_TIME = re.compile(
    r'nonce="[^"]+"|[\w-]{30,}\.[\w-]{6}\.[\w-]{43}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
)
"""Nonces, tokens and numbers of requests and forms; ids of the demo's rows are of version 5."""


@pytest.fixture
def house(seeded_sqlite, tmp_path):
    """The demo's portal, with a mandate that the test ends."""
    with copied_house(seeded_sqlite, tmp_path) as house:
        yield house


def forget():
    """As in a process that has answered nobody yet."""
    kept = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    ours = [one for one in kept if (getattr(one, "__module__", None) or "").startswith("portal.")]
    assert len(ours) > 10, "where have they gone?"
    for one in ours:
        one.cache_clear()


def answer(browser, path):
    """Its status, and its words, but for what is another each time; of a PDF that it is one."""
    told = browser.get(path)
    is_page = "html" in told.headers.get("content-type", "")
    return told.status_code, EACH_TIME.sub("", told.text) if is_page else told.content[:5]


def test_pages_by_turns_are_those_of_who_asks_and_end_with_the_right(house):
    def browser(member):
        return house.open_for(member.persona.identity_code, member.name)

    acting = switched(house, browser(LIISA), party_id(VEIKKO))
    people = {"Veikko": browser(VEIKKO), "Liisa for him": acting, "Liisa": browser(LIISA), "Aino": browser(AINO)}
    bill = re.search(r'href="(/invoices/[0-9a-f-]{36})"', people["Veikko"].open("/invoices").text)[1]
    paths = (*PAGES, bill, f"{bill}/pdf")
    alone = {}
    for name, one in people.items():
        forget()
        alone |= {(name, path): answer(one, path) for path in paths}
    assert [alone[name, bill][0] for name in people] == [200, 200, 404, 404]
    assert [alone[name, f"{bill}/pdf"] for name in ("Veikko", "Liisa for him")] == [(200, b"%PDF-")] * 2
    for path in paths:
        for name, one in (*people.items(), *reversed(people.items())):
            assert answer(one, path) == alone[name, path], f"{path}, as {name} sees it"
    with house.database.writing() as db:
        ended = day_of(days.now()) - timedelta(days=1)
        db.execute(update(Mandate).where(col(Mandate.grantor_id) == party_id(VEIKKO)).values(valid_to=ended))
    assert [answer(acting, path)[0] for path in (bill, f"{bill}/pdf")] == [404, 404]
    for path in PAGES:
        assert VEIKKO.name not in acting.get(path).text, path
        assert answer(people["Veikko"], path) == alone["Veikko", path], path
