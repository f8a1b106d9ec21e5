"""What customers are told about the things they decide on: editions in three languages, none ever changed."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from portal.consents.rules import Cell, Kind, Purpose
from portal.kit.errors import Invalid
from portal.kit.i18n import Language, text

FOLDER = Path(__file__).parent


class NoSuchEdition(Invalid):
    """No words of ours were ever shown under that name."""

    says = text("The texts on the page have changed. Open the page again and decide there.")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Part):
    """The same in each language."""

    fi: str
    sv: str
    en: str

    def by(self, language: Language) -> str:
        """The wording in a language."""
        return {Language.FI: self.fi, Language.SV: self.sv, Language.EN: self.en}[language]


class About(_Part):
    """What is told about a purpose."""

    title: Said
    text: Said
    data: Said


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
        return hashlib.sha256(self.whole.encode()).hexdigest()


class Edition(_Part):
    """Everything that is told from one day on."""

    version: str
    purposes: Mapping[Purpose, About]
    grounds: Mapping[str, Said]
    kinds: Mapping[Kind, Said]
    storage: Said
    retention: Said

    def wording(self, cell: Cell, language: Language) -> Wording:
        """What is told about a cell in a language."""
        about = self.purposes[cell.purpose]
        return Wording(
            purpose=cell.purpose,
            edition=self.version,
            language=language,
            title=about.title.by(language),
            text=about.text.by(language),
            data=about.data.by(language),
            ground=self.grounds[cell.ground.name].by(language),
            rule=self.kinds[cell.kind].by(language),
        )


@cache
def editions() -> Mapping[str, Edition]:
    """Every edition by its version, the first day of its use; oldest first."""
    files = sorted(FOLDER.glob("*.toml"))
    return {file.stem: Edition(version=file.stem, **tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def current() -> Edition:
    """The edition that is shown now."""
    return list(editions().values())[-1]


def edition(version: str) -> Edition:
    """The edition of a version.

    Raises NoSuchEdition.
    """
    try:
        return editions()[version]
    except KeyError:
        raise NoSuchEdition from None
