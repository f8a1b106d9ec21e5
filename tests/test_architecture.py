"""Rules that every page, query, template and setting of the portal keeps. Each failure says what to do."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from jinja2 import meta, nodes
from starlette.routing import Mount, Route

from portal.kit.access import Guard
from portal.kit.html import Page
from portal.kit.i18n import Language
from tests import words
from tests.addresses import doors
from tests.portal import html, routes

ROOT = Path(__file__).parent.parent
CODE = sorted((ROOT / "portal").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WORDS = {"_", "ngettext"}  # put in when a template is compiled
FIXED = {"brand", "asset", "integrity", "nonce", "form_token", "form_page", "language", "service_name"}
GIVEN = {"here", "ui"} | WORDS | FIXED  # no page gives a value of such a name
LINE, TEXT = 140, 100  # a line of a template is no longer, but for one long text, which stays whole

# What a template may do with data, and why; else it asks and prints.
OF_DATA = {
    *("sort", "dictsort", "unique", "reverse", "groupby", "select", "reject", "selectattr", "rejectattr"),
    *("map", "sum", "min", "max", "batch", "slice"),
}
NAMED, OLDEST_LAST = "how many more there are than it names", "what happened in order, told from the newest"
ALLOWED = {
    ("authorisations/preview.html", "Sub"): NAMED,
    ("consumption/notices.html", "Sub"): NAMED,
    ("outages/parts.html", "Sub"): NAMED,
    ("consumption/parts.html", "select"): "of four words those that are true, joined",
    ("invoices/show.html", "map"): "each in the reader's language, joined",
    ("privacy/request.html", "reverse"): OLDEST_LAST,
    ("requests/show.html", "reverse"): OLDEST_LAST,
    ("auth/banks.html", "for ... if"): "of each broker what it tells of itself, if it does",
    ("consumption/chart.html", "for ... if"): "of ticks those above naught, which get a line",
    ("consumption/parts.html", "for ... if"): "of steps those that tell anything, each with the weather of its place",
    ("bill_check/all.html", "for ... if"): "the few of which it was asked what they are",
    ("invoices/facts.html", "for ... if"): "what is wide enough to be drawn, and months that have room for a name",
    ("invoices/parts.html", "for ... if"): "of the parts of a bill those that are anything",
    ("invoices/show.html", "for ... if"): "of payments those that are to be warned of",
}

# What may stand only in its one home, and why.
HOMES = {
    r"\.commit\(": ({"portal/kit/db.py", "portal/migrations/env.py"}, "kit/db.py commits, once, at the end"),
    r"\bMarkup\(": ({"portal/kit/html.py"}, "only kit/html.py marks text as safe"),
    r"datetime\.now\(|date\.today\(|time\.time\(": ({"portal/kit/clock.py"}, "take `now` as an argument"),
    r"\bprint\(": (
        {"portal/cli/", "portal/demo/run.py"},
        "log what happened (no personal data), or return it for the command line to print",
    ),
}

GIVEN_UP = {
    *("wish", "wishes", "desk", "witness", "stay", "stays", "said", "happening", "happenings", "place", "places"),
    *("window", "windows", "standing", "wall", "walls", "shelf", "look", "looks"),
}
"""Words that hid what they meant (docs/glossary.md); NotThere, WallClock and the like are other words in one."""

OTHER_WORDS = {"NotThere", "WallClock", "wall_clock"}
SLICES_A_NAME = 2


def relative(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_what_has_one_home_stays_there(path):
    source = path.read_text()
    for pattern, (homes, remedy) in HOMES.items():
        if homes & {relative(path), f"{relative(path.parent)}/"}:
            continue
        found = re.search(pattern, source)
        assert not found, f"{relative(path)}: `{found[0]}`: {remedy}"


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_marks_nothing_as_safe(path):
    found = re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text())
    assert not found, f"{relative(path)}: `{found[0]}`: escape everything; only kit/html.py marks text as safe"


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_has_no_inline_style_or_script(path):
    source = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|hx-on|javascript:", source), f"{relative(path)}: the CSP refuses it"


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_can_be_read_without_scrolling(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        texts = re.findall(r'"[^"]*"', line)
        assert len(line) <= LINE or max(map(len, texts), default=0) > TEXT, f"{relative(path)}:{number}: break the line"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_template_compiles_in_every_language(path, language):
    html().environment(language).get_template(path.relative_to(ROOT / "templates").as_posix())


def kinds(parent=Page):
    for kind in parent.__subclasses__():
        if kind.__module__.startswith("portal."):
            yield kind
            yield from kinds(kind)


def pages():
    routes()  # imports every slice's pages
    return sorted((kind for kind in kinds() if hasattr(kind, "template")), key=lambda kind: kind.__qualname__)


def names_needed(template):
    environment = html().environment(Language.EN)
    source, *_ = environment.loader.get_source(environment, template)
    tree = environment.parse(source)
    needed = meta.find_undeclared_variables(tree)
    for other in meta.find_referenced_templates(tree):
        needed |= names_needed(other)
    return needed - GIVEN


def worked_out_in(path):
    """What a template does with data beside asking for it and printing it: filters, sorts, adds, leaves some out."""
    arithmetic = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)
    tree = html().environment(Language.EN).parse(path.read_text())
    name = path.relative_to(ROOT / "templates").as_posix()
    for node in tree.find_all((nodes.Filter, nodes.For, *arithmetic)):
        if isinstance(node, nodes.Filter):
            if node.name in OF_DATA:
                yield name, node.name
        elif not isinstance(node, nodes.For):
            yield name, type(node).__name__
        elif node.test is not None or is_one_condition(node.body):
            yield name, "for ... if"


def is_one_condition(body):
    """Whether a loop does nothing but what one `if` lets through, which leaves out the rest as its own `if` would."""
    told = [node for node in body if not is_blank(node)]
    return len(told) == 1 and isinstance(told[0], nodes.If) and not (told[0].elif_ or told[0].else_)


def is_blank(node):
    return isinstance(node, nodes.Output) and not any(
        not isinstance(part, nodes.TemplateData) or part.data.strip() for part in node.nodes
    )


def test_templates_ask_and_print_and_never_filter_sort_or_add():
    found = {one for path in TEMPLATES for one in worked_out_in(path)}
    assert found - ALLOWED.keys() == set(), "let a property of the record tell it (the record that the query builds)"
    assert ALLOWED.keys() <= found, "allowed, but nothing does it any more"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.__qualname__)
def test_a_template_uses_exactly_what_its_page_gives(page):
    given = {field.name for field in fields(page)}
    assert names_needed(page.template) == given, f"{page.__qualname__} and templates/{page.template} disagree"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.__qualname__)
def test_every_page_has_a_title_and_one_heading(page):
    source = (ROOT / "templates" / page.template).read_text()
    assert "{% block title %}" in source, f"templates/{page.template}: say its title in a block"
    parts = [(ROOT / "templates" / name).read_text() for name in re.findall(r'{% (?:from|import) "([^"]+)"', source)]
    assert any("<h1" in part for part in [source, *parts]), f"templates/{page.template}: give it an h1"


def test_every_route_names_its_guard():
    for route in routes():
        if isinstance(route, Mount):
            continue
        assert isinstance(route, Route), route
        assert isinstance(getattr(route, "guard", None), Guard), (
            f"{route.path}: make it with page(), action() or flow()"
        )


def test_no_address_is_served_twice():
    seen = [(route.path, method) for route in routes() for method in route.methods]
    assert len(seen) == len(set(seen))


def test_no_address_disappears():
    """Customers keep bookmarks. An address that must go is left in this list and redirected."""
    kept = {door.route for door in doors()}
    served = {route.path for route in routes()}
    assert kept <= served, f"gone: {sorted(kept - served)}: serve a redirect there"
    assert served <= kept, f"new: {sorted(served - kept)}: add them to tests/addresses.txt"


@pytest.mark.parametrize("path", [path for path in CODE if path.name == "queries.py"], ids=relative)
def test_queries_begin_from_who_is_asking(path):
    """What is looked up for whoever asks stands in lookups.py, where its name warns of it."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            begins = [ast.unparse(argument) for argument in node.args.args[:2]]
            assert begins in (["db: Session", "who: User"], ["db: Session", "who: ConfirmedUser"]), (
                f"{relative(path)}: {node.name}({', '.join(begins)}, ...): begin with db and the user who asks"
            )


