"""What a customer reads before they authorise a company: editions in three languages, none ever changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.consents.authorisations.models import ThirdParty
from portal.consents.authorisations.records import purpose
from portal.consents.authorisations.rules import Resolution
from portal.consents.editions import Editions, Part, Translated, Wording
from portal.contracts.tariff_periods import Days
from portal.kit.formats import full_date
from portal.kit.i18n import Language


@dataclass(frozen=True, slots=True)
class Facts:
    """What an authorisation says about itself; `points` are GSRNs."""

    company: ThirdParty
    points: Sequence[str]
    resolution: Resolution
    term: Days


class Edition(Part):
    """Everything that is told from one day on."""

    version: str
    what: Translated
    purpose: Translated
    points: Translated
    resolution: Mapping[Resolution, Translated]
    period: Translated
    sees_not: Translated
    free: Translated

    def wording(self, facts: Facts, language: Language) -> Wording:
        """What is told about an authorisation."""
        told = (self.what, self.purpose, self.points, self.resolution[facts.resolution], self.period)
        filled = [sentence.said(language).format(**_places(facts, language)) for sentence in told]
        more = [sentence.said(language) for sentence in (self.sees_not, self.free)]
        return Wording(self.version, language, (*filled, *more))


EDITIONS: Final = Editions(Path(__file__).parent, Edition)


def _places(facts: Facts, language: Language) -> dict[str, str]:
    return {
        "company": facts.company.name,
        "business_id": facts.company.business_id,
        "purpose": purpose(facts.company).said(language).rstrip("."),
        "points": ", ".join(facts.points),
        "first": full_date(facts.term.first, language),
        "last": full_date(facts.term.last, language),
    }
