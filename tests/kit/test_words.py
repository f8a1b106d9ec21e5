"""Which language a reader gets, and how a text comes into it."""

import pytest
from jinja2 import DictLoader

from portal.kit.html import _Worded
from portal.kit.i18n import Language, choose, text

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
    environment = _Worded(loader=DictLoader({"page": source}), autoescape=True)
    environment.language = language
    return environment.get_template("page").render(**values)


def test_words_are_put_in_at_compile_time():
    environment = _Worded(loader=DictLoader({}), autoescape=True)
    environment.language = FI
    assert "Laskut" in environment.compile("{{ _('Invoices') }}", raw=True)


def test_what_stands_in_a_text_is_escaped():
    assert render("{{ _('Page %(number)s', number=name) }}", name="<b>") == "Sivu &lt;b&gt;"


@pytest.mark.parametrize(("n", "said"), [(1, "Korjaa yksi kohta"), (2, "Korjaa 2 kohtaa"), (0, "Korjaa 0 kohtaa")])
def test_one_and_many(n, said):
    source = "{{ ngettext('Fix %(n)s thing before you continue.', 'Fix %(n)s things before you continue.', n) }}"
    assert render(source, n=n).startswith(said)


def test_a_text_cannot_be_computed():
    with pytest.raises(TypeError, match="written out"):
        render("{{ _(name) }}", name="x")
