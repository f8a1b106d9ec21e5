"""Editions of what customers are told: a TOML file each, named by the first day of its use; none is ever changed."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from portal.kit.errors import Invalid
from portal.kit.i18n import Language, text


class NoSuchEdition(Invalid):
    """No words of ours were ever shown under that name."""

    says = text("The texts on the page have changed. Open the page again and decide there.")


class Part(BaseModel):
    """A part of an edition's file, with all that it must hold and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Translated(Part):
    """The same in each language."""

    fi: str
    sv: str
    en: str

    def said(self, language: Language) -> str:
        """The wording in a language."""
        return {Language.FI: self.fi, Language.SV: self.sv, Language.EN: self.en}[language]


E = TypeVar("E", bound=Part)


@dataclass(frozen=True, slots=True)
class Seen(Generic[E]):
    """The words that a customer had before them when deciding: which edition, in which language."""

    edition: E
    language: Language


@dataclass(frozen=True, slots=True)
class Wording:
    """What a customer reads, sentence by sentence, in one language, by which edition."""

    edition: str
    language: Language
    sentences: tuple[str, ...]

    @property
    def whole(self) -> str:
        """All of it, a sentence or more on each line."""
        return "\n".join(self.sentences)

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole in UTF-8, in hexadecimal: by it the words can be proved later."""
        return hashlib.sha256(self.whole.encode()).hexdigest()


class Editions(Generic[E]):
    """The editions of one folder."""

    def __init__(self, folder: Path, kind: type[E]) -> None:
        """Take the folder and what its files hold, beside `version`, which is their name."""
        self._folder, self._kind = folder, kind

    @cached_property
    def all(self) -> Mapping[str, E]:
        """Every edition by its version; oldest first."""
        return {path.stem: self._read(path) for path in sorted(self._folder.glob("*.toml"))}

    @property
    def current(self) -> E:
        """The edition that is shown now."""
        return list(self.all.values())[-1]

    def by_version(self, version: str) -> E:
        """The edition of a version.

        Raises NoSuchEdition.
        """
        try:
            return self.all[version]
        except KeyError:
            raise NoSuchEdition from None

    def seen(self, notice: str) -> Seen[E]:
        """What a form says that the customer had before them: `2026-11-21/fi`.

        Raises NoSuchEdition.
        """
        version, _, language = notice.partition("/")
        if language not in set(Language):
            raise NoSuchEdition
        return Seen(self.by_version(version), Language(language))

    def _read(self, path: Path) -> E:
        return self._kind.model_validate({"version": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))})
