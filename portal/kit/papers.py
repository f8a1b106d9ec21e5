"""Papers that tell facts under headings, such as a summary or a confirmation: what the template `paper` shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.kit.db import Database
from portal.kit.documents import Document
from portal.kit.i18n import Language, Spoken, Text
from portal.kit.streams import Pieces, Pool
from portal.kit.typesetting import Typesetter
from portal.kit.web import Download

Words = Text | Spoken | str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is told, and what it is."""

    label: Words
    value: Words


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading, then sentences: there may be none of either."""

    heading: Words
    facts: Sequence[Fact] = ()
    sentences: Sequence[Words] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What the paper is, what it is about, and all that it tells."""

    heading: Text
    about: Words
    facts: Sequence[Fact]
    sections: Sequence[Section]


def document(paper: Paper, number: str, dated: date, language: Language) -> Document:
    """A paper about the thing of a number, as it stands on a day."""
    title = f"{paper.heading.said(language)}, {number}"
    return Document(template="paper", title=title, language=language, dated=dated, content=paper)


def pdf(typesetter: Typesetter, document: Document, name: str) -> Download:
    """A document as a PDF, typeset when it is its turn."""

    def made(_database: Database) -> Pieces:
        yield typesetter.pdf(document)

    return Download(name, "application/pdf", made, Pool.DOCUMENTS)
