"""Documents on paper: what one says, and how it is told to whoever typesets it.

A document is a template, what it shows, and files that go with it. What it shows is handed over as data and never
becomes a part of a template, whatever somebody is called.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from portal.brand import Brand
from portal.kit.i18n import Language, Spoken, Text, translate

ENDING: Final = ".typ"
WORDS: Final = re.compile(r'\bt\(\s*"([^"]+)"')  # t("Due date") in a template, as _("Due date") in those of pages
NOT_PLAIN: Final = re.compile("[^ -~\u00a0-\u017f\u2010-\u2022\u2026\u202f\u20ac\u2122\u2190-\u2193\u2212]")
REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


class Relationship(StrEnum):
    """What an attached file is to the document (ISO 19005-3, annex E)."""

    ALTERNATIVE = "alternative"
    SUPPLEMENT = "supplement"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of text that goes with a document; the description tells people what it is."""

    name: str
    content_type: str
    description: str
    relationship: Relationship
    body: str


class Content(Protocol):
    """What a template shows: a frozen dataclass of texts, and of others such."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be typeset. `dated` is its date of creation: the same document has the same bytes on any day."""

    template: str
    title: str
    language: Language
    dated: date
    content: Content
    attachments: Sequence[Attachment] = ()


class Letterhead:
    """What every document shows: whose it is, and the words of the templates, which are asked for in each language."""

    def __init__(self, folder: Path, brand: Brand, mark: str) -> None:
        """Read the templates of a folder; the mark is the SVG beside the name."""
        sources = [path.read_text(encoding="utf-8") for path in sorted(folder.glob(f"*{ENDING}"))]
        self._words = {word for source in sources for word in words(source)}
        self._brand, self._mark = brand, mark

    def shown(self, document: Document) -> str:
        """All that a template may name of a document, as JSON."""
        language = document.language
        told = {
            "title": document.title,
            "language": language,
            "dated": [document.dated.year, document.dated.month, document.dated.day],
            "words": {word: translate(word, language) for word in sorted(self._words)},
            "brand": self._told(language),
            "content": document.content,
        }
        return json.dumps(told, ensure_ascii=False, default=partial(_said, language))

    def _told(self, language: Language) -> Mapping[str, object]:
        brand, at, colours = self._brand, self._brand.address, self._brand.colours
        return {
            "name": brand.called(language),
            "company": brand.company,
            "business_id": brand.business_id,
            "address": f"{at.street}, {at.postcode} {at.town}",
            "phone": brand.phone,
            "phone_hours": brand.phone_hours,
            "email": brand.email,
            "hue": colours.hue,
            "hue_warm": colours.hue_warm,
            "chroma": colours.chroma,
            "mark": self._mark,
        }


Letters = Callable[[str], str]


def attached(document: Document) -> str:
    """The files that go with a document, as JSON."""
    return json.dumps(document.attachments, ensure_ascii=False, default=partial(_said, document.language))


def as_told(shown: str) -> str:
    """What is shown, letter by letter."""
    return shown


def in_plain_letters(shown: str) -> str:
    """What is shown, in letters that the fonts surely have: a sign that replaces others says that one is missing.

    PDF/A and PDF/UA forbid what no font has a glyph for, such as pictures and most scripts of Asia.
    """
    return NOT_PLAIN.sub(REPLACED, shown)


def file_name(word: str, number: str, ending: str) -> str:
    """What the file of a document is called, whatever signs its number has: `lasku-261148213.pdf`."""
    return f"{word}-{re.sub('[^0-9A-Za-z]+', '-', number)}.{ending}"


def words(source: str) -> Sequence[str]:
    """The texts that a template asks for."""
    return WORDS.findall(source)


def _said(language: Language, value: object) -> object:
    """A text in the language, a record as an object of its fields."""
    if isinstance(value, Text | Spoken):
        return value.said(language)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be shown")
