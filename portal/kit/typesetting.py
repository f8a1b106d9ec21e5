"""Typesets documents as PDF/A-3 and PDF/UA-1 in a process of its own, and keeps what was made for a while, sealed.

Why typst, why a process, why kept so: docs/decisions/0025.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Final

from portal.kit.companion import Companion, CompanionGone
from portal.kit.documents import ENDING, Document, Letterhead, Letters, as_told, attached, in_plain_letters
from portal.kit.errors import Problem
from portal.kit.files import MissingFile
from portal.kit.sealed_cache import SealedCache

COMPILER: Final = Path(__file__).with_name("typst_process.py")
LIMIT_S: Final = 20.0
KEPT_BYTES: Final = 16 << 20  # some three hundred bills
REPLACED_AFTER: Final = 500  # documents: a compiler remembers parts of each, some 60 KiB, and gives nothing back
MADE: Final = b"+"  # begins the reply where there is a document; else there is none

log = logging.getLogger("portal.typesetting")


class NotTypeset(Problem):
    """The compiler refused a document, which is a fault of its template; it says why, and may quote what it read."""


class CompilerGone(CompanionGone):
    """The compiler was too slow, or died: the next document gets a new one."""


class Typesetter:
    """Makes documents, one at a time. Its process is started for the first, and again when it has ended or hung."""

    def __init__(self, templates: Path, fonts: Path, letterhead: Letterhead, *, limit_s: float = LIMIT_S) -> None:
        """Take the folders of templates and fonts, what all documents show, and how long one may take.

        Raises MissingFile.
        """
        found = sorted([*templates.glob(f"*{ENDING}"), *fonts.glob("*.ttf")])
        if not any(path.suffix == ".ttf" for path in found):
            raise MissingFile(f"{fonts} holds no fonts: run `make setup`")
        sources = [metadata.version("typst").encode(), *(path.read_bytes() for path in found)]
        self._sources = hashlib.sha256(b"".join(hashlib.sha256(source).digest() for source in sources)).digest()
        self._folders = str(templates), str(fonts)
        self._letterhead, self._limit_s = letterhead, limit_s
        self._kept, self._lock = SealedCache(KEPT_BYTES), Lock()
        self._compiler: _Compiler | None = None

    def pdf(self, document: Document) -> bytes:
        """The document, the same bytes for the same one.

        Raises NotTypeset and CompilerGone.
        """
        asked = self._asked(document, as_told)
        key = hashlib.sha256(self._sources + asked).digest()
        with self._lock:
            body = self._kept.get(key)
            if body is None:
                try:
                    body = self._made(asked)
                except NotTypeset:
                    body = self._made(self._asked(document, in_plain_letters))
                self._kept.put(key, body)
            return body

    def close(self) -> None:
        """End the process; the next document gets a new one."""
        with self._lock:
            self._end()

    def _asked(self, document: Document, letters: Letters) -> bytes:
        given = {"shown": letters(self._letterhead.shown(document)), "attached": attached(document)}
        return json.dumps([document.template, given]).encode()

    def _made(self, asked: bytes) -> bytes:
        """What the compiler makes of it; one that has ended meanwhile is replaced first."""
        if self._compiler is None or not self._compiler.is_fresh:
            self._end()
            self._compiler = _Compiler(self._folders)
        try:
            return self._compiler.made(asked, self._limit_s)
        except CompilerGone:
            self._end()
            raise

    def _end(self) -> None:
        if self._compiler is not None:
            self._compiler.end()
            self._compiler = None


class _Compiler(Companion):
    """A process that typesets; it remembers parts of each document."""

    def __init__(self, folders: Sequence[str]) -> None:
        super().__init__(COMPILER, folders)
        self._count = 0

    @property
    def is_fresh(self) -> bool:
        """Whether it lives, and has not remembered too many documents."""
        return self._count < REPLACED_AFTER and self.lives

    def made(self, asked: bytes, limit_s: float) -> bytes:
        """What it makes of what is asked.

        Raises NotTypeset and CompilerGone.
        """
        self._count += 1
        try:
            reply = self.answer(asked, limit_s)
        except CompanionGone:
            log.warning(json.dumps({"event": "typesetting", "failed": "the compiler hung or died"}))
            raise CompilerGone from None
        if reply[:1] != MADE:
            raise NotTypeset(reply[1:].decode())
        return reply[1:]
