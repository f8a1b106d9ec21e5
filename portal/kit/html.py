"""Pages: typed values for one template each, rendered whole or by block, in one language.

The only place that marks text as safe. Words are put in when a template is compiled: one environment per language.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol
from uuid import UUID

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from portal.kit import formats
from portal.kit.access import Anyone
from portal.kit.compiled import PlainEnvironment
from portal.kit.i18n import Language, Text, translate, translate_plural
from portal.kit.kept import PAGE_FIELD

# What differs at every rendering but must be at hand in macros and constants: the template prints a stand-in, and the
# finished page gets the real value. The stand-ins are random for each process and never leave it, so no text that
# somebody typed can hold one.
NONCE = f"nonce-{secrets.token_hex(16)}"
FORM_TOKEN = f"token-{secrets.token_hex(16)}"
FORM_PAGE = f"page-{secrets.token_hex(16)}"

OF_LAYOUTS: Final = frozenset({"title", "width", "main", "body"})  # blocks that are no regions

_INDENT = re.compile(r"\s{2,}")
_PLACE = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True)
class Page:
    """What a page handler returns: the values its template needs."""

    template: ClassVar[str]
    status: ClassVar[int] = 200
    form_action: ClassVar[tuple[str, ...]] = ()

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Other origins that a form of this page may be redirected through, for its Content-Security-Policy."""
        return self.form_action


class PartyChoice(Protocol):
    """Somebody for whom a person may act, themselves included, as the switch in the head names them."""

    @property
    def id(self) -> UUID:
        """What they are chosen by."""

    @property
    def name(self) -> str:
        """Their name."""

    @property
    def subtitle(self) -> str | Text:
        """What stands under it."""

    @property
    def is_company(self) -> bool:
        """Whether it is a company."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the head of a page names, for whom else they may act, and which pages are open to them.

    current: which of the choices it is
    is_acting: whether somebody else acts for them; `own` leads back to that person's own matters, None without any
    """

    name: str
    subtitle: str | Text
    is_company: bool = False
    choices: Sequence[PartyChoice] = ()
    current: UUID | None = None
    opens: frozenset[str] = frozenset()
    unread: int = 0
    is_acting: bool = False
    own: UUID | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """What the layout of every page may know of the request."""

    language: Language
    path: str
    url: str  # path and query: where to come back to
    nonce: str
    form_token: str
    who: Anyone
    person: Person | None = None  # None while nobody is signed in
    page: str = ""  # where the form was that this answers
    idle_s: int = 0  # seconds without a request after which the session ends; 0 where there is none


class Html:
    """Renders pages from a folder of templates."""

    def __init__(self, folder: Path, service: Callable[[Language], str], **globals_: object) -> None:
        """Take the folder, the name of the service that ends each title, and what templates may name besides."""
        given = {"service_name": service, **globals_}
        self._environments = {language: _environment(folder, language, given) for language in Language}
        self._service = service

    def environment(self, language: Language) -> Environment:
        """The environment that says everything in one language."""
        return self._environments[language]

    def region(self, page: Page, asked: str | None) -> str | None:
        """The block that htmx asked for, None where the page has no such region: then it gets the whole page."""
        blocks = self.environment(Language.FI).get_template(page.template).blocks
        return asked if asked in blocks and asked not in OF_LAYOUTS else None

    def render(self, page: Page, here: Here, block: str | None = None) -> str:
        """The whole page, or only one of its regions, after its title."""
        template = self.environment(here.language).get_template(page.template)
        values = {"here": here} | {field.name: getattr(page, field.name) for field in fields(page)}
        if block is None:
            body = template.render(values)
        else:
            title = f"{_block(template, 'title', values)} – {escape(self._service(here.language))}"
            body = f"<title>{title}</title>{_block(template, block, values)}"
        return (
            body.replace(NONCE, here.nonce).replace(FORM_TOKEN, here.form_token).replace(FORM_PAGE, _page_field(here))
        )

    def piece(self, template: str, language: Language) -> str:
        """A piece of a page that needs no values."""
        return self.environment(language).get_template(template).render().replace(NONCE, "")


