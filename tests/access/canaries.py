"""Canary words: what no answer may hold for somebody, and the search for it in pages, files and archives."""

import html
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator

from httpx2 import Response

from tests.access.belongings import Owner, Register
from tests.access.cast import Person

TOKEN = re.compile(r"[\w@.+:-]*\w")
GROUPED = re.compile(r"\d(?:[\d\s\u00a0\u202f]*\d)")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Canaries:
    """The texts and ids that give away somebody whom a person may not see now."""

    def __init__(self, register: Register, person: Person) -> None:
        """Take everything that tells of somebody out of reach, and of nobody within it."""
        self._single: set[str] = set(person.lost)
        self._phrases: dict[str, list[str]] = defaultdict(list)
        for text, owners in register.tells.items():
            if not any(person.may_see(owner) or _is_known(owner, person) for owner in owners):
                self._add(text)
        self._ids = {
            str(thing.id)
            for thing in register.things
            if thing.kind != "party" and not any(map(person.may_see, thing.owners))
        }

    def _add(self, text: str) -> None:
        first = TOKEN.match(text)
        if first and first[0] == text:
            self._single.add(text)
        elif first:
            self._phrases[first[0]].append(text)

    def in_(self, answer: Response) -> set[str]:
        """What an answer gives away."""
        return {word for text in texts(answer) for word in self._in(text)}

    def _in(self, text: str) -> Iterator[str]:
        words = set(TOKEN.findall(text))
        yield from words & self._single
        yield from {re.sub(r"\s", "", run) for run in GROUPED.findall(text)} & self._single
        yield from set(ID.findall(text)) & self._ids
        for first in words & self._phrases.keys():
            yield from (phrase for phrase in self._phrases[first] if phrase in text)


def _is_known(owner: Owner, person: Person) -> bool:
    """What somebody knows of parties and sites that they have to do with: their own rows in the register."""
    known = person.known | person.parties if owner.site is None else person.known_sites
    return owner.is_face and (owner.site or owner.party) in known


def texts(answer: Response) -> Iterable[str]:
    """What an answer says: its headers, and its text, or those of the files in it."""
    yield "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            for name in archive.namelist():
                yield f"{name}\n{html.unescape(archive.read(name).decode(errors='replace'))}"
    else:
        yield html.unescape(answer.text)
