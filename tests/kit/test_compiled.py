"""Templates become plainer code, and say what they said."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import escape

from portal.kit import formats
from portal.kit.compiled import PlainEnvironment
from portal.kit.energy import Energy
from portal.kit.html import printed
from portal.kit.i18n import Language
from portal.kit.money import Money

UI = """
{% macro b(text) %}<b>{{ text }}</b>{% endmacro %}
{% macro icon(name, kind="") %}<i{% if kind %} class="{{ kind }}"{% endif %}>{{ place }}#{{ name }}</i>{% endmacro %}
{% macro box(title, text="") %}<div>{{ icon("box") }}{{ title }}{{ caller() }}{{ text }}</div>{% endmacro %}
{% macro rows(items) %}{% for item in items %}{{ loop.index }}{{ item }}{{ b(item) }}{% endfor %}{% endmacro %}
{% macro twice(text) %}{% set text = text ~ "!" %}{{ text }}{{ text }}{% endmacro %}
{% macro down(n) %}{{ n }}{% if n > 0 %}{{ down(n - 1) }}{% endif %}{% endmacro %}
{% macro each(items) %}{% for item in items %}{{ caller() }}{% endfor %}{% endmacro %}
{% macro framed(title) %}{{ title }}[{{ caller() }}]{{ title }}{% endmacro %}
{% macro pair(a, b) %}{{ a }}{{ a }}{{ b }}{% endmacro %}
{% macro nth(items, of) %}{% for item in items %}{{ of.index }}{% endfor %}{% endmacro %}
{% macro upper(text) %}{{ b(text)|upper }}{% endmacro %}
{% macro either(yes, one, other) %}{{ one if yes else other }}{{ "?" if yes }}{% endmacro %}
"""
PARTS = """
{% macro price(words) %}{{ words }} {{ ui.b(words) }}{% endmacro %}
{% macro sum(ui) %}{{ ui }}{% endmacro %}
{% macro total(x) %}{{ price(x)|length }}{% endmacro %}
{% macro held(x) %}{% set parts = x %}{{ parts }}{{ price(x)|length }}{% endmacro %}
"""
SAID = {
    "an argument is escaped once": '{{ ui.b(name) }}{{ ui.b("<x>") }}{{ ui.b(ui.b(name)) }}',
    "a word and a name are joined": '{{ "<" ~ name ~ ">" ~ ui.b(name) }}{{ ui.b("<" ~ name) }}',
    "an argument has the name of a variable": '{% set text = "mine" %}{{ ui.b("yours") }}{{ text }}{{ ui.b(text) }}',
    "a macro's name for its own is the page's": '{% set item = "mine" %}{{ ui.rows(names) }}{{ item }}',
    "what a macro sets stays there": '{% set text = "mine" %}{{ ui.twice(name) }}{{ ui.twice("x") }}{{ text }}',
    "an argument has the name of another": '{% set a = "mine" %}{{ ui.pair(name ~ "!", a) }}{{ ui.pair(a, name) }}',
    "a loop is an argument": "{% for x in names %}{{ ui.nth([1, 2], loop) }}{% endfor %}",
    "a macro calls two things by one name": (
        "{% macro own() %}{% for name in name %}{{ name }}{% endfor %}{% endmacro %}{{ own() }}{{ name }}"
    ),
    "a word of the process is what a loop calls its own": (
        "{% for place in names %}{{ place }}{{ ui.icon(place) }}{% endfor %}"
    ),
    "a local macro says what its own template says": (
        "{% macro own(x) %}{{ name }}{{ x }}{% endmacro %}{% macro other(name) %}{{ own(name) }}{% endmacro %}"
        "{{ other('<other>') }}{{ own(1) }}{% for name in names %}{{ own(name) }}{% endfor %}"
    ),
    "a variable set later is not said before": (
        "{% macro own() %}{{ name }}{% endmacro %}{% for x in names %}{{ own() }}{% endfor %}"
    ),
    "a macro that has the name of a module": "{% macro ui(x) %}{{ x }}{% endmacro %}{{ ui('<own>') }}",
    "a name that stands for a module elsewhere": (
        "{% import 'parts' as parts %}{% macro m(ui) %}{{ ui }}{{ parts.price('p') }}{% endmacro %}{{ m('<m>') }}"
    ),
    "an argument with the name of a module": "{% import 'parts' as parts %}{{ parts.sum(name) }}{{ ui.b(name) }}",
    "a macro that passes on another": "{% import 'parts' as parts %}{{ parts.total(name) }}{{ parts.price(name) }}",
    "a macro that calls its own what the page calls its template": (
        "{% import 'parts' as parts %}{{ parts.held(name) }}"
    ),
    "macros that are picked": "{% from 'parts' import price as dear, total %}{{ dear(name) }}{{ total(name) }}",
    "a block sees the names of its page": (
        '{% set title, text = "t", "x" %}{% call ui.box(name) %}{{ title }}{{ text }}{{ name }}{% endcall %}'
        "{% call ui.framed(name ~ 1) %}{{ title }}{% endcall %}"
    ),
    "a block in a loop of the macro": (
        "{% for item in names %}{% call ui.each([1, 2]) %}{{ item }}{{ loop.index }}{% endcall %}{% endfor %}"
    ),
    "a block within a block": (
        '{% call ui.box("a") %}{% call ui.box("b", text=name) %}{{ name }}{% endcall %}{% endcall %}'
    ),
    "the loop of the page is not the macro's": (
        "{% for n in names %}{{ ui.rows([loop.index0, 5, loop.last]) }}{{ ui.b(loop.index) }}{% endfor %}"
    ),
    "a macro that calls itself": "{{ ui.down(3) }}",
    "what a macro writes is worked on": "{{ ui.upper(name) }}{{ ui.b(name)|length }}{{ ui.b(name) == name }}",
    "only one of two is printed": (
        '{{ ui.either(names, ui.b("y"), ui.icon("n")) }}{{ ui.either(none, name, ui.icon(name, "k")) }}'
        '{{ "x" if none }}'
    ),
    "attributes and calls": (
        "{{ it.name }}{{ it.name.upper() }}{{ it.say(name, to=1) }}{{ it.count }}{{ it.none }}{{ it.yes }}"
    ),
    "nothing at all": "{{ '' }}{% if names and not names %}{{ ui.b(1) }}{% endif %}",
    "a text that is set": "{% set x %}<{{ name }}>{{ ui.b(name) }}{% endset %}{{ x }}{{ x|length }}",
}


def said(environment, template):
    environment.globals["ui"] = environment.get_template("ui.html").module
    it = SimpleNamespace(name="<it>", say=lambda *given, to: f"{given}{to}", count=7, none=None, yes=True)
    return environment.get_template(template).render(name="<Åsa & co>", names=["<a>", "b", "'c'"], it=it)


def loader(source):
    parts = {"ui.html": UI, "parts": PARTS, "base": "<{% block main %}{% endblock %}>", "page": source}
    return DictLoader(parts | {"child": '{% extends "base" %}{% block main %}' + source + "{% endblock %}"})


@pytest.mark.parametrize("template", ["page", "child"])
@pytest.mark.parametrize("source", SAID.values(), ids=SAID.keys())
def test_a_template_says_what_it_says_to_jinja(source, template):
    options = {"loader": loader(source), "autoescape": True, "undefined": StrictUndefined}
    plain = PlainEnvironment(printed, {"place": "/a&b"}, frozenset(), **options)
    ordinary = Environment(**options)  # noqa: S701 - it escapes
    ordinary.globals["place"] = "/a&b"
    assert said(plain, template) == said(ordinary, template)


def code_of(source):
    environment = PlainEnvironment(printed, {"place": "/here"}, {"date"}, loader=loader(source), autoescape=True)
    environment.filters["date"] = str
    environment.globals["ui"] = environment.get_template("ui.html").module
    return environment.compile(source, "page", "page", raw=True)


def test_what_is_known_is_text():
    assert "'<i class=\"k\">/here#box</i>'" in code_of('{{ ui.icon("box", "k") }}')
    assert "yield '<b><u>1</u></b>'" in code_of("{% macro own(x) %}<u>{{ x }}</u>{% endmacro %}{{ ui.b(own(1)) }}")


def test_only_what_may_hold_markup_is_searched():
    code = code_of("{{ day|date }}{{ name }}")
    assert code.count("printed(") == 1
    assert "escape(" not in code


@given(st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.floats(), st.sampled_from(Language)))
def test_a_value_is_printed_as_markupsafe_escapes_it(value):
    assert str(printed(value)) == str(escape(value))


@given(st.text(alphabet="<>&'\"a "))
def test_what_html_reads_is_escaped(value):
    assert str(printed(value)) == str(escape(value))
    assert printed(escape(value)) == escape(value)


def told(language):
    """Something of each format whose text is not searched, of every size, month and weekday."""
    days = [date(2026, month, day) for month in range(1, 13) for day in (1, 2, 3, 4, 5, 6, 7, 28)]
    at = [datetime(day.year, day.month, day.day, 22, 45, tzinfo=UTC) for day in days]
    amounts = [0, 1, -1, 5_000_000, 123_456_789, -98_765_432_101, 10**15]
    decimals, money, energy = ([kind(one) for one in amounts] for kind in (Decimal, Money, Energy))
    of = {"euros": money, "money": money, "kwh": energy, "kwh_compared": energy, "kwh_exact": energy}
    of |= {"number": decimals, "exact": decimals, "percent": decimals, "cents_per_kwh": decimals}
    of |= {"svg": [float(one) for one in decimals] + [0.0, -0.0, 1 / 3, 99.995]}
    of |= {"clock": at, "instant": at, "instant_short": at, "iso": at}
    filters = formats.filters(language)
    for name in sorted(formats.FIGURES):
        if name == "date_range":
            yield from (filters[name](first, last) for first in days for last in days if first <= last)
        else:
            yield from map(filters[name], of.get(name, days))


@pytest.mark.parametrize("language", Language)
def test_figures_and_days_hold_nothing_that_html_reads(language):
    found = list(told(language))
    assert len(found) > 1000
    assert [one for one in found if type(one) is not str or escape(one) != one] == []
