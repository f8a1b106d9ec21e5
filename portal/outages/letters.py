"""Letters about outages, and the event that tells billing of compensation: by `portal jobs`, once a change."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from sqlmodel import Session, col, select

from portal.customers.lookups import addressees
from portal.customers.models import Party
from portal.kit import formats
from portal.kit.clock import day_of
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.mirror import portions
from portal.outages.kinds import OutageState
from portal.outages.models import IS_NEWS, Outage, OutageSite
from portal.outages.records import HEAD, OutageHead, PastOutage, head
from portal.outages.rules import RECENT, SETTLED, said_of
from portal.outbox.actions import Event, announce
from portal.outbox.letters import Addressee, letter
from portal.outbox.mail import Letter, post
from portal.sites.models import Occupancy, Site
from portal.sites.scope import held_on

MOST_STREETS: Final = 5
Contactable = Callable[[Session, Collection[UUID]], Collection[UUID]]
"""Of some parties those who want to be written to about outages by e-mail."""


class CompensationDue(Event):
    """A customer has a right to standard compensation for an outage: Electricity Market Act 588/2013, section 100.

    One comes for each site and holder when a long outage ends, and again whenever the right becomes another one: then
    the later one counts, also one of 0 per cent. What a year's fee is and what was compensated before billing knows.
    """

    kind: ClassVar[str] = "outage.compensation_due"

    outage_number: str
    site_number: str
    customer_number: str
    party_id: UUID
    starts_at: datetime
    ended_at: datetime | None
    percent_of_year_fee: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Where the portal is of which letters tell, and whom to call of a fault."""

    base_url: str
    faults_phone: str


@dataclass(frozen=True, slots=True)
class SiteHolder:
    """A customer who held a site when an outage began."""

    site: OutageSite
    party: Party
    site_number: str
    street: str


def tell(db: Session, sender: Sender, wanting: Contactable, now: datetime) -> int:
    """Write of one outage of which something is news, and note what was told; 1 where there was one, 0 where none was.

    Letters and events leave the house when the note is committed: whoever is stopped in between tells all, or nothing.
    """
    outage = _next(db)
    if outage is None:
        return 0
    found, told = head(*(getattr(outage, name) for name in HEAD)), outage.told
    outage.told = outage.says
    holders = _holders(db, found)
    if found.ended_at is None or found.ended_at >= now - RECENT:
        is_changed = told is None or said_of(outage.says) != said_of(told)
        _write(db, sender, found, [one for one in holders if _is_news(found, one, is_changed=is_changed)], wanting, now)
    if found.ended_at is None or found.ended_at >= now - SETTLED:
        for due in _due(found, holders):
            announce(db, due, now)
    for holder in holders:
        holder.site.is_told |= found.is_open
    return 1


def _is_news(outage: OutageHead, holder: SiteHolder, *, is_changed: bool) -> bool:
    """Whether somebody is to be written to: of an open outage whenever they know less; of its end if they knew."""
    return is_changed or not holder.site.is_told if outage.is_open else is_changed and holder.site.is_told


def _next(db: Session) -> Outage | None:
    """An outage of which something is news; of two that ask at once, the second is given another."""
    asked = select(Outage).where(IS_NEWS).order_by(col(Outage.starts_at)).limit(1)
    return db.exec(asked.with_for_update(skip_locked=True)).first()


def _holders(db: Session, outage: OutageHead) -> Sequence[SiteHolder]:
    """Who held the sites that an outage left without energy, on the day on which it began, by customer and street."""
    asked = (
        select(OutageSite, Party, Site.number, Site.street)
        .join(Site, col(Site.id) == OutageSite.site_id)
        .join(Occupancy, col(Occupancy.site_id) == Site.id)
        .join(Party, col(Party.id) == Occupancy.party_id)
        .where(OutageSite.outage_id == outage.id, held_on(day_of(outage.starts_at)))
        .order_by(Party.customer_number, Site.street, Site.number)
        .distinct()
    )
    return [SiteHolder(*row) for row in db.exec(asked)]


def _write(
    db: Session, sender: Sender, outage: OutageHead, holders: Sequence[SiteHolder], wanting: Contactable, now: datetime
) -> None:
    """A letter to each customer who wants one and has an address, however many of their sites are touched."""
    streets: defaultdict[UUID, list[str]] = defaultdict(list)
    for holder in holders:
        streets[holder.party.id].append(holder.street)
    for some in portions(streets):
        reached = addressees(db, wanting(db, some))
        for party_id in some:
            if to := reached.get(party_id):
                post(db, _letter(sender, outage, to, streets[party_id]), now)


def _letter(sender: Sender, outage: OutageHead, to: Addressee, streets: Sequence[str]) -> Letter:
    left = len(streets) - MOST_STREETS
    return letter(
        to,
        f"{outage.title.said(to.language)}: {outage.label.words.said(to.language).lower()}",
        ", ".join(streets[:MOST_STREETS]),
        *([counted("and %(n)s more site", "and %(n)s more sites", left)] if left > 0 else []),
        *_when(outage, to.language),
        *([outage.cause.said(to.language)] if outage.cause else []),
        text("Call about faults: %(phone)s, around the clock.", phone=sender.faults_phone),
        text("How the outage goes on stands here:"),
        f"{sender.base_url}/outages",
        text("You choose which messages come by email among your consents in our online service."),
    )


def _when(outage: OutageHead, language: Language) -> Sequence[Text]:
    """What is known of when it began and when it ends."""

    def at(instant: datetime) -> str:
        return formats.instant(instant, language)

    if outage.state is OutageState.CANCELLED:
        return [text("The outage that was announced for %(at)s does not come.", at=at(outage.starts_at))]
    if outage.ended_at is not None:
        return [text("The outage is over. It lasted until %(at)s.", at=at(outage.ended_at))]
    starts = at(outage.starts_at)
    begins = text("It began on %(at)s.", at=starts) if outage.is_ongoing else text("It begins on %(at)s.", at=starts)
    if outage.expected_until is None:
        return [begins, text("We cannot say yet when it ends. We write again when we know.")]
    return [begins, text("It is expected to end on %(at)s.", at=at(outage.expected_until))]


def _due(outage: OutageHead, holders: Sequence[SiteHolder]) -> Iterator[CompensationDue]:
    """What billing is told: for each site and holder whose right is another than it was told last; and that is noted.

    A right that is no more, for the outage was shorter or goes on after all, is told as one of 0 per cent.
    """
    ended = outage.ended_at
    percent = PastOutage(outage, outage.starts_at, ended).percent if ended else 0
    changed = [holder for holder in holders if holder.site.percent_told != percent]
    for holder in changed:
        yield CompensationDue(
            outage_number=outage.number,
            site_number=holder.site_number,
            customer_number=holder.party.customer_number,
            party_id=holder.party.id,
            starts_at=outage.starts_at,
            ended_at=ended,
            percent_of_year_fee=percent,
        )
    for holder in changed:
        holder.site.percent_told = percent
