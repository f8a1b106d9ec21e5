"""Static files: read once, named by their content, compressed beforehand, kept by browsers for a year.

`js/portal.js` is served as `/static/js/portal.3f2a9c71b05d.js`; a changed file has another name, so none is stale.
"""

import base64
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

FOLDERS = ("js", "img", "vendor")
WORTH_PACKING = 512
YEAR_S = 31_536_000
NOTHING: Mapping[str, bytes] = MappingProxyType({})
_COMMENT = re.compile(rb"^ *//.*\n", re.MULTILINE)  # of our own scripts, where a comment has lines of its own
_URL = re.compile(r'url\("(?!data:)([^"]+)"\)')


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A static file as it is sent."""

    url: str
    kind: str
    body: bytes
    packed: bytes | None
    integrity: str


class MissingFile(LookupError):
    """A template names a static file that is not there: `make setup` makes those of the browser."""


class Files:
    """The static files of a folder, by name and by address; an ASGI app that serves them."""

    def __init__(self, folder: Path, prefix: str = "/static", made: Mapping[str, bytes] = NOTHING) -> None:
        """Read the folder; what was made, by name, stands in place of what the folder has."""
        self._prefix = prefix
        self._by_name: dict[str, StaticFile] = {}
        names = {*_names(folder), *made}
        for name in sorted(names, key=lambda name: (name.endswith(".css"), name)):  # a style sheet names the others
            self._by_name[name] = self._file(name, made[name] if name in made else (folder / name).read_bytes())
        self._by_url = {file.url: file for file in self._by_name.values()}

    def url(self, name: str) -> str:
        """The address of a file, such as `vendor/portal.css`.

        Raises MissingFile.
        """
        return self._named(name).url

    def integrity(self, name: str) -> str:
        """The SRI digest of a file: `sha384-...`.

        Raises MissingFile.
        """
        return self._named(name).integrity

    def text(self, name: str) -> str:
        """What a file holds, such as `img/icon.svg`.

        Raises MissingFile.
        """
        return self._named(name).body.decode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one file, or 404."""
        file = self._by_url.get(scope["path"])
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            await PlainTextResponse("There is no such file.", 404)(scope, receive, send)
            return
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        headers = {"Cache-Control": f"public, max-age={YEAR_S}, immutable", "Vary": "Accept-Encoding"}
        body = file.body
        if file.packed is not None and b"gzip" in accepted:
            headers["Content-Encoding"] = "gzip"
            body = file.packed
        await Response(body, media_type=file.kind, headers=headers)(scope, receive, send)

    def _named(self, name: str) -> StaticFile:
        try:
            return self._by_name[name]
        except KeyError:
            raise MissingFile(f"static/{name} is missing: run `make setup`") from None

    def _file(self, name: str, body: bytes) -> StaticFile:
        if name.startswith("js/"):
            body = _COMMENT.sub(b"", body)  # what is written for those who read the code is not sent
        if name.endswith(".css"):
            body = _URL.sub(lambda found: f'url("{self.url(found[1])}")', body.decode()).encode()
        digest = hashlib.sha384(body).digest()
        stem, _, ending = name.rpartition(".")
        packed = gzip.compress(body, 9, mtime=0) if len(body) > WORTH_PACKING and ending != "woff2" else None
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return StaticFile(
            f"{self._prefix}/{stem}.{digest.hex()[:12]}.{ending}",
            kind,
            body,
            packed,
            "sha384-" + base64.b64encode(digest).decode(),
        )


def _names(folder: Path) -> Iterator[str]:
    for part in FOLDERS:
        for path in (folder / part).rglob("*"):
            if path.is_file():
                yield path.relative_to(folder).as_posix()
