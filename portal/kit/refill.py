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

    @property
    def _behind(self) -> int:
        """Where the tag that is read ends."""
        return self._here + len(self.get_starttag_text() or "")

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # of two of a name, the first counts
        if tag == "form":
            self._is_inside = given.get("method") == "post" and given.get("action") == self._form.action
            if self._is_inside and self.opened_at is None:
                self.opened_at = self._behind
        elif self._is_inside:
            self._put(tag, given, attrs)

    def _put(self, tag: str, given: Mapping[str, str], attrs: Attributes) -> None:
        name = given.get("name", "")
        match tag, given.get("type", "text"):
            case "input", kind if kind in CHOSEN:
                is_checked = given.get("value", "on") in self._values.get(name, ())
                self._replace(tag, _marked(attrs, "checked") if is_checked else _without(attrs, "checked"))
            case "input", kind if kind not in UNTOUCHED and name in self._values:
                self._replace(tag, [*_without(attrs, "value"), ("value", self._values[name][0])])
            case "textarea", _ if name in self._values:
                self._text = (self._behind, name)
            case "select", _:
                self._select = name
            case "option", _ if self._select in self._values:
                is_selected = given.get("value") in self._values[self._select]
                self._replace(tag, _marked(attrs, "selected") if is_selected else _without(attrs, "selected"))

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

    def _replace(self, tag: str, attrs: Attributes) -> None:
        self.edits.append(Edit(self._here, self._behind, _written(tag, attrs)))


def _marked(attrs: Attributes, mark: str) -> Attributes:
    return [*_without(attrs, mark), (mark, None)]


def _without(attrs: Attributes, name: str) -> Attributes:
    return [(one, value) for one, value in attrs if one != name]


def _written(tag: str, attrs: Attributes) -> str:
    """A tag of these attributes; what was escaped on the page is so again."""
    said = (f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attrs)
    return f"<{tag}{''.join(said)}>"
