"""A form of a finished page, filled once more with what was typed into it before.

Works on the page's HTML, so that every form that a page holds can be given back and no page needs to know of it.
Hidden fields, passwords and files stay as the page has them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from markupsafe import escape

from portal.kit.kept import Form

UNTOUCHED: Final = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
CHOSEN: Final = frozenset({"checkbox", "radio"})

Attributes = Sequence[tuple[str, str | None]]


@dataclass(frozen=True)
class Edit:
    """Text to stand in place of a stretch of the page."""

    begins: int
    ends: int
    text: str


def refilled(page: str, form: Form, note: str) -> str | None:
    """The page with the form filled and a note at the form's beginning; None where the page has no such form."""
    reader = _Reader(page, form)
    reader.feed(page)
    reader.close()
    if reader.opened_at is None or not reader.edits:
        return None
    edits = [Edit(reader.opened_at, reader.opened_at, note), *reader.edits]
    return "".join(_pieces(page, sorted(edits, key=lambda edit: edit.begins)))


def _pieces(page: str, edits: Sequence[Edit]) -> Iterator[str]:
    at = 0
    for edit in edits:
        yield page[at : edit.begins]
        yield edit.text
        at = edit.ends
    yield page[at:]


class _Reader(HTMLParser):
    """Reads the page and notes what is to be put into the one form."""

    def __init__(self, page: str, form: Form) -> None:
        super().__init__(convert_charrefs=False)
        self._form = form
        self._lines = [0, *(found.end() for found in re.finditer("\n", page))]
        self._values: dict[str, list[str]] = {}
        for name, value in form.fields:
            self._values.setdefault(name, []).append(value)
        self._is_inside, self._select, self._text = False, "", (0, "")
        self.opened_at: int | None = None
        self.edits: list[Edit] = []

    @property
    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        raw = self.get_starttag_text() or ""
        if tag == "form":
            self._is_inside = given.get("method") == "post" and given.get("action") == self._form.action
            if self._is_inside and self.opened_at is None:
                self.opened_at = self._here + len(raw)
        elif self._is_inside:
            self._put(tag, given, raw)

    def _put(self, tag: str, given: Mapping[str, str], raw: str) -> None:
        name = given.get("name", "")
        match tag, given.get("type", "text"):
            case "input", kind if kind in CHOSEN:
                self._mark("checked", raw, is_marked=given.get("value", "on") in self._values.get(name, ()))
            case "input", kind if kind not in UNTOUCHED and name in self._values:
                self._replace(raw, _with(raw, "value", str(escape(self._values[name][0]))))
            case "textarea", _ if name in self._values:
                self._text = (self._here + len(raw), name)
            case "select", _:
                self._select = name
            case "option", _ if self._select in self._values:
                self._mark("selected", raw, is_marked=given.get("value") in self._values[self._select])

    def handle_endtag(self, tag: str) -> None:
        begins, name = self._text
        if tag == "textarea" and name:
            # A browser drops the first line break of a text area (HTML, 13.2.6.4.7).
            self.edits.append(Edit(begins, self._here, f"\n{escape(self._values[name][0])}"))
            self._text = (0, "")
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._is_inside = False

    def _mark(self, mark: str, raw: str, *, is_marked: bool) -> None:
        self._replace(raw, _with(raw, mark, "") if is_marked else _without(raw, mark))

    def _replace(self, raw: str, by: str) -> None:
        self.edits.append(Edit(self._here, self._here + len(raw), by))


def _with(raw: str, attribute: str, value: str) -> str:
    said = f' {attribute}="{value}"' if attribute == "value" else f" {attribute}"
    return f"{_without(raw, attribute).removesuffix('>').removesuffix('/')}{said}>"


def _without(raw: str, attribute: str) -> str:
    return re.sub(rf'\s{attribute}(="[^"]*")?(?=[\s/>])', "", raw, count=1)
