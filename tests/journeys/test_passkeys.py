"""Passkeys in a real browser, with the authenticator that Chromium has for tests; and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import new_page, sign_in

pytestmark = pytest.mark.xdist_group("journeys-1")

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(page):
    """Give a browser an authenticator; what turns its person's verification on and off."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    known = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    def verify(*, succeeds):
        device.send("WebAuthn.setUserVerified", known | {"isUserVerified": succeeds})

    return verify


def test_a_passkey_is_added_signs_in_and_is_removed(chrome, demo):
    with new_page(chrome, demo) as page:
        verify = with_device(page)
        sign_in(page, "Aino Mäkelä")
        page.goto("/account/sign-in")
        page.get_by_label("Uuden pääsyavaimen nimi").fill("Puhelin")
        page.get_by_role("button", name="Lisää pääsyavain").click()
        expect(page.get_by_text("Pääsyavaimesi on lisätty.")).to_be_visible()
        page.context.clear_cookies(name="__Host-sid")
        page.goto("/sign-in?next=/consumption")
        page.get_by_role("link", name=re.compile("Kirjaudu pääsyavaimella")).click()
        page.get_by_role("button", name="Käytä pääsyavainta").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Kulutus"))
        page.goto("/privacy")
        expect(page).to_have_url(re.compile(r"/confirm\?next=/privacy"))

        page.context.clear_cookies(name="__Host-sid")
        page.goto("/sign-in/passkey")
        verify(succeeds=False)
        page.get_by_role("button", name="Käytä pääsyavainta").click()
        expect(page.get_by_role("alert")).to_have_text(
            "Pääsyavainta ei käytetty. Yritä uudelleen tai kirjaudu pankkitunnuksilla."
        )

        verify(succeeds=True)
        sign_in(page, "Aino Mäkelä")
        page.goto("/account/sign-in")
        page.get_by_role("button", name=re.compile("Poista.*Puhelin")).click()
        expect(page.get_by_text("Pääsyavain on poistettu.")).to_be_visible()


def test_without_scripts_the_page_says_what_it_needs_and_leads_to_the_bank(chrome, demo):
    with new_page(chrome, demo, java_script_enabled=False) as page:
        page.goto("/sign-in/passkey")
        expect(page.get_by_text("Pääsyavaimet tarvitsevat JavaScriptin")).to_be_visible()
        expect(page.get_by_role("button", name="Käytä pääsyavainta")).to_be_hidden()
        page.get_by_role("link", name="Kirjaudu pankkitunnuksilla").click()
        expect(page).to_have_url(re.compile(r"/sign-in\?next="))
