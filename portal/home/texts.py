"""The texts that a company answers for: written as plain text in each language, ours or its own in their place.

A file is UTF-8 with a few marks, the rest is text and is never read as HTML:

    Version: 2026-11-21
    # Title
    What the page is about.
    ## Heading of a card
    A paragraph on one line, **strong words**, [a link](/help), and facts of the brand such as {phone}.
    - an item of a list
    ### Heading within the card
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Final

from portal.brand import Brand
from portal.kit.i18n import Language
from portal.privacy.catalogue import GROUPS
from portal.settings import BadSettings

INLINE: Final = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\[(?P<words>[^\]]+)\]\((?P<href>[^)\s]+)\)")
SAFE: Final = re.compile(r"/(?!/)|https://|mailto:|tel:")
VERSION: Final = re.compile(r"Version: (\d{4}-\d{2}-\d{2})")
FACT: Final = re.compile(r"\{(\w+)\}")


class BadTexts(BadSettings):
    """A text cannot be shown; the message names the file and what to do."""


class PageName(StrEnum):
    """The pages that are texts."""

    PRIVACY_NOTICE = "privacy-notice"
    ACCESSIBILITY = "accessibility"
    TERMS = "terms"
    HELP = "help"


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words: plain, strong, or a link where `href` is given."""

    words: str
    strong: bool = False
    href: str | None = None


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or paragraph (one line), or a list (an item on each line)."""

    kind: BlockKind
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TextSection:
    """A heading and what stands under it; `id` names its element."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class LegalText:
    """A whole page of text in one language."""

    version: date
    title: str
    lede: Line
    sections: tuple[TextSection, ...]


Texts = Mapping[PageName, Mapping[Language, LegalText]]


def load(ours: Path, theirs: Path | None, brand: Brand) -> Texts:
    """Every page in every language, from the company's own folder where that has the page.

    Raises BadTexts.
    """
    return {name: {language: _page(ours, theirs, name, language, brand) for language in Language} for name in PageName}


def read(source: str, brand: Brand, language: Language) -> LegalText:
    """The page that a text makes, with the facts of the brand put in.

    Raises BadTexts, whose message says what is wrong.
    """
    lines = [line.strip() for line in _with_facts(source, brand, language).splitlines() if line.strip()]
    version = VERSION.fullmatch(lines[0]) if lines else None
    if not version or len(lines) < 3 or not lines[1].startswith("# "):
        raise BadTexts(
            'begins with "Version: 2026-11-21", a title after "# ", and a sentence on what the page is about'
        )
    return LegalText(_day(version[1]), lines[1][2:], _line(lines[2]), tuple(_sections(lines[3:])))


def _page(ours: Path, theirs: Path | None, name: PageName, language: Language, brand: Brand) -> LegalText:
    own = theirs is not None and any((theirs / f"{name}.{one}.txt").exists() for one in Language)
    path = (theirs if theirs is not None and own else ours) / f"{name}.{language}.txt"
    try:
        return read(path.read_text(encoding="utf-8"), brand, language)
    except (OSError, UnicodeDecodeError):
        raise BadTexts(f"{path} cannot be read: a page stands in all of fi, sv and en, as UTF-8 text") from None
    except BadTexts as refused:
        raise BadTexts(f"{path}: a text {refused}") from None


def _with_facts(source: str, brand: Brand, language: Language) -> str:
    facts = _facts(brand, language)

    def fact(found: re.Match[str]) -> str:
        if found[1] not in facts:
            raise BadTexts(f"names the fact {found[0]}; there are {', '.join(facts)}")
        return facts[found[1]]

    return FACT.sub(fact, source)


def _facts(brand: Brand, language: Language) -> Mapping[str, str]:
    """What a text may name in braces. Line breaks and marks of ours cannot come in with them."""
    asked = brand.data_protection
    return {
        "name": brand.called(language),
        "company": brand.company,
        "business_id": brand.business_id,
        "phone": brand.phone,
        "phone_href": brand.phone_href,
        "phone_hours": brand.phone_hours,
        "faults_phone": brand.faults_phone,
        "faults_phone_href": brand.faults_phone_href,
        "email": brand.email,
        "street": brand.address.street,
        "postcode": brand.address.postcode,
        "town": brand.address.town,
        "paper_bill": brand.paper_bill.said(language) if brand.paper_bill else "",
        "privacy_name": asked.name or brand.company,
        "privacy_email": asked.email,
        "privacy_phone": asked.phone or brand.phone,
        **dict(_of_groups(language)),
    }


def _of_groups(language: Language) -> Iterator[tuple[str, str]]:
    """What each group of data is called, and how long it is kept: told here as on every other page."""
    for group, described in GROUPS.items():
        name = group.replace("-", "_")
        yield f"data_{name}", described.title.said(language)
        yield f"kept_{name}", described.about.retention.said(language)


def _sections(lines: Sequence[str]) -> Iterator[TextSection]:
    title, number, under = "", 0, list[str]()
    for line in [*lines, "## "]:
        if not line.startswith("## ") and line != "##":
            under.append(line)
            continue
        if number:
            yield TextSection(f"part-{number}", title, tuple(_blocks(under)))
        elif under:
            raise BadTexts(f'has "{under[0][:40]}" before its first "## "')
        title, number, under = line[3:], number + 1, []


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    for kind, run in groupby(lines, key=_kind):
        found = [_line(re.sub(r"^(- |### )", "", line)) for line in run]
        if kind is BlockKind.ITEMS:
            yield Block(kind, tuple(found))
        else:
            yield from (Block(kind, (line,)) for line in found)


def _kind(line: str) -> BlockKind:
    if line.startswith("- "):
        return BlockKind.ITEMS
    return BlockKind.HEADING if line.startswith("### ") else BlockKind.PARAGRAPH


def _line(text: str) -> Line:
    pieces, start = [], 0
    for found in INLINE.finditer(text):
        if found.start() > start:
            pieces.append(Piece(text[start : found.start()]))
        pieces.append(_marked(found))
        start = found.end()
    return (*pieces, Piece(text[start:])) if start < len(text) else tuple(pieces)


def _marked(found: re.Match[str]) -> Piece:
    if found["strong"]:
        return Piece(found["strong"], strong=True)
    if not SAFE.match(found["href"]):
        raise BadTexts(f"has a link to {found['href']}, which is none of /..., https:, mailto: and tel:")
    return Piece(found["words"], href=found["href"])


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadTexts(f"has a version {written} that is no day") from None
