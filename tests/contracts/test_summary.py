"""The summary of a contract on paper: what it says, in the reader's language."""

import io
from datetime import date
from decimal import Decimal

import pikepdf
import pytest

from portal.contracts import summary
from portal.contracts.kinds import ContractKind
from portal.contracts.records import DatedPrice
from portal.kit.i18n import Language
from tests.browser import hidden
from tests.contracts import values
from tests.contracts.register import Register
from tests.papers import words
from tests.requests.conftest import Home
from tests.requests.values import TODAY, contract

MARCH = date(2027, 3, 1)
IN_WINTER = "In a cold winter"
OF_VAT = "VAT is added to their sum"


@pytest.fixture
def home(database, aino):
    return Home(Register(database), aino)


@pytest.mark.sqlite
def test_a_contract_is_summed_up(aino, home):
    answer = aino.browser.get(f"/contracts/{home.sales}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    said = words(answer.content)
    for told in ("Sopimuksen yhteenveto", "Vakaa · Esimerkkikatu 4", "Irtisanomisaikasi", "toistaiseksi", "Tilanne"):
        assert told in said
    with pikepdf.open(io.BytesIO(answer.content)) as built:
        assert str(built.Root.Lang) == "fi"
        assert built.Root.MarkInfo.Marked
    page = aino.browser.open(f"/contracts/{home.sales}")
    aino.browser.post("/language", data=hidden(page.text) | {"language": "sv"})
    answer = aino.browser.get(f"/contracts/{home.sales}/pdf")
    assert "Sammandrag av avtalet" in words(answer.content)
    with pikepdf.open(io.BytesIO(answer.content)) as built:
        assert str(built.Root.Lang) == "sv"


@pytest.mark.sqlite
def test_nobody_else_reads_it(mikko, home):
    assert mikko.browser.get(f"/contracts/{home.sales}/pdf").status_code == 404


def told(held):
    """The facts of the summary by their labels, and its sentences in one, in English."""
    paper = summary.document(held, None, TODAY, Language.EN).content
    facts = {said(one.label): said(one.value) for section in paper.sections for one in section.facts}
    return facts, " ".join(said(one) for section in paper.sections for one in section.sentences)


def said(words):
    return (words if isinstance(words, str) else words.said(Language.EN)).replace("\u00a0", " ")


def price(part, first=values.LONG_AGO, last=None, kind=ContractKind.SALES):
    return DatedPrice(kind, part, first, last, Decimal("25.5"))


def test_prices_that_end_and_those_to_come_say_when():
    base = values.monthly(5)
    until = price(base, last=date(2027, 2, 28))
    for a_price, when in [
        (price(base), "en"),
        (until, "en, until 28 Feb 2027"),
        (price(base, MARCH), "en, from 1 Mar 2027"),
        (price(base, MARCH, date(2027, 3, 31)), "en, 1–31 Mar 2027"),
    ]:
        facts, _ = told(contract(every_price=(a_price,)))
        assert when in facts


def test_vat_is_told_of_where_there_are_prices_also_where_all_are_to_come():
    for prices, heard in [((), False), ((price(values.monthly(5), MARCH),), True), ((price(values.monthly(5)),), True)]:
        _, sentences = told(contract(every_price=prices))
        assert (OF_VAT in sentences) is heard
    both = price(values.monthly(5), last=date(2027, 2, 28)), price(values.monthly(6), MARCH)
    _, sentences = told(contract(every_price=both))
    assert sentences.count(OF_VAT) == 1


@pytest.mark.parametrize(
    ("facts", "how_often"),
    [
        ({}, "every quarter hour"),
        ({"billing_minutes": 60}, "every hour"),
        ({"first": MARCH, "since": MARCH}, "every quarter hour"),
        ({"kind": ContractKind.PURCHASE}, None),
    ],
)
def test_who_buys_by_the_exchange_reads_what_that_means(facts, how_often):
    facts = dict(facts)
    spot = price(values.margin("0.5"), facts.pop("since", values.LONG_AGO))
    _, sentences = told(contract(every_price=(spot,), **facts))
    assert (IN_WINTER in sentences) is bool(how_often)
    assert how_often is None or f"changes {how_often} with the exchange" in sentences
    assert "at least 30 days ahead" not in sentences
