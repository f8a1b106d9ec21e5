"""Who handles another's matters is told so above every page, and no headline there speaks of "you"."""

import re

import pytest

from portal.demo.people import JUHA, LANDLORD, LIISA, VEIKKO
from portal.demo.register import party_id
from tests import markup
from tests.seeded import copied_house

PAGES = (
    *("/overview", "/consumption", "/invoices", "/contracts", "/sites", "/messages", "/account"),
    *("/organisation", "/consents", "/authorisations", "/privacy"),
)
READERS_OWN = {
    *("My details", "You, Liisa Hakala", "You, Juha Lehto", "Where you are signed in", "Your language"),
    *("Sinä, Liisa Hakala", "Sinä, Juha Lehto", "Missä olet kirjautuneena"),
    *("Mina uppgifter", "Du, Liisa Hakala", "Du, Juha Lehto", "Var du är inloggad", "Ditt språk"),
}  # of whoever is signed in, whomever they act for
HEADLINES = (
    "//main//*[self::h1 or self::h2 or self::h3 or self::dt or self::caption]"
    " | //main//*[starts-with(@class, 'fig') or starts-with(@class, 'stat__') or starts-with(@class, 'sentence')]"
    " | //section[@aria-labelledby='needs']//*[@class='row__title']"
)
YOU = {
    "en": re.compile(r"\b(you|your|yours|my)\b", re.IGNORECASE),
    "fi": re.compile(
        r"\b(olet|et|voit|sin(ä|un|ulla|ua|usta|ulle|uun)|\w*(tieto|tietoja|lasku|laskuja|sopimukse|kohtee|puolesta|pyyntö)(si|ni))\b",
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
    with copied_house(seeded_sqlite, tmp_path_factory.mktemp("another")) as house:
        yield house


def own(house, person, language):
    persona = person.persona
    name = f"{persona.given_names} {persona.family_name}"
    return house.open_for(persona.identity_code, name, language=language)


def headlines(page):
    return [markup.said(headline) for headline in markup.found(page, HEADLINES)]


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
        page = browser.open(path)
        assert BAND[language].format(name) in markup.words(page, "//main"), path
        told = [one for one in headlines(page) if one not in READERS_OWN and YOU[language].search(one)]
        assert told == [], path
    assert HEADING[language].format(name) in headlines(browser.open("/overview"))


def test_the_band_leads_back_to_ones_own_matters(house):
    browser = own(house, LIISA, "fi")
    assert "Hoidat toisen asioita" not in browser.open("/overview").text
    browser.submit("/act-as", {"party": str(party_id(VEIKKO))}, page="/overview")
    [back] = markup.found(browser.open("/sites"), "//div[@class='acting']//*[@name='party']/@value")
    browser.submit("/act-as", {"party": back}, page="/overview")
    page = browser.open("/overview").text
    assert "Hoidat toisen asioita" not in page
    assert re.search(r"(Hyvää iltaa, |Hyvää huomenta, |Hei )Liisa", page)
