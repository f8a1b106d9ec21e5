"""What a customer reads before they authorise a company: editions in three languages, none ever changed."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from portal.consents.authorisations.rules import Resolution, Term
from portal.consents.notices import NoSuchEdition, Said
from portal.kit.formats import full_date
from portal.kit.i18n import Language

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Facts:
    """What an authorisation says about itself; `points` are GSRNs."""

    company: str
    business_id: str
    purpose: Mapping[Language, str]
    points: Sequence[str]
    resolution: Resolution
    term: Term


@dataclass(frozen=True, slots=True)
class Wording:
    """What a customer reads, sentence by sentence, in one language."""

    edition: str
    language: Language
    sentences: tuple[str, ...]

    @property
    def whole(self) -> str:
        """All of it, a sentence or more on each line."""
        return "\n".join(self.sentences)

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole in UTF-8, in hexadecimal."""
        return hashlib.sha256(self.whole.encode()).hexdigest()


class Edition(BaseModel):
    """Everything that is told from one day on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    what: Said
    purpose: Said
    points: Said
    resolution: Mapping[Resolution, Said]
    period: Said
    sees_not: Said
    free: Said

    def wording(self, facts: Facts, language: Language) -> Wording:
        """What is told about an authorisation."""
        told = (self.what, self.purpose, self.points, self.resolution[facts.resolution], self.period)
        filled = [sentence.by(language).format(**_places(facts, language)) for sentence in told]
        more = [sentence.by(language) for sentence in (self.sees_not, self.free)]
        return Wording(self.version, language, (*filled, *more))


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


def _places(facts: Facts, language: Language) -> dict[str, str]:
    return {
        "company": facts.company,
        "business_id": facts.business_id,
        "purpose": facts.purpose[language].rstrip("."),
        "points": ", ".join(facts.points),
        "first": full_date(facts.term.first, language),
        "last": full_date(facts.term.last, language),
    }
