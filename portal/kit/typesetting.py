"""Typesets documents as PDF/A-3 and PDF/UA-1 in a process of its own, and keeps what was made for a while, sealed.

Why typst, why a process, why kept so: docs/decisions/0025.
"""

import hashlib
import json
import logging
import subprocess
import sys
import weakref
from collections.abc import Sequence
from importlib import metadata
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Timer
from typing import Final

from portal.kit.documents import ENDING, Document, Letterhead, Letters, as_told, attached, in_plain_letters
from portal.kit.errors import Busy, Problem
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


class CompilerGone(Busy):
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


class _Compiler:
    """One process, for as long as somebody holds this; that the portal is gone it hears by its pipe."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._pipe, theirs = Pipe()
        number = theirs.fileno()
        self._process = subprocess.Popen(  # noqa: S603 - our own file, by the interpreter that runs us
            (sys.executable, "-P", str(COMPILER), str(number), *folders),
            env={},  # that of the portal holds keys
            pass_fds=[number],
            start_new_session=True,  # Ctrl-C at a terminal is for the portal
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what a crash prints may be personal
        )
        theirs.close()
        self._count = 0
        self.end = weakref.finalize(self, _ended, self._process, self._pipe)

    @property
    def is_fresh(self) -> bool:
        """Whether it lives, and has not remembered too many documents."""
        return self._count < REPLACED_AFTER and self._process.poll() is None

    def made(self, asked: bytes, limit_s: float) -> bytes:
        """What it makes of what is asked.

        Raises NotTypeset and CompilerGone.
        """
        self._count += 1
        watch = Timer(limit_s, self._process.kill)  # ends what waits for it, too
        watch.start()
        try:
            self._pipe.send_bytes(asked)
            reply = self._pipe.recv_bytes()
        except (EOFError, OSError):
            log.warning(json.dumps({"event": "typesetting", "failed": "the compiler hung or died"}))
            raise CompilerGone from None
        finally:
            watch.cancel()
        if reply[:1] != MADE:
            raise NotTypeset(reply[1:].decode())
        return reply[1:]


def _ended(process: "subprocess.Popen[bytes]", pipe: Connection) -> None:
    pipe.close()
    process.kill()
    process.wait()
