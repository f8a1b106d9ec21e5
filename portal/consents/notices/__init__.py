"""What customers are told about the things they decide on: editions in three languages, none ever changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from portal.consents.editions import Editions, Part, Translated, Wording
from portal.consents.rules import Cell, DecisionKind, Purpose
from portal.kit.i18n import Language


class PurposeText(Part):
    """What is told about a purpose."""

    title: Translated
    text: Translated
    data: Translated


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
        told = (about.title, about.text, about.data, self.grounds[cell.ground.name], self.kinds[cell.kind])
        return Wording(self.version, language, tuple(words.said(language) for words in told))


EDITIONS: Final = Editions(Path(__file__).parent, Edition)