def _page_field(here: Here) -> str:
    """On a page that answers a form: the hidden field that remembers which page the form was on."""
    return Markup('<input type="hidden" name="%s" value="%s">') % (PAGE_FIELD, here.page) if here.page else ""


def _block(template: Template, name: str, values: Mapping[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(values))))


def printed(value: object) -> str:
    """A value as a page shows it: of what is not marked as safe, all that HTML would read is escaped."""
    if type(value) is str:
        is_plain = not ("&" in value or "<" in value or ">" in value or '"' in value or "'" in value)
        return value if is_plain else escape(value)
    if isinstance(value, Markup):
        return value
    return str(value) if type(value) is int else escape(value)


def _environment(folder: Path, language: Language, globals_: Mapping[str, object]) -> Environment:
    environment = _Worded(
        language,
        {**globals_, "nonce": NONCE, "form_token": FORM_TOKEN, "form_page": FORM_PAGE, "language": language},
        loader=_loader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters.update(formats.filters(language))
    environment.filters["t"] = lambda words: words if words is None or isinstance(words, str) else words.said(language)
    environment.filters["lines"] = _lines
    environment.globals["ui"] = environment.get_template("ui.html").module
    return environment


def _loader(folder: Path) -> BaseLoader:
    """The templates of a folder, and ui.html: all of its components, joined, for each may print the others."""
    components = (part.read_text(encoding="utf-8") for part in sorted((folder / "components").glob("*.html")))
    return ChoiceLoader([FileSystemLoader(folder), DictLoader({"ui.html": "\n".join(components)})])


def _lines(text: str) -> Markup:
    """Plain text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())  # escaped just here


class _Worded(PlainEnvironment):
    """An environment whose `_()` and `ngettext()` are answered at compile time."""

    def __init__(self, language: Language, fixed: Mapping[str, object], **options: Any) -> None:  # noqa: ANN401
        super().__init__(printed, fixed, formats.FIGURES, **options)
        self.language = language

    def prepared(self, tree: nodes.Template) -> nodes.Template:
        """A parsed template with its words."""
        for data in tree.find_all(nodes.TemplateData):
            data.data = _INDENT.sub("\n", data.data)  # it is for those who read the template
        _PutWordsIn(self).visit(tree)
        return super().prepared(tree)


class _PutWordsIn(NodeTransformer):
    def __init__(self, environment: _Worded) -> None:
        self._environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor's naming
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name not in {"_", "ngettext"}:
            return node
        values = {pair.key: pair.value for pair in node.kwargs}
        language = self._environment.language
        if node.node.name == "_":
            return self._sentence(translate(_constant(node, 0), language), values, node.lineno)
        one, many = translate_plural(_constant(node, 0), _constant(node, 1), language)
        count = node.args[2]
        values.setdefault("n", count)
        is_one = nodes.Compare(count, [nodes.Operand("eq", nodes.Const(1))], lineno=node.lineno)
        sentence = nodes.CondExpr(
            is_one, self._sentence(one, values, node.lineno), self._sentence(many, values, node.lineno)
        )
        return self._placed(sentence, node.lineno)

    def _sentence(self, wording: str, values: Mapping[str, nodes.Expr], lineno: int) -> nodes.Expr:
        parts: list[nodes.Expr] = []
        start = 0
        for place in _PLACE.finditer(wording):
            parts.append(nodes.Const(wording[start : place.start()]))
            parts.append(values[place[1]] if place[1] else nodes.Const("%"))
            start = place.end()
        rest = nodes.Const(wording[start:])
        return self._placed(nodes.Concat([*parts, rest]) if parts else rest, lineno)

    def _placed(self, node: nodes.Expr, lineno: int) -> nodes.Expr:
        node.set_lineno(lineno)
        node.set_environment(self._environment)
        return node


def _constant(node: nodes.Call, at: int) -> str:
    wording = node.args[at]
    if not isinstance(wording, nodes.Const):
        raise TypeError(f"line {node.lineno}: a text must be written out, it cannot be computed")
    return str(wording.value)
