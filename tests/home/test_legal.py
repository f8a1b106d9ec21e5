"""What anybody may read: texts in three languages, ours or the company's own, and security.txt."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.brand import DEMO_BRAND, Security
from portal.home import legal, texts
from portal.home.texts import BadTexts, Block, BlockKind, PageName, Piece
from portal.kit.i18n import Language
from portal.privacy.catalogue import GROUPS
from tests import days
from tests.browser import Browser
from tests.people import AINO, House, Resident
from tests.portal import routes
from tests.settings import installation, settings

pytestmark = pytest.mark.sqlite

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
SMALL = """Version: 2026-11-21
# Ehdot
{company}: [apua](/help)
## Osa
Yksi **vahva** sana.
- a
- b
### Kysymys
Vastaus.
"""


def test_a_text_stands_in_every_language_for_anybody(house):
    aino = Resident(house, AINO, "Aino Mäkelä", "1001").browser
    for name in PageName:
        for language in Language:
            nobody = Browser(house.app, language=language).open(f"/{name}")
            assert 'href="/sign-in"' in nobody.text
            assert DEMO_BRAND.phone in nobody.text
        assert 'action="/sign-out"' in aino.open(f"/{name}").text


def test_the_languages_of_a_text_have_the_same_parts():
    said = texts.load(legal.OURS, None, DEMO_BRAND)
    for name in PageName:
        shapes = {
            tuple(tuple((block.kind, len(block.lines)) for block in part.blocks) for part in one.sections)
            for one in said[name].values()
        }
        links = {
            tuple(piece.href for part in one.sections for block in part.blocks for line in block.lines for piece in line
                  if piece.href and piece.href.startswith("/"))
            for one in said[name].values()
        }  # fmt: skip
        assert len(shapes) == len({tuple(sorted(one)) for one in links}) == 1, name


def test_a_text_leads_to_pages_that_there_are():
    served = {route.path for route in routes()}
    for pages in texts.load(legal.OURS, None, DEMO_BRAND).values():
        for section in pages[Language.EN].sections:
            for block in section.blocks:
                hrefs = {piece.href for line in block.lines for piece in line if piece.href}
                assert {href for href in hrefs if href.startswith("/")} <= served


@pytest.mark.parametrize("language", Language)
def test_the_notice_says_of_each_group_how_long_it_is_kept_as_all_other_pages_do(language):
    said = texts.load(legal.OURS, None, DEMO_BRAND)[PageName.PRIVACY_NOTICE][language]
    lines = {
        "".join(piece.words for piece in line)
        for part in said.sections
        for block in part.blocks
        for line in block.lines
    }
    for described in GROUPS.values():
        assert f"{described.title.said(language)}: {described.about.retention.said(language)}" in lines


def test_no_text_tells_a_retention_in_years_by_itself_but_that_of_other_registers():
    for language, year in ((Language.FI, "vuo"), (Language.SV, " år"), (Language.EN, "year")):
        source = (legal.OURS / f"privacy-notice.{language}.txt").read_text(encoding="utf-8")
        told = [line for line in source.splitlines() if re.search(rf"\d+\s?{year}", line)]
        assert [line.startswith("- **") and "1" in line for line in told] == [True], told


def test_a_text_is_read_into_parts_with_the_facts_of_the_brand():
    said = texts.read(SMALL, DEMO_BRAND, Language.FI)
    assert said.lede == (Piece("Esimerkki Energia Oy: "), Piece("apua", href="/help"))
    (part,) = said.sections
    assert part.blocks == (
        Block(BlockKind.PARAGRAPH, ((Piece("Yksi "), Piece("vahva", strong=True), Piece(" sana.")),)),
        Block(BlockKind.ITEMS, ((Piece("a"),), (Piece("b"),))),
        Block(BlockKind.HEADING, ((Piece("Kysymys"),),)),
        Block(BlockKind.PARAGRAPH, ((Piece("Vastaus."),),)),
    )


def own(folder, text, languages=Language):
    for language in languages:
        (folder / f"terms.{language}.txt").write_text(text, encoding="utf-8")
    return folder


def test_the_companys_own_text_stands_in_place_of_ours(tmp_path):
    said = texts.load(legal.OURS, own(tmp_path, SMALL.replace("Osa", "<script>")), DEMO_BRAND)
    assert said[PageName.TERMS][Language.SV].sections[0].title == "<script>", "text is text; the template escapes it"
    assert said[PageName.HELP] == texts.load(legal.OURS, None, DEMO_BRAND)[PageName.HELP]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SMALL.replace("Version: 2026-11-21\n", ""), "begins with"),
        (SMALL.replace("2026-11-21", "2026-13-21"), "is no day"),
        (SMALL.replace("{company}", "{firm}"), "names the fact {firm}"),
        (SMALL.replace("(/help)", "(javascript:alert(1))"), "has a link to javascript:"),
        (SMALL.replace("(/help)", "(//evil.example)"), "has a link to //evil"),
        (SMALL.replace("## Osa", "Osa"), 'before its first "## "'),
        ("", "begins with"),
    ],
)
def test_a_bad_text_is_refused_by_its_file(tmp_path, text, says):
    with pytest.raises(BadTexts, match=r"terms\.fi\.txt") as refused:
        texts.load(legal.OURS, own(tmp_path, text), DEMO_BRAND)
    assert says in str(refused.value)


def test_a_text_of_ones_own_stands_in_every_language(tmp_path):
    with pytest.raises(BadTexts, match=r"terms\.sv\.txt cannot be read"):
        texts.load(legal.OURS, own(tmp_path, SMALL, [Language.FI]), DEMO_BRAND)


PAPER = {
    "fi": "Jokainen paperilasku maksaa 2,90 €, sis. alv.",
    "sv": "Varje pappersfaktura kostar 2,90 €, inkl. moms.",
    "en": "Each paper invoice costs 2,90 €, incl. VAT.",
}


@pytest.mark.parametrize("language", PAPER)
def test_what_a_paper_bill_costs_is_told_where_one_chooses_and_in_help(house, language):
    house.customer(AINO, "Aino Mäkelä", "1001")
    browser = house.open_for(AINO, "Aino Mäkelä", language=language)
    for path in ("/help", "/account/billing", "/welcome/billing"):
        assert browser.open(path).text.replace("\u00a0", " ").count(PAPER[language]) == 1, path


@pytest.mark.parametrize("language", PAPER)
def test_where_the_company_tells_no_price_of_paper_bills_nothing_is_claimed(database, language):
    said = settings()
    silent = replace(said, brand=said.brand.model_copy(update={"paper_bill_price": None}))
    silent_house = House(database, silent)
    silent_house.customer(AINO, "Aino Mäkelä", "1001")
    browser = silent_house.open_for(AINO, "Aino Mäkelä", language=language)
    for path in ("/help", "/account/billing", "/welcome/billing"):
        page = browser.open(path).text
        assert not re.search("paperilasku|pappersfaktur|paper invoice", page, re.IGNORECASE), path


def test_security_txt_is_that_of_rfc_9116(house):
    answer = Browser(house.app).get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert list(fields) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert fields["Canonical"] == "https://portal.test/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - days.now()
    assert timedelta(days=170) < left < timedelta(days=365)


def test_security_txt_names_a_policy_and_never_lacks_a_contact():
    brand = DEMO_BRAND.model_copy(
        update={"security": Security(contact="https://a.example/x", policy="https://a.example/p")}
    )
    assert "Policy: https://a.example/p\n" in legal.security_txt(replace(installation(), brand=brand), NOW)
    bare = DEMO_BRAND.model_copy(update={"security": None})
    assert legal.security_txt(replace(installation(), brand=bare), NOW).startswith(
        "Contact: mailto:asiakaspalvelu@example.fi\n"
    )
