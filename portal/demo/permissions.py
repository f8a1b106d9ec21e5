"""What the demo people decided by phone, by letter and when they signed contracts, before they used the portal."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.consents.models import PermissionRecord
from portal.consents.rules import MATRIX, Action, Cell, DecisionSubject
from portal.demo.naming import id_of
from portal.demo.people import AINO, KARIN, MIKKO, Member
from portal.kit.clock import HELSINKI
from portal.kit.i18n import Language

NOTICE: Final = "privacy"
NOTICE_VERSION: Final = "2023-1"
PHONE, LETTER, FEED = "phone", "letter", "feed"


@dataclass(frozen=True)
class Decision:
    """One decision: when (Helsinki time), about which cell of the matrix, and where it was made."""

    at: str
    key: str
    action: Action
    where: str


DECISIONS: Final = {
    AINO: (
        Decision("2024-03-14T10:12", "direct-marketing.phone", Action.GIVEN, PHONE),
        Decision("2024-03-14T10:13", "distance-selling.phone", Action.GIVEN, PHONE),
        Decision("2025-03-12T17:40", "direct-marketing.email", Action.GIVEN, FEED),
        Decision("2025-11-04T09:05", "satisfaction-survey.sms", Action.GIVEN, PHONE),
        Decision("2026-02-18T12:31", "satisfaction-survey.sms", Action.WITHDRAWN, PHONE),
        Decision("2026-09-03T18:22", "service-analytics.any", Action.GIVEN, FEED),
    ),
    MIKKO: (
        Decision("2023-09-18T20:02", "direct-marketing.email", Action.GIVEN, FEED),
        Decision("2023-09-18T20:02", "direct-marketing.sms", Action.GIVEN, FEED),
        Decision("2023-09-18T20:03", "service-analytics.any", Action.GIVEN, FEED),
        Decision("2025-01-27T08:47", "direct-marketing.sms", Action.WITHDRAWN, PHONE),
    ),
    KARIN: (
        Decision("2022-05-09T12:00", "direct-marketing.letter", Action.GIVEN, LETTER),
        Decision("2022-05-09T12:00", "direct-marketing.phone", Action.GIVEN, LETTER),
        Decision("2022-05-09T12:00", "market-research.phone", Action.GIVEN, LETTER),
    ),
}
LANGUAGES: Final = {AINO: Language.FI, MIKKO: Language.FI, KARIN: Language.SV}
CELLS: Final = {cell.key: cell for cell in MATRIX[DecisionSubject.PERSON]}


def records(until: datetime) -> Iterator[PermissionRecord]:
    """The decisions made before an instant, as the register keeps them."""
    for member, decisions in DECISIONS.items():
        made = [decision for decision in decisions if _instant(decision) < until]
        latest: dict[str, PermissionRecord] = {}
        for sequence, decision in enumerate(made, start=1):
            record = _record(member, sequence, decision, latest.get(decision.key))
            latest[decision.key] = record
            yield record


def _record(member: Member, sequence: int, decision: Decision, replaces: PermissionRecord | None) -> PermissionRecord:
    cell: Cell = CELLS[decision.key]
    language = LANGUAGES[member]
    return PermissionRecord(
        id=id_of("permission", member.customer_number, sequence),
        sequence=sequence,
        party_id=id_of("party", member.customer_number),
        kind=cell.kind,
        purpose=cell.purpose,
        channel=cell.channel,
        action=decision.action,
        at=_instant(decision),
        where=decision.where,
        ground=cell.ground,
        notice_id=NOTICE,
        notice_version=NOTICE_VERSION,
        notice_sha256=hashlib.sha256(f"{NOTICE} {NOTICE_VERSION} {language}".encode()).hexdigest(),
        language=language,
        replaces_id=replaces.id if replaces else None,
    )


def _instant(decision: Decision) -> datetime:
    return datetime.fromisoformat(decision.at).replace(tzinfo=HELSINKI)
