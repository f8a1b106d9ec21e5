"""Consents in the whole portal, by somebody who came from their bank."""

from tests.browser import hidden
from tests.consents.conftest import EMAIL
from tests.consents.test_pages import form, plain
from tests.people import AINO


def test_a_decision_is_made_by_who_signed_in_and_for_their_own_customer_number(house):
    house.customer(AINO, "Aino Mäkelä", "1001")
    browser = house.open_for(AINO, "Aino Mäkelä")
    assert "Aino Mäkelä, asiakasnumero 1001" in plain(browser.open("/consents"))
    saved = browser.post("/consents", data=form(browser).fields | {EMAIL: "on"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/consents?saved=1")
    history = plain(browser.open("/consents/history"))
    assert "Ennen: ei suostumusta, jälkeen: suostumus · Aino Mäkelä · Tässä palvelussa" in history


def test_somebody_who_is_no_customer_is_told_so(oona):
    assert "Päätettävää ei vielä ole" in oona.open("/consents").text
    refused = oona.post("/consents", data=hidden(oona.get("/consents").text) | {EMAIL: "on"})
    assert refused.status_code == 409
