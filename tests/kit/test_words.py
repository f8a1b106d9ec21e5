"""Which language a reader gets, and how a text comes into it."""

import re

import pytest
from jinja2 import DictLoader

from portal.kit.html import _Worded
from portal.kit.i18n import Language, choose, counted, text
from tests.browser import counts_of_nothing
from tests.words import SHUNNED

FI, SV, EN = Language.FI, Language.SV, Language.EN


@pytest.mark.parametrize(
    ("cookie", "asked", "language"),
    [
        ("sv", "fi", SV),
        ("de", "en", EN),
        (None, "sv-FI, fi;q=0.9, en;q=0.8", SV),
        (None, "de, en;q=0.3, fi;q=0.7", FI),
        (None, "de", FI),
        (None, "", FI),
        (None, None, FI),
        (None, "en;q=x, sv;q=0.1", SV),
        (None, ",;q=,;;;", FI),
    ],
)
def test_the_readers_language(cookie, asked, language):
    assert choose(cookie, asked) is language


def test_a_text_is_said_later_with_what_it_holds():
    inner = text("Invoices")
    assert text("Page %(number)s", number=inner).said(SV) == "Sida Fakturor"


def render(source, language=FI, **values):
    environment = _Worded(language, {}, loader=DictLoader({"page": source}), autoescape=True)
    return environment.get_template("page").render(**values)


def test_words_are_put_in_at_compile_time():
    environment = _Worded(FI, {}, loader=DictLoader({}), autoescape=True)
    assert "Laskut" in environment.compile("{{ _('Invoices') }}", raw=True)


def test_what_stands_in_a_text_is_escaped():
    assert render("{{ _('Page %(number)s', number=name) }}", name="<b>") == "Sivu &lt;b&gt;"


@pytest.mark.parametrize(("n", "said"), [(1, "Korjaa yksi kohta"), (2, "Korjaa 2 kohtaa"), (0, "Korjaa 0 kohtaa")])
def test_one_and_many(n, said):
    source = "{{ ngettext('Fix %(n)s thing before you continue.', 'Fix %(n)s things before you continue.', n) }}"
    assert render(source, n=n).startswith(said)


@pytest.mark.parametrize(("n", "said"), [(0, "Ei vielä laskuja"), (1, "1 lasku"), (2, "2 laskua")])
def test_nothing_is_told_in_words_of_its_own(n, said):
    told = counted("%(n)s invoice", "%(n)s invoices", n, none=text("No invoices yet"))
    assert told.said(FI) == said


def test_a_page_that_counts_nothing_is_found_out():
    counts = counts_of_nothing("fi")
    for said in ("Annettu 0 suostumusta.", "Näkyvissä 0 kohdetta", "0 kohdetta vastaa hakua ”x”."):
        assert counts.search(said), said
    for said in ("10 kohdetta", "2\u00a0000 kohdetta", "0,0 kohdetta", "0 kohdettamme"):
        assert not counts.search(said), said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Kaikki lukemat ovat tulleet."),
        ("fi", "3 laskua maksamatta"),
        ("sv", "Du måste inte lämna dina uppgifter"),
        ("en", "Use fell by 1.5 %"),
        ("en", "At most 5,000 characters"),
    ],
)
def test_a_wording_that_was_found_wrong_does_not_come_back(language, words):
    assert any(re.search(pattern, words, re.IGNORECASE) for pattern in SHUNNED[language])


def test_a_text_cannot_be_computed():
    with pytest.raises(TypeError, match="written out"):
        render("{{ _(name) }}", name="x")
