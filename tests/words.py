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

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "text": None, "ngettext": (1, 2), "counted": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)s")
Key = str | tuple[str, str]


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


def main() -> int:
    """Print the complaints; 1 where there are any and a check was asked for."""
    found = list(complaints())
    print("\n".join(found) or "Every text is worded in Finnish and Swedish.")
    return int(bool(found) and sys.argv[1:] == ["check"])


if __name__ == "__main__":
    sys.exit(main())