QUERIES_OF_A_NOUN = ("portal/messages/subjects.py", "portal/privacy/holdings.py", "portal/privacy/log.py")


@pytest.mark.parametrize("name", QUERIES_OF_A_NOUN)
def test_what_asks_the_database_for_a_page_begins_from_who_is_asking_there_too(name):
    for node in ast.parse((ROOT / name).read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = [argument.arg for argument in node.args.args[:2]]
            assert "db" not in names or names == ["db", "who"], f"{name}: {node.name}: begin with db, who"


def test_every_setting_stands_in_the_readme():
    settings = set(re.findall(r'"(PORTAL_[A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
    told = set(re.findall(r"`(PORTAL_[A-Z_]+)`", (ROOT / "README.md").read_text()))
    assert settings <= told, f"add to the table of README.md: {sorted(settings - told)}"
    assert told <= settings, f"README.md names settings that are not read: {sorted(told - settings)}"


def test_every_text_is_said_in_every_language():
    assert list(words.complaints()) == []


def test_nothing_names_a_place_of_one_machine():
    for path in [*CODE, *TEMPLATES, ROOT / "README.md", ROOT / "Makefile"]:
        assert not re.search(r"/home/|/Users/|/root/", path.read_text()), relative(path)


@pytest.mark.parametrize("path", CODE, ids=relative)
def test_names_are_words_of_the_field(path):
    names = [
        path.stem,
        *(node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)),
    ]
    found = {name: words & GIVEN_UP for name in names if (words := _words(name)) & GIVEN_UP and name not in OTHER_WORDS}
    assert not found, f"{relative(path)}: {found}: docs/glossary.md has the word"


def test_one_name_of_a_class_means_one_thing():
    slices = {}
    for path in CODE:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                slices.setdefault(node.name, set()).add(path.relative_to(ROOT / "portal").parts[0])
    found = {name: sorted(where) for name, where in slices.items() if len(where) > SLICES_A_NAME}
    assert not found, f"{found}: say in the name of which thing it is (docs/glossary.md)"


def _words(name):
    """`OpenSession` and `open_sessions` as words."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}
