"""A home with contracts, and how somebody asks for something."""

import re

import pytest
from sqlmodel import select

from portal.customers.models import Mandate
from tests.browser import hidden
from tests.contracts.register import Register
from tests.people import MIKKO


@pytest.fixture
def register(database):
    """The register of a test, empty."""
    return Register(database)


@pytest.fixture
def home(register, aino):
    """Aino's home: electricity and its distribution until further notice, and an address for her post."""
    return Home(register, aino)


class Home:
    """Where Aino lives, and her contracts there."""

    def __init__(self, register, who):
        register.taxes()
        self.site = register.site(name="koti")
        register.occupancy(who.party, self.site)
        self.where = (who.party, self.site, register.point(self.site))
        self.sales = register.contract(*self.where, register.product(name="Vakaa"))
        self.network = register.contract(*self.where, register.product("network", "Siirto"), "network")


def post(browser, page, to, **form):
    """Send a form of a page, as its buttons do; the answer."""
    return browser.post(to, data=hidden(browser.open(page).text) | form)


def begin(browser, kind="end", **about):
    """Begin a request; the address of its draft."""
    ((parameter, id_),) = about.items()
    to = f"/requests/new/{kind}"
    answer = post(browser, f"{to}?{parameter}={id_}", to, **{parameter: str(id_)})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def fill_in(browser, draft, *answers):
    """Answer the questions that come, one after the other: each a text, the controls of an address, or a file."""
    for one in answers:
        page = browser.open(draft)
        question = re.search(r'name="question" value="([^"]+)"', page.text)[1]
        if question == "photo":
            answer = send_photo(browser, draft, one)
        else:
            typed = one if isinstance(one, dict) else {"answer": one}
            answer = browser.post(f"{draft}/answer", data=hidden(page.text) | typed | {"question": question})
        assert answer.status_code == 303, f"{question}: {answer.text}"


def send_photo(browser, draft, sent, kind="image/png", **pressed):
    """Send a file as the photo of a draft, by a button; nothing where there are no bytes, as a browser does."""
    page = browser.open(f"{draft}?question=photo")
    return browser.post(
        f"{draft}/photo", data=hidden(page.text) | pressed, files={"photo": ("m.png" if sent else "", sent, kind)}
    )


def send(browser, draft):
    """Press the button that sends; the answer."""
    return browser.post(f"{draft}/send", data=hidden(browser.open(draft).text))


def acting_for_aino(house, aino, level, themes="contracts"):
    """Mikko's browser, a minute after his bank, in some of Aino's matters."""
    party = house.customer(MIKKO, "Mikko Korhonen", "1002")
    with house.database.writing() as db:
        mandate = Mandate(
            grantor_id=aino.party,
            grantee_id=party,
            themes=themes,
            every_site=True,
            level=level,
            valid_from=aino.today,
        )
        db.add(mandate)
    mikko = house.open_for(MIKKO, "Mikko Korhonen", proved_minutes_ago=1)
    post(mikko, "/overview", "/act-as", party=str(aino.party))
    return mikko


def rows(database, table):
    """Every row of a table."""
    with database.reading() as db:
        return db.exec(select(table)).all()


ELSEWHERE = {"street": "Uusikatu 2 B 14", "postcode": "33200", "town": "Tampere"}
