"""Languages, and texts that are written once and said in the reader's language.

A text's English wording is its key. `portal/locale/{fi,sv}/*.po`, one file per slice, hold the others;
a text that lacks one fails the build.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent.parent / "locale"


class Language(StrEnum):
    """The languages of the portal; equals, Finnish first where nothing else decides."""

    FI = "fi"
    SV = "sv"
    EN = "en"


@dataclass(frozen=True)
class Spoken:
    """Words that are put together only once the language is known: days, months, names, lists of words."""

    in_language: Callable[[Language], str]

    def said(self, language: Language) -> str:
        """The words in a language."""
        return self.in_language(language)


@dataclass(frozen=True)
class Text:
    """A sentence to be said later, in a language not known yet. `many` is its wording for other numbers than one."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    many: str | None = None

    def said(self, language: Language) -> str:
        """The sentence in a language, its `%(name)s` places filled."""
        return self._wording(language) % {
            key: value.said(language) if isinstance(value, Text | Spoken) else value
            for key, value in self.values.items()
        }

    def _wording(self, language: Language) -> str:
        if self.many is None:
            return translate(self.message, language)
        one, many = translate_plural(self.message, self.many, language)
        return one if self.values["n"] == 1 else many


def text(message: str, **values: object) -> Text:
    """Mark a sentence for translation; the extractor looks for this name."""
    return Text(message, values)


def counted(one: str, many: str, n: int, *, none: Text | None = None, **values: object) -> Text:
    """Mark a sentence that differs for one and for other numbers; its place for the number is `%(n)s`.

    `none` says the same of nothing, where that can be: nobody writes "0 consents".
    """
    return Text(one, {"n": n, **values}, many) if n or none is None else none


@dataclass(frozen=True)
class Catalogue:
    """One language's wordings: of single texts, and of (singular, plural) pairs."""

    singles: Mapping[str, str]
    plurals: Mapping[tuple[str, str], tuple[str, str]]


def translate(message: str, language: Language) -> str:
    """The wording of a text in a language, or the text itself where it is missing."""
    return catalogue(language).singles.get(message, message)


def translate_plural(one: str, many: str, language: Language) -> tuple[str, str]:
    """The wordings of a countable text: for one, and for every other number."""
    return catalogue(language).plurals.get((one, many), (one, many))


@cache
def catalogue(language: Language) -> Catalogue:
    """Everything the .po files of a language say; empty for English, whose wording is the key."""
    singles: dict[str, str] = {}
    plurals: dict[tuple[str, str], tuple[str, str]] = {}
    for path in files(language):
        with path.open("rb") as file:
            for message in read_po(file):
                match message.id, message.string:
                    case str() as key, str() as wording if key and wording:
                        singles[key] = wording
                    case (str() as one, str() as many), (str() as for_one, str() as for_many) if for_one and for_many:
                        plurals[one, many] = (for_one, for_many)
    return Catalogue(singles, plurals)


def files(language: Language) -> Iterator[Path]:
    """The catalogue files of a language, in a fixed order."""
    yield from sorted((LOCALE / language).glob("*.po"))


def choose(cookie: str | None, accept_language: str | None) -> Language:
    """The reader's language: their own choice, then what their browser asks for, then Finnish.

    `accept_language` is read as RFC 9110, section 12.5.4; unknown ranges are passed over.
    """
    if cookie in set(Language):
        return Language(cookie)
    accepted = []
    for part in (accept_language or "")[:200].split(","):
        tag, _, quality = part.strip().partition(";q=")
        primary = tag.split("-")[0].lower()
        if primary in set(Language):
            accepted.append((_quality(quality), Language(primary)))
    return max(accepted, key=lambda accepted: accepted[0])[1] if accepted else Language.FI


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
