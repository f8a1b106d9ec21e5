"""The wall of banks: what stands on it, in three languages, and while the broker is out of order."""

import json
import re

import anyio
import pytest

from portal.auth.actions import BANK_COOKIE
from portal.auth.bank_lists import DOCUMENT_S, MOST_BANKS, embedded, listed
from portal.auth.oidc.relying_party import DISCOVERY_S
from portal.auth.reasons import Reason
from portal.auth.rules import bank_mark
from portal.brand import DEMO_BRAND
from portal.demo.bank_documents import HANGS_S
from portal.demo.bank_mischief import Mischief
from portal.kit.i18n import Language
from portal.kit.outgoing import Unreachable
from tests.bank import BANK, PROFILE, hidden
from tests.browser import check

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", ["Kirjaudu sisään", "Testipankki", "Mobiili\N{SOFT HYPHEN}varmenne", "Testipankin tietosuojaseloste"]),
        ("sv", ["Logga in", "Testbanken", "Mobil\N{SOFT HYPHEN}certifikat", "Testbankens dataskyddsbeskrivning"]),
        ("en", ["Sign in", "Test Bank", "Mobile certificate", "Privacy notice of the test bank"]),
    ],
)
async def test_the_wall_speaks_the_visitors_language(world, language, words):
    wall = await world.visitor(language).get("/sign-in")
    check(wall, "/sign-in")
    for word in words:
        assert word in wall.text


async def test_each_bank_is_a_button_of_a_plain_form(visitor):
    wall = await visitor.get("/sign-in?next=/invoices/1")
    assert '<button class="bank" name="bank" value="fi-demo">' in wall.text
    assert hidden(wall.text, "/sign-in/bank").keys() == {"_token", "next", "broker"}
    assert hidden(wall.text, "/sign-in/bank")["next"] == "/invoices/1"


async def test_the_form_may_lead_to_the_broker_and_nowhere_else(world, visitor):
    policy = (await visitor.get("/sign-in")).headers["content-security-policy"]
    assert f"form-action 'self' {BANK};" in policy
    await visitor.sign_in()
    world.clock.forward(minutes=6)
    assert f"form-action 'self' {BANK};" in (await visitor.get("/confirm")).headers["content-security-policy"]


async def test_no_picture_comes_from_another_host(visitor):
    assert ".png" not in (await visitor.get("/sign-in")).text


async def test_a_disturbance_is_told(world, visitor):
    world.bank.misbehave(Mischief.WALL_DISTURBED)
    assert "Harjupankin tunnistuksessa on häiriö" in (await visitor.get("/sign-in")).text


@pytest.mark.parametrize("wrong", [None, Mischief.WALL_DISTURBED, Mischief.WALL_DOWN, Mischief.DISCOVERY_DOWN])
async def test_that_identification_works_is_said_only_while_nothing_speaks_against_it(world, visitor, wrong):
    if wrong:
        world.bank.misbehave(wrong)
    said = "Tunnistautumisessa ei ole tiedossa häiriöitä." in (await visitor.get("/sign-in")).text
    assert said is (wrong is None)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/return?state=unknown"])
async def test_who_cannot_sign_in_finds_help_both_numbers_and_the_texts(visitor, path):
    page = (await visitor.get(path)).text
    for href in ("/help", "/privacy-notice", "/accessibility", "/terms"):
        assert f'<a href="{href}">' in page
    for number in (DEMO_BRAND.phone_href, DEMO_BRAND.faults_phone_href):
        assert f'href="{number}"' in page


async def test_what_a_broker_says_is_text_and_never_markup(world, visitor):
    world.bank.misbehave(Mischief.WALL_HOSTILE)
    wall = await visitor.get("/sign-in")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in wall.text
    assert "<script>alert" not in wall.text
    assert "<img" not in wall.text
    assert "javascript:" not in wall.text


async def test_while_the_broker_is_down_the_wall_says_so_and_shows_the_banks_it_knows(world, visitor):
    world.bank.misbehave(Mischief.WALL_DOWN)
    wall = await visitor.get("/sign-in")
    assert wall.status_code == 200
    assert "Tunnistautumisessa on häiriö" in wall.text
    assert "Testipankki" in wall.text
    assert "Harjupankki" not in wall.text


@pytest.mark.parametrize("changes", [{}, {"wall": None}], ids=["embedded", "listed"])
async def test_a_broker_whose_endpoints_cannot_be_found_is_told_on_the_wall(world, changes):
    world = world.with_profile(**changes)
    world.bank.misbehave(Mischief.DISCOVERY_DOWN)
    wall = await world.visitor().get("/sign-in")
    assert "Tunnistautumisessa on häiriö" in wall.text
    assert "Testipankki" in wall.text


async def test_a_broker_that_hangs_is_told_within_three_seconds_and_asked_only_once(world, visitor):
    world.bank.misbehave(Mischief.WALL_HANGS)
    assert DOCUMENT_S < 3
    with anyio.fail_after(HANGS_S - 1):
        assert "Tunnistautumisessa on häiriö" in (await visitor.get("/sign-in")).text
    asked = list(world.calls)
    assert "Tunnistautumisessa on häiriö" in (await visitor.get("/sign-in")).text
    assert world.calls == asked


async def test_the_wall_is_asked_for_every_ten_minutes(world, visitor):
    for minutes in (0, 9, 1):
        world.clock.forward(minutes=minutes)
        await visitor.get("/sign-in")
    assert world.calls.count(f"{BANK}/api/embedded-ui/portal?lang=fi") == 2


async def test_a_bank_that_is_not_on_the_wall_cannot_be_chosen(world, visitor, requests_log):
    stayed = await visitor.leave(bank="fi-stranger")
    assert stayed.status_code == 409
    assert "Valitse pankki luettelosta" in stayed.text
    assert requests_log.reason() == Reason.BANK_UNKNOWN
    assert world.journeys == []


