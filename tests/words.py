"""The words of the portal: each text has a Finnish and a Swedish wording with the same places; none is left over.

`python -m tests.words list` shows what lacks a wording; `check` says so with an exit code.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from portal.kit import documents

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "text": None, "ngettext": (1, 2), "counted": (1, 2)}
KEYWORDS |= dict.fromkeys(("told", "correctable", "sealed"))  # what a personal column is called
PLACE = re.compile(r"%\((\w+)\)s")
Key = str | tuple[str, str]
SHUNNED = {
    "fi": {
        r"\blukem(a|an|at|ia|ien|iin|isiin|iisi|istasi)\b": "mittaustiedot (one read off the meter: mittarilukema)",
        r"\bmaksamat(on|ta|tomat|tomia)\b": "avoin",
        r"\boma(a|n|lta|lla|lle)? tili": "Omat tiedot",
        r"\bkaikki mukana\b": "sis. alv",
        r"\bluku- ?loki|\blukuloki": "lukukerrat",
        r"\bpysyy päällä\b": "on voimassa",
    },
    "sv": {
        r"\bavläsningar(na)?\b": "mätvärden",
        r"\bmätplats": "förbrukningsplats",
        r"\bart\. ?\d": "artikel",
        r"\bmätuppgifter": "mätvärden",
        r"\buppskattad mätarställning\b": "uppskattat mätvärde",
        r"\bMitt konto\b": "Mina uppgifter",
        r"\bmåste inte\b": "är inte skyldig att",
        r"\bför en annans räkning\b": "på någon annans vägnar",
        r"\bstanna(de|r|t)? tiden\b": "tidsfristen löper inte",
        r"\bläslogg": "läsningar",
        r"\b(personnummer|organisationsnummer|BankID\b|inkasso|autogiro|internetbank)": "as it is said in Finland",
    },
    "en": {
        r"\bMy account\b": "My details",
        r"\b\d{1,3},\d{3}\b": "a space between thousands",
        r"\b\d+\.\d+ ?(%|€|kWh|MWh|kW|c)": "a decimal comma",
        r"^(Open|State)$": "Unpaid, Status",
    },
}
"""Wordings that were found wrong, or that are a second name for one thing, and what is said instead."""


POINT = {"fi": "käyttöpaik", "sv": "förbrukningsplats"}
"""What a metering point is called in a language; nothing else is called so, least of all the site at which it is."""


@dataclass(frozen=True)
class Use:
    """A text and where it stands."""

    key: Key
    where: str


def uses() -> list[Use]:
    """Every text of the templates and of the code."""
    found = []
    for folder, method in (("templates", "jinja2.ext.babel_extract"), ("portal", "python")):
        for name, line, message, _, _ in extract_from_dir(
            ROOT / folder,
            [("**.html" if folder == "templates" else "**.py", method)],
            keywords=KEYWORDS,
            comment_tags=(),
        ):
            key = tuple(message[:2]) if isinstance(message, tuple) else message
            if key:
                found.append(Use(key, f"{folder}/{name}:{line}"))
    for path in sorted((ROOT / "templates" / "documents").glob(f"*{documents.ENDING}")):
        found += [Use(word, f"templates/documents/{path.name}") for word in documents.words(path.read_text("utf-8"))]
    return found


def wordings(language: str) -> Iterator[tuple[str, Key, tuple[str, ...]]]:
    """(file, key, wordings) of each message in the catalogues of a language."""
    for path in sorted((ROOT / "portal" / "locale" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, abort_invalid=True):
                if message.id:
                    said = message.string if isinstance(message.string, tuple) else (message.string,)
                    yield path.name, tuple(message.id) if isinstance(message.id, list) else message.id, said


def complaints() -> Iterator[str]:
    """What is wrong with the words, a sentence each."""
    used = {}
    for use in uses():
        used.setdefault(use.key, use.where)
    for language in ("fi", "sv"):
        said = {}
        for file, key, words in wordings(language):
            if key in said and said[key] != words:
                yield f"{language}/{file}: {key!r} is worded in two ways"
            said[key] = words
            if key not in used:
                yield f"{language}/{file}: {key!r} is not used any more: remove it"
        yield from _against(language, used, said)
    yield from shunned()


def shunned() -> Iterator[str]:
    """Wordings that are not to be said, in the catalogues and in the texts."""
    for language, where, words in _said():
        for pattern, instead in SHUNNED[language].items():
            if found := re.search(pattern, words, re.IGNORECASE):
                yield f"{where}: {found[0]!r} in {words[:60]!r}: say {instead}"


def _said() -> Iterator[tuple[str, str, str]]:
    """(language, where, words) of everything that is said."""
    for use in uses():
        yield from (("en", use.where, words) for words in (use.key if isinstance(use.key, tuple) else (use.key,)))
    for language in ("fi", "sv"):
        yield from ((language, f"{language}/{file}", one) for file, _, said in wordings(language) for one in said)
    for path in sorted((ROOT / "templates").rglob("*.??.txt")):
        language = path.suffixes[0].removeprefix(".")
        yield from ((language, path.name, line) for line in path.read_text(encoding="utf-8").splitlines())


def _against(language: str, used: dict[Key, str], said: dict[Key, tuple[str, ...]]) -> Iterator[str]:
    for key, where in used.items():
        words = said.get(key)
        if not words or not all(words):
            yield f"{where}: {key!r} has no wording in {language}: add it to portal/locale/{language}/"
            continue
        singles = key if isinstance(key, tuple) else (key,)
        for one, other in zip(singles, words, strict=True):
            if key == singles[0] and Counter(PLACE.findall(one)) != Counter(PLACE.findall(other)):
                yield f"{where}: {one!r} and its wording in {language} name different places"
        english, worded = " ".join(singles), " ".join(words)
        is_called_so = re.search(POINT[language], worded, re.IGNORECASE) is not None
        if (is_called_so and "point" not in english) or (not is_called_so and "metering point" in english.lower()):
            yield f"{where}: {english!r} and {worded!r}: a metering point, and it alone, is {POINT[language]}..."


def main() -> int:
    """Print the complaints; 1 where there are any and a check was asked for."""
    found = list(complaints())
    print("\n".join(found) or "Every text is worded in Finnish and Swedish.")
    return int(bool(found) and sys.argv[1:] == ["check"])


if __name__ == "__main__":
    sys.exit(main())
