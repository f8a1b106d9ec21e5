"""What an address asks for and there is not, no page repeats: its answer does not grow."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.addresses import without_ids
from tests.browser import hidden

pytestmark = pytest.mark.sqlite

ADDRESSES = [address for address in without_ids() if not address.startswith("/.")]
ASKED = (
    *("at", "from", "to", "site", "energy", "compare", "show", "group", "years", "format", "resolution"),
    *("q", "by", "sort", "page", "year", "state", "topic", "kind", "field", "next", "notice", "saved", "token"),
    *("company", "points", "until", "renew", "change", "contract", "invoice", "whatever"),
)
JUNK = "x" * 5_000
WORDS = "y," * 2_500


def listed(browser, path):
    """The page that an address leads to, without a guard's or a form's detour."""
    answer = browser.get(path)
    return answer if answer.headers.get("content-type", "").startswith("text/html") else None


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_page_repeats_what_there_is_not(estate, path):
    browser = estate.act(estate.admin)
    plain = listed(browser, path)
    if plain is None:
        return
    for name, junk in [*((name, JUNK) for name in ASKED), ("show", WORDS), ("q", WORDS), ("points", WORDS)]:
        answer = browser.get(f"{path}?{name}={junk}")
        assert junk[:200] not in answer.text, name
        if answer.status_code == plain.status_code:
            assert len(answer.text) <= len(plain.text) + 1_000, name


def test_an_address_of_many_junk_values_is_not_repeated_either(estate):
    browser = estate.act(estate.admin)
    for path in ("/sites", "/invoices", "/contracts", "/messages", "/consumption"):
        junk = "&".join(f"show{number}=y" for number in range(5_000))
        assert len(browser.get(f"{path}?{junk}").text) <= len(browser.get(path).text) + 1_000


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("show=price,euros", "show=price%2Ceuros"),
        ("show=euros,price,euros,coal", "show=price%2Ceuros"),
        ("show=coal", ""),
        ("show=", "show="),
    ],
)
def test_what_there_is_to_show_is_kept(estate, asked, kept):
    source = estate.act(estate.admin).open(f"/consumption?at={estate.month:%Y-%m}&{asked}").text
    every = [link.split('"')[0].replace("&amp;", "&") for link in source.split('href="/consumption?')[1:]]
    linked = [link for link in every if "temperature" not in link]
    assert len(linked) == len(every) - 1 > 0  # one shows the temperature as well
    for link in linked:
        told = [f"{name}={value}" for name, value in parse_qsl(link, keep_blank_values=True) if name == "show"]
        assert told == [value.replace("%2C", ",") for value in [kept] if value]


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_page_repeats_a_short_word_that_there_is_not_either(estate, path):
    own = estate.house.open_for(estate.admin.code, estate.admin.name)
    everything = "&".join(f"{name}=coal7" for name in ASKED if name != "q")
    for browser in (own, estate.act(estate.admin)):
        for asked in (everything, "show=coal7", "year=coal7", "whatever=coal7"):
            assert "coal7" not in browser.get(f"{path}?{asked}").text, asked


def test_a_change_of_language_leads_back_to_all_that_the_address_asked_for(estate):
    browser = estate.act(estate.admin)
    asked = "/sites?q=talo&by=none"
    source = browser.open(asked).text
    assert 'name="next" value="/sites"' in source
    form = hidden(source) | {"language": "sv", "next": "/sites"}

    def leads(referer):
        return browser.post("/language", data=form, headers={"Referer": referer}).headers["location"]

    assert leads(f"https://portal.test{asked}") == asked
    assert leads("https://portal.test/invoices?show=paid") == "/sites"
    assert leads(f"https://evil.test{asked}") == "/sites"
    assert leads(f"https://portal.test/sites?q={JUNK}") == "/sites"
    assert browser.post("/language", data=form).headers["location"] == "/sites"


def test_a_junk_address_is_not_come_back_to_by_signing_in(estate):
    sent_away = estate.house.open_for("170466-9551").get(f"/organisation?{JUNK}")
    assert not urlsplit(sent_away.headers.get("location", "")).query or JUNK[:200] not in sent_away.headers["location"]
