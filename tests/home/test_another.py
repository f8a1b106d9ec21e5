"""Who handles another's matters is told so above every page, and no headline there speaks of "you"."""

import re

import pytest

from portal.demo.people import JUHA, LANDLORD, LIISA, VEIKKO
from portal.demo.register import party_id
from portal.kit.db import Database
from tests.people import House

PAGES = (
    *("/overview", "/consumption", "/invoices", "/contracts", "/sites", "/messages", "/account"),
    *("/organisation", "/consents", "/authorisations", "/privacy"),
)
READERS_OWN = {
    *("My details", "You, Liisa Hakala", "You, Juha Lehto", "Where you are signed in", "Your language"),
    *("Sinä, Liisa Hakala", "Sinä, Juha Lehto", "Missä olet kirjautuneena"),
    *("Mina uppgifter", "Du, Liisa Hakala", "Du, Juha Lehto", "Var du är inloggad", "Ditt språk"),
}  # of whoever is signed in, whomever they act for
HEADLINES = re.compile(
    r"<(h[123]|dt|caption)\b[^>]*>(.*?)</\1>"
    r'|<(?:p|span|div) class="(?:fig|stat__\w+|sentence)[^"]*">(.*?)</(?:p|div|span)>',
    re.DOTALL,
)
YOU = {
    "en": re.compile(r"\b(you|your|yours|my)\b", re.IGNORECASE),
    "fi": re.compile(
        r"\b(olet|et|sin(ä|un|ulla|ua|usta|ulle|uun)|\w*(tieto|tietoja|lasku|laskuja|sopimukse|kohtee|puolesta|pyyntö)(si|ni))\b",
        re.IGNORECASE,
    ),
    "sv": re.compile(r"\b(du|dig|din|ditt|dina|mina|min)\b", re.IGNORECASE),
}
BAND = {
    "en": "You are handling the matters of {}.",
    "fi": "Hoidat toisen asioita: {}.",
    "sv": "Du sköter ärenden för {}.",
}
HEADING = {"en": "Overview of {}", "fi": "Yleiskuva: {}", "sv": "Översikt: {}"}


@pytest.fixture(scope="module")
def house(seeded_sqlite, tmp_path_factory):
    path = tmp_path_factory.mktemp("another") / "portal.db"
    path.write_bytes(seeded_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield House(database)
    database.engine.dispose()


def own(house, person, language):
    persona = person.persona
    name = f"{persona.given_names} {persona.family_name}"
    return house.open_for(persona.identity_code, name, language=language)


def plain(source):
    return " ".join(re.sub(r"<[^>]+>", "", source).split())


def main(page):
    return page.text[page.text.index("<main") : page.text.index("<footer")]


def headlines(source):
    return [plain(found[1] or found[2]) for found in HEADLINES.findall(source)]


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
@pytest.mark.parametrize(
    ("person", "another", "name"),
    [(LIISA, VEIKKO, VEIKKO.name), (JUHA, LANDLORD, LANDLORD.name)],
    ids=["relative", "company"],
)
def test_another_is_named_and_nobody_is_you(house, person, another, name, language):
    browser = own(house, person, language)
    browser.submit("/act-as", {"party": str(party_id(another))}, page="/overview")
    for path in PAGES:
        page = main(browser.open(path))
        assert BAND[language].format(name) in plain(page), path
        told = [one for one in headlines(page) if one not in READERS_OWN and YOU[language].search(one)]
        assert told == [], path
    assert HEADING[language].format(name) in headlines(main(browser.open("/overview")))


def test_the_band_leads_back_to_ones_own_matters(house):
    browser = own(house, LIISA, "fi")
    assert "Hoidat toisen asioita" not in browser.open("/overview").text
    browser.submit("/act-as", {"party": str(party_id(VEIKKO))}, page="/overview")
    band = re.search(r'<div class="acting".*?</div>', browser.open("/sites").text, re.DOTALL)[0]
    back = re.search(r'name="party" value="([^"]+)"', band)[1]
    browser.submit("/act-as", {"party": back}, page="/overview")
    page = browser.open("/overview").text
    assert "Hoidat toisen asioita" not in page
    assert re.search(r"(Hyvää iltaa, |Hyvää huomenta, |Hei )Liisa", page)
