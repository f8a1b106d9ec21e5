"""Components are macros in files of their own, and one module to the pages."""

from portal.kit.html import Html
from portal.kit.i18n import Language


def test_components_print_each_other_and_what_indents_them_is_not_sent(tmp_path):
    folder = tmp_path / "components"
    folder.mkdir()
    (folder / "item.html").write_text("{% macro item(word) %}\n  <li>{{ strong(word) }}</li>\n{% endmacro %}")
    (folder / "strong.html").write_text("{% macro strong(word) %}<b>{{ word }}</b>{% endmacro %}")
    (tmp_path / "list.html").write_text("<ul>\n    {{ ui.item(1) }}\n</ul>\n")
    said = Html(tmp_path, str).piece("list.html", Language.EN)
    assert said.split() == ["<ul>", "<li><b>1</b></li>", "</ul>"]
    assert "  " not in said
