"""The mandates that somebody gave or holds, the invitations that they sent, and the sites that they may name in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import case, exists
from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.auth.reach import Grant, Level
from portal.customers.models import Mandate, MandateEnd, MandateInvitation, MandateInvitationSite, MandateSite, Party
from portal.customers.scope import held_by
from portal.customers.words import LEVELS, theme_words, themes_of
from portal.kit.errors import NotThere
from portal.kit.i18n import Text
from portal.organisation.labels import all_sites, some_sites
from portal.organisation.mandates.rules import Extent, InvitationState, invitation_state
from portal.organisation.records import Right, SiteName, right
from portal.organisation.rules import RightState
from portal.outbox.models import OutboxEvent
from portal.sites.models import Occupancy, Site
from portal.sites.scope import held_on


class NoSuchMandate(NotThere):
    """No mandate of that id that this person gave or holds."""


class NoSuchInvitation(NotThere):
    """No invitation of that id that this person sent."""


@dataclass(frozen=True, slots=True)
class HeldMandate:
    """A mandate with its sites, as one of its two sides sees it: whoever decides for the giver, or the holder.

    email: where the holder was invited; None for who was not, and for the holder
    """

    mandate: Mandate
    right: Right
    sites: frozenset[UUID]
    is_given: bool
    email: str | None
    invited_as: str | None
    ended: MandateEnd | None

    @property
    def extent(self) -> Extent:
        """What it opens, and until when."""
        sites = None if self.mandate.every_site else self.sites
        return Extent(Grant(self.right.themes, sites, self.right.level), self.mandate.valid_to)

    def is_open(self, today: date) -> bool:
        """Whether it holds or will hold, so that it can be ended and changed."""
        return self.right.state(today) is not RightState.ENDED


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as its giver sees it.

    is_lost: its letter was given up, so that nobody will answer it
    """

    row: MandateInvitation
    number_of_sites: int | None
    is_lost: bool

    @property
    def theme_words(self) -> Sequence[Text]:
        """The matters that it would open."""
        return theme_words(themes_of(self.row.themes))

    @property
    def level(self) -> Text:
        """How far it would go in them."""
        return LEVELS[Level(self.row.level)]

    @property
    def where(self) -> Text:
        """At which sites."""
        return all_sites(None) if self.number_of_sites is None else some_sites(self.number_of_sites, ())

    def state(self, now: datetime) -> InvitationState:
        """How it stands."""
        row = self.row
        state = invitation_state(
            ended_at=row.ended_at, mandate_id=row.mandate_id, expires_at=row.expires_at, last=row.valid_to, now=now
        )
        return InvitationState.UNDELIVERED if self.is_lost and state is InvitationState.WAITING else state


@dataclass(frozen=True, slots=True)
class NamedSite:
    """A site that a mandate may be limited to, and who holds it."""

    id: UUID
    party_id: UUID
    title: str
    town: str


@dataclass(frozen=True, slots=True)
class Giver:
    """A customer number for which somebody may give a mandate."""

    id: UUID
    customer_number: str
    name: str
    is_company: bool


def givers(db: Session, who: User) -> Sequence[Giver]:
    """For whom somebody may give a mandate: for each of their own numbers, or for the company that they administer."""
    mine = select(Party).where(col(Party.id).in_(who.parties)).order_by(Party.customer_number)
    return [Giver(one.id, one.customer_number, one.name, one.kind == "company") for one in db.exec(mine)]


def sites(db: Session, who: User, today: date) -> Sequence[NamedSite]:
    """The sites that the person's parties hold today, by town and street."""
    held = (
        select(Site, Occupancy.party_id)
        .join(Occupancy, col(Occupancy.site_id) == Site.id)
        .where(col(Occupancy.party_id).in_(who.parties), held_on(today))
        .order_by(Site.town, Site.street, Site.number)
        .distinct()
    )
    return [NamedSite(site.id, party_id, site.name or site.street, site.town) for site, party_id in db.exec(held)]


def by_id(db: Session, who: User, mandate_id: UUID) -> HeldMandate:
    """A mandate that whoever decides for its giver asks for, or its holder.

    Raises NoSuchMandate.
    """
    given = col(Mandate.grantor_id).in_(who.parties if who.reach.is_full else frozenset())
    wanted = (
        select(Mandate, Party, MandateEnd, MandateInvitation)
        .join(Party, col(Party.id) == case((held_by(who), Mandate.grantor_id), else_=Mandate.grantee_id), isouter=True)
        .join(MandateEnd, col(MandateEnd.mandate_id) == Mandate.id, isouter=True)
        .join(MandateInvitation, col(MandateInvitation.mandate_id) == Mandate.id, isouter=True)
        .where(Mandate.id == mandate_id, given | held_by(who))
    )
    found = db.exec(wanted).first()
    if found is None:
        raise NoSuchMandate
    mandate, party, end, _ = found
    invitation: MandateInvitation | None = found[3]
    is_mine = mandate.holder_account_id == who.account_id or mandate.grantee_id in who.reach.own
    is_given = not is_mine and who.reach.is_full and mandate.grantor_id in who.parties
    limits = (
        select(MandateSite.site_id, Site.street, Site.town)
        .join(Site, col(Site.id) == MandateSite.site_id, isouter=True)
        .where(MandateSite.mandate_id == mandate_id)
        .order_by(Site.town, Site.street)
    )
    sites = db.exec(limits).all()
    names = [SiteName(street or "", town or "") for _, street, town in sites]
    return HeldMandate(
        mandate=mandate,
        right=right(mandate, party, end, names),
        sites=frozenset(site_id for site_id, _, _ in sites),
        is_given=is_given,
        email=invitation.email if invitation and is_given else None,
        invited_as=invitation.name if invitation and is_given else None,
        ended=end,
    )


def invitations(db: Session, who: User) -> Sequence[Invitation]:
    """The invitations that wait, or were not accepted, the newest first; of whoever decides for the party."""
    if not who.reach.is_full:
        return ()
    given_up = (
        exists()
        .where(col(OutboxEvent.about) == MandateInvitation.id, col(OutboxEvent.given_up_at).is_not(None))
        .correlate(MandateInvitation)
    )
    open_ones = (
        select(MandateInvitation, given_up)
        .where(col(MandateInvitation.grantor_id).in_(who.parties), col(MandateInvitation.ended_at).is_(None))
        .order_by(col(MandateInvitation.invited_at).desc())
    )
    rows = db.exec(open_ones).all()
    limits = select(MandateInvitationSite).where(
        col(MandateInvitationSite.invitation_id).in_([row.id for row, _ in rows if not row.every_site])
    )
    chosen = [one.invitation_id for one in db.exec(limits)]
    return [Invitation(row, None if row.every_site else chosen.count(row.id), is_lost) for row, is_lost in rows]


def sent_by_id(db: Session, who: User, invitation_id: UUID) -> MandateInvitation:
    """An invitation that whoever decides for its giver asks for.

    Raises NoSuchInvitation.
    """
    mine = select(MandateInvitation).where(
        MandateInvitation.id == invitation_id,
        col(MandateInvitation.grantor_id).in_(who.parties if who.reach.is_full else frozenset()),
    )
    found = db.exec(mine.with_for_update()).first()
    if found is None:
        raise NoSuchInvitation
    return found
