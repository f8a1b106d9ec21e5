"""What customers are told about the things they decide on: editions in three languages, none ever changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.consents.editions import Editions, Part, Translated, sha256
from portal.consents.rules import Cell, DecisionKind, Purpose
from portal.kit.i18n import Language


class PurposeText(Part):
    """What is told about a purpose."""

    title: Translated
    text: Translated
    data: Translated


@dataclass(frozen=True, slots=True)
class Wording:
    """What a customer reads about one cell, in one language."""

    purpose: Purpose
    edition: str
    language: Language
    title: str
    text: str
    data: str
    ground: str
    rule: str

    @property
    def whole(self) -> str:
        """All of it, a sentence or more on each line."""
        return f"{self.title}\n{self.text}\n{self.data}\n{self.ground}\n{self.rule}"

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole in UTF-8, in hexadecimal."""
        return sha256(self.whole)


class Edition(Part):
    """Everything that is told from one day on."""

    version: str
    purposes: Mapping[Purpose, PurposeText]
    grounds: Mapping[str, Translated]
    kinds: Mapping[DecisionKind, Translated]
    storage: Translated
    retention: Translated

    def wording(self, cell: Cell, language: Language) -> Wording:
        """What is told about a cell in a language."""
        about = self.purposes[cell.purpose]
        return Wording(
            purpose=cell.purpose,
            edition=self.version,
            language=language,
            title=about.title.said(language),
            text=about.text.said(language),
            data=about.data.said(language),
            ground=self.grounds[cell.ground.name].said(language),
            rule=self.kinds[cell.kind].said(language),
        )


EDITIONS: Final = Editions(Path(__file__).parent, Edition)
