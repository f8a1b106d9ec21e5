"""A file of Finvoice messages: which encoding it is in, where each message ends, and that nothing in it is dangerous.

Banks and operators hand messages over one after another in a file, each a document of XML with a declaration of its
own, and a SOAP frame before it that says for whom it is. Memory holds one of them at a time. A DOCTYPE, in which alone
entities can be declared, is refused before anything reads it.
"""

import json
import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from portal.feeds.sources import NotAFeed, Source
from portal.invoices.finvoice_reading import row

MESSAGE, FRAME = "Finvoice", "Envelope"
LONGEST: Final = 4 * 2**20  # bytes of a message, as of a line of the feed
BLOCK: Final = 2**16
BOM: Final = b"\xef\xbb\xbf"
LATIN: Final = ("iso-8859-1", "iso-8859-15")
ENCODINGS: Final = ("utf-8", *LATIN)
WIDE: Final = (b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0", b"\0<")  # how XML in UTF-16 begins
_END: Final = re.compile(rb"</(?:[\w.-]+:)?(?:Finvoice|Envelope)\s*>")
_DECLARED: Final = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_NO_LETTERS: Final = re.compile(rb"[\x80-\x9f]")  # control characters in every ISO-8859
_AFTER: Final = 64  # bytes that the end of a message may have, cut off between two blocks


def looks_like(start: bytes) -> bool:
    """Whether a file is XML, going by its first bytes."""
    return start.startswith(WIDE) or start.removeprefix(BOM).lstrip().startswith(b"<")


def messages(source: Source) -> Iterator[tuple[int, bytes]]:
    """Each Finvoice of a file in UTF-8, with the number of the line on which it begins; frames are left out.

    Raises NotAFeed for what is no such file, in whole or in part, and as `Source.blocks` does.
    """
    if source.start(_AFTER).startswith(WIDE):
        raise NotAFeed("is in UTF-16; save it as UTF-8")
    found = 0
    for line, document in _documents(source):
        text = _decoded(document, line)
        root = _root(text, line)
        if root.tag == MESSAGE:
            found += 1
            yield line, text.encode()
        elif root.tag.rpartition("}")[2] != FRAME:
            raise NotAFeed(f"is XML, but no Finvoice: line {line} begins a document of another kind")
    if not found:
        raise NotAFeed("holds a SOAP frame without a Finvoice message after it")


def is_message(raw: bytes) -> bool:
    """Whether a line of a feed is a Finvoice message, rather than JSON."""
    return raw.lstrip().startswith(b"<")


def told(raw: bytes) -> bytes:
    """The line of the feed `invoices` that says the same as a message.

    Raises NotABill.
    """
    return json.dumps(row(_root(raw.decode(), 1))).encode()


def _documents(source: Source) -> Iterator[tuple[int, bytes]]:
    """The documents of a file, each with the number of its first line."""
    rest, line, looked_at = b"", 1, 0
    for block in source.blocks(BLOCK):
        rest += block
        while end := _END.search(rest, looked_at):
            document, rest, looked_at = rest[: end.end()], rest[end.end() :], 0
            blank = len(document) - len(document.lstrip())
            yield line + document.count(b"\n", 0, blank), document[blank:]
            line += document.count(b"\n")
        looked_at = max(0, len(rest) - _AFTER)
        if len(rest) > LONGEST:
            raise NotAFeed(f"has no end of a Finvoice message within {LONGEST} bytes of line {line}")
    if rest.strip():
        raise NotAFeed(f"is XML, but what begins on line {line} is no whole Finvoice message; fetch it again")


def _decoded(document: bytes, line: int) -> str:
    """The text of a document by the encoding that it declares, if it can be in that."""
    plain = document.removeprefix(BOM)
    declared = _DECLARED.match(plain)
    encoding = declared.group(1).decode().lower() if declared else "utf-8"
    says = f"says on line {line} that it is {encoding.upper()}"
    if encoding not in ENCODINGS:
        raise NotAFeed(f"{says}; {', '.join(ENCODINGS).upper()} are read")
    if encoding in LATIN and (plain is not document or _is_utf8(plain)):
        raise NotAFeed(f"{says}, but it is UTF-8; say so, or save it as {encoding.upper()}")
    if encoding in LATIN and _NO_LETTERS.search(plain):
        raise NotAFeed(f"{says}, but holds bytes that are no letters there (Windows-1252?); save it as UTF-8")
    try:
        return plain.decode(encoding)
    except UnicodeDecodeError:
        raise NotAFeed(f"{says}, but it is not; declare its encoding, or save it as UTF-8") from None


def _is_utf8(document: bytes) -> bool:
    """Whether a document has letters beyond ASCII, all of them in UTF-8: text in Latin letters is never that."""
    if document.isascii():
        return False
    try:
        document.decode()
    except UnicodeDecodeError:
        return False
    return True


def _root(text: str, line: int) -> ET.Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotAFeed(f"has a DOCTYPE in the document of line {line}, which no Finvoice has; send it without one")
    try:
        return ET.fromstring(text)  # noqa: S314 - without a DOCTYPE there are no entities
    except ET.ParseError as wrong:
        at = line + wrong.position[0] - 1
        raise NotAFeed(f"is no XML that can be read: something is wrong on line {at}; fetch it again") from None