async def test_the_form_of_another_page_is_refused(visitor):
    assert (await visitor.browser.post("/sign-in/bank", data={"bank": "fi-demo", "_token": "x"})).status_code == 403


@pytest.mark.parametrize("notice", ["signed-out", "cancelled"])
async def test_an_occasion_is_said(visitor, notice):
    check(await visitor.get(f"/sign-in?notice={notice}"), notice)


async def test_a_made_up_occasion_is_not_said(visitor):
    assert "notice__title" not in (await visitor.get("/sign-in?notice=you-have-won")).text


# Documents


def document(**more):
    providers = [{"name": " Osuuspankki ", "imageUrl": "https://x/y.png", "ftn_idp_id": "fi-op"}]
    return json.dumps({"identityProviders": providers} | more).encode()


def test_a_documents_banks_and_words_are_read():
    wall = embedded(PROFILE, document(isbProviderInfo="By OP", isbConsent="Name", privacyNoticeLink="https://op.fi/p"))
    assert [(one.id, one.name, one.initials) for one in wall.choices] == [("fi-op", "Osuuspankki", "Os")]
    assert (wall.provider, wall.consent, wall.privacy_link) == ("By OP", "Name", "https://op.fi/p")
    assert wall.offers("fi-op")
    assert not wall.offers("fi-nordea")


@pytest.mark.parametrize(
    "said", [b"", b"{}", b"[]", b'{"identityProviders": {}}', b'{"identityProviders": [{"name": 1}, "x", null]}']
)
def test_a_document_that_offers_nothing_is_no_wall(said):
    with pytest.raises(Unreachable):
        embedded(PROFILE, said)


def test_a_flood_of_banks_is_cut():
    providers = [{"name": f"Bank {n}", "ftn_idp_id": f"b{n}"} for n in range(1000)]
    assert len(embedded(PROFILE, document(identityProviders=providers)).choices) == MOST_BANKS


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "ftp://x", 7, "http://op.fi"])
def test_a_strange_link_is_left_out(link):
    profile = PROFILE.model_copy(update={"allow_http": False})
    assert embedded(profile, document(privacyNoticeLink=link)).privacy_link == ""


def test_a_broker_without_a_wall_and_without_banks_gets_one_button():
    wall = listed(PROFILE.model_copy(update={"banks": ()}), Language.FI)
    assert [choice.id for choice in wall.choices] == [""]
    assert wall.offers("")


async def test_the_one_button_leads_to_the_brokers_own_choice_of_banks(world):
    visitor = world.with_profile(wall=None, banks=()).visitor()
    assert "Tunnistaudu" in (await visitor.get("/sign-in")).text
    assert (await visitor.sign_in(bank="")).status_code == 303


# The bank that was used last


def order(page):
    """The banks of the page, in their order."""
    return re.findall(r'<button class="bank" name="bank" value="([^"]*)"', page.text)


async def test_the_bank_that_was_used_last_stands_first(world, visitor):
    listed = order(await visitor.get("/sign-in"))
    await visitor.sign_in(bank="fi-harju")
    await visitor.browser.post("/sign-out")
    assert order(await visitor.get("/sign-in")) == ["fi-harju", *(bank for bank in listed if bank != "fi-harju")]
    assert order(await world.visitor().get("/sign-in")) == listed, "for this browser only"


async def test_a_bank_that_signed_nobody_in_is_not_remembered(world, visitor):
    listed = order(await visitor.get("/sign-in"))
    await visitor.sign_in(None, bank="fi-harju")
    assert order(await visitor.get("/sign-in")) == listed


async def test_a_bank_that_is_not_there_any_more_leaves_the_order_as_it_is(world, visitor):
    listed = order(await visitor.get("/sign-in"))
    visitor.browser.cookies.set(BANK_COOKIE, bank_mark("demo", "fi-gone"), domain="portal.test")
    assert order(await visitor.get("/sign-in")) == listed


async def test_the_broker_of_the_bank_that_was_used_last_comes_first(world):
    other = world.profile.model_copy(update={"name": "other", "wall": None})
    world.open_portal(other)
    visitor = world.visitor()
    visitor.browser.cookies.set(BANK_COOKIE, bank_mark("other", "fi-demo"), domain="portal.test")
    brokers = re.findall(r'name="broker" value="([^"]+)"', (await visitor.get("/sign-in")).text)
    assert brokers == ["other", "demo"]


# While a broker is out of order


async def test_other_brokers_other_ways_and_living_sessions_go_on_while_a_broker_hangs(world, visitor):
    """The broker hangs at both its documents; everybody else is served meanwhile, and the page comes in time."""
    await visitor.sign_in()
    world.open_portal(world.profile.model_copy(update={"name": "other", "issuer": "https://other.test"}))
    hanging = anyio.Event()

    async def hangs(scope, receive, send):
        hanging.set()
        await anyio.sleep(HANGS_S)

    world.elsewhere["other.test"] = hangs
    walls = []

    async def look():
        walls.append(await world.visitor().get("/sign-in"))

    assert max(DOCUMENT_S, DISCOVERY_S) < 3, "both are asked for at once"
    with anyio.fail_after(HANGS_S - 1):
        async with anyio.create_task_group() as meanwhile:
            meanwhile.start_soon(look)
            await hanging.wait()
            assert await visitor.is_in()
            assert walls == []
    [wall] = walls
    assert "Tunnistautumisessa on häiriö" in wall.text
    assert order(wall)[:5] == ["fi-demo", "fi-saari", "fi-harju", "fi-tunturi", "fi-mobile"]
    assert (await world.visitor().sign_in()).status_code == 303
