"""Giving a mandate by an invitation, accepting it, changing and ending it: told to the utility, audited, told to both.

A mandate that is changed ends, and another takes its place: which one held when can always be told.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from portal.audit import actions as audit
from portal.auth.people import ConfirmedUser, User
from portal.auth.reach import Level, Theme
from portal.customers.locks import lock
from portal.customers.lookups import decides_for
from portal.customers.models import (
    Mandate,
    MandateEnd,
    MandateInvitation,
    MandateInvitationSite,
    MandateSite,
    Party,
    PartyKind,
)
from portal.customers.words import themes_of
from portal.kit.allowance import DayIsFull, free_at
from portal.kit.clock import day_of
from portal.kit.db import one_at_a_time
from portal.kit.errors import Invalid, NotCovered, Refused
from portal.kit.i18n import Text, text
from portal.kit.sight import Sight, see, show
from portal.organisation.mandates import queries, rules
from portal.organisation.mandates.forms import ALL, ExtentForm, InvitationForm
from portal.organisation.mandates.lookups import administrators, hash_of, invited_by, inviter_of
from portal.organisation.mandates.queries import HeldMandate
from portal.organisation.mandates.rules import Extent, How, InvitationState, invitation_state
from portal.outbox.actions import Event, announce
from portal.outbox.letters import Addressee
from portal.sites.models import Site


class CannotBeGiven(Invalid):
    """What is asked for does not fit what is; `field` is where to mend it."""

    def __init__(self, field: str, says: Text) -> None:
        super().__init__(field)
        self.field = field
        self.says = says


class TooManyInvitations(DayIsFull):
    """Invitations are limited: nobody's mailbox is to be filled through us."""

    says = text("You have sent as many invitations as we take in one day. Try again tomorrow, or call us.")


class InvitationOver(Refused):
    """The invitation was accepted, withdrawn, or has expired; or its giver may not give it any more."""

    status = 410
    says = text("This invitation is no longer open. Ask whoever invited you for a new one.")


class OwnInvitation(Refused):
    """Nobody accepts what they gave themselves."""

    says = text("You sent this invitation yourself. It is for the person whom you invited.")


class LastAdministrator(Refused):
    """Without this mandate nobody would administer the company."""

    says = text(
        "This is the company's last administrator. First invite another one; if there is nobody, "
        "write to our customer service."
    )


class MandateGiven(Event):
    """Somebody may act for a customer from now on, as far as this says; site numbers are null for every site.

    It was accepted after identification by a bank. `replaces` is the mandate that was narrowed or extended into it.
    """

    kind: ClassVar[str] = "mandate.given"

    mandate_id: UUID
    customer_number: str
    party_id: UUID
    holder_customer_number: str | None
    holder_name: str
    themes: tuple[Theme, ...]
    sites: tuple[str, ...] | None
    level: Level
    valid_from: date
    valid_to: date | None
    at: datetime
    replaces: UUID | None


class MandateEnded(Event):
    """A mandate ended before its last day: its holder may do nothing by it from `at` on.

    `mandate_number` and `valid_from` are those of the register, where it told of the mandate.
    """

    kind: ClassVar[str] = "mandate.ended"

    mandate_id: UUID
    mandate_number: str
    customer_number: str
    party_id: UUID
    holder_customer_number: str | None
    valid_from: date
    how: How
    at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was written down, and the token for its letter, which nobody can learn afterwards."""

    row: MandateInvitation
    token: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mandate that somebody accepted, the name by which its giver had invited them, and how the inviter is told."""

    mandate: Mandate
    invited_as: str
    inviter: Addressee | None


def check(db: Session, who: User, asked: InvitationForm, today: date) -> None:
    """Raise CannotBeGiven where something does not fit what the giver has today."""
    if asked.giver not in who.parties:
        raise CannotBeGiven("giver", text("Choose one of the options."))
    _check_sites(db, who, asked, asked.giver, today)
    if asked.since < today:
        raise CannotBeGiven("since", text("The first day is today or later."))
    if asked.since > today + rules.BEGINS_WITHIN:
        raise CannotBeGiven("since", text("A mandate begins within a year."))


def invite(db: Session, who: ConfirmedUser, asked: InvitationForm, now: datetime) -> Invited | None:
    """Write an invitation down. None where the same one waits already, as after a second click.

    Raises CannotBeGiven, TooManyInvitations; then nothing is written.
    """
    check(db, who, asked, day_of(now))
    one_at_a_time(db, f"invitations of {who.account_id}")
    waiting = [one.row for one in queries.invitations(db, who) if one.state(now) is InvitationState.WAITING]
    if any(_is_that(db, one, asked) for one in waiting):
        return None
    sent = select(MandateInvitation.invited_at).where(MandateInvitation.account_id == who.account_id)
    newest_first = sent.order_by(col(MandateInvitation.invited_at).desc())
    if full_until := free_at(db, newest_first, rules.INVITATIONS_A_DAY, now):
        raise TooManyInvitations(full_until)
    token = secrets.token_urlsafe(32)
    invitation = MandateInvitation(
        grantor_id=asked.giver,
        account_id=who.account_id,
        name=asked.name,
        email=asked.email,
        language=asked.language,
        themes=",".join(sorted(asked.themes)),
        every_site=not asked.sites,
        level=asked.level,
        valid_from=asked.since,
        valid_to=asked.until,
        token_hash=hash_of(token),
        invited_at=now,
        expires_at=now + rules.INVITED_FOR,
    )
    db.add(invitation)
    db.flush()
    db.add_all(MandateInvitationSite(invitation_id=invitation.id, site_id=site) for site in asked.sites)
    db.flush()
    audit.record(db, _of_invitation(db, "mandate.invited", who, invitation), now)
    return Invited(invitation, token)


def withdraw(db: Session, who: User, invitation_id: UUID, now: datetime) -> None:
    """Take an invitation back: its link is dead from now on. One that has ended stays as it is.

    Raises NoSuchInvitation.
    """
    invitation = queries.sent_by_id(db, who, invitation_id)
    if not who.reach.may_pass_on:
        raise NotCovered
    if invitation.ended_at is None:
        invitation.ended_at = now
        audit.record(db, _of_invitation(db, "mandate.withdrawn", who, invitation), now)


def open_invitation(db: Session, token: str, now: datetime) -> MandateInvitation:
    """The invitation whose letter holds a token, as long as somebody may accept it.

    Raises InvitationOver.
    """
    found = invited_by(db, token)
    if found is None or _state(found, now) is not InvitationState.WAITING:
        raise InvitationOver
    return found


def accept(db: Session, who: ConfirmedUser, token: str, now: datetime) -> Accepted:
    """Take an invitation, in one's own name, whomever one acts for. Of many who try at once, one succeeds.

    Raises InvitationOver, OwnInvitation; then nothing is written.
    """
    invitation = open_invitation(db, token, now)
    again = select(MandateInvitation).where(MandateInvitation.id == invitation.id)
    invitation = db.exec(again.with_for_update().execution_options(populate_existing=True)).one()
    if _state(invitation, now) is not InvitationState.WAITING:
        raise InvitationOver
    giver = db.get_one(Party, invitation.grantor_id)
    if who.account_id == invitation.account_id or giver.id in who.reach.own:
        raise OwnInvitation
    if not decides_for(db, invitation.account_id, giver.id, day_of(now)):
        raise InvitationOver
    sites, mandate_id = _sites_of(db, invitation), uuid4()
    mandate = Mandate(
        id=mandate_id,
        number=str(mandate_id),
        grantor_id=giver.id,
        holder_account_id=who.account_id,
        holder_name=who.name,
        themes=invitation.themes,
        every_site=invitation.every_site,
        level=invitation.level,
        valid_from=max(invitation.valid_from, day_of(now)),
        valid_to=invitation.valid_to,
    )
    _add(db, mandate, sites)
    invitation.ended_at, invitation.mandate_id = now, mandate.id
    audit.record(db, _of_mandate(db, "mandate.given", who, mandate), now)
    inviter = inviter_of(db, invitation)  # whom nobody sees any more afterwards
    # What the mandate opens is theirs to see from now on: the numbers of its sites, and where its giver is written to.
    see(db, Sight(who.account_id, who.reach.own, frozenset({giver.id}), None if mandate.every_site else sites))
    announce(db, _given(db, mandate, _number_of(db, who), now), now)
    return Accepted(mandate, invitation.name, inviter)


def end(db: Session, who: User, mandate_id: UUID, now: datetime) -> HeldMandate | None:
    """End a mandate, as its giver or as its holder: it opens nothing from the next request on.

    None where it had ended before. Raises NoSuchMandate, LastAdministrator, and NotCovered for who stands in for a
    person in everything: they end what they hold, not what others do.
    """
    held = _hold(db, who, mandate_id)
    if held.is_given and not who.reach.may_pass_on:
        raise NotCovered
    if not held.is_open(day_of(now)):
        return None
    _keep_one_administrator(db, held, now)
    _end(db, who, held, How.ENDED if held.is_given else How.LEFT, now)
    return held


def change(db: Session, who: ConfirmedUser, mandate_id: UUID, asked: ExtentForm, now: datetime) -> HeldMandate | None:
    """Narrow a mandate, or let it last for longer or shorter: another takes its place, from the next request on.

    None where it is so already. Raises NoSuchMandate, NotCovered for who stands in for a person, LastAdministrator, and
    CannotBeGiven for what it does not open now: that is given anew.
    """
    today = day_of(now)
    held = _hold(db, who, mandate_id)
    if not held.is_given:
        raise queries.NoSuchMandate
    if not who.reach.may_pass_on:
        raise NotCovered
    if not held.is_open(today):
        raise CannotBeGiven("until", text("The mandate has ended. Give a new one."))
    before = held.extent
    wanted = Extent(asked.grant, asked.until)
    if wanted == before:
        return None
    _check_change(before, wanted, max(today, held.mandate.valid_from))
    if before.grant.sites is None:
        _check_sites(db, who, asked, held.mandate.grantor_id, today)
    if not wanted.grant.is_full:
        _keep_one_administrator(db, held, now)
    old, new_id = held.mandate, uuid4()
    mandate = Mandate(
        id=new_id,
        number=str(new_id),
        grantor_id=old.grantor_id,
        grantee_id=old.grantee_id,
        holder_account_id=old.holder_account_id,
        holder_name=old.holder_name,
        themes=",".join(sorted(wanted.grant.themes)),
        every_site=wanted.grant.sites is None,
        level=wanted.grant.level,
        valid_from=max(old.valid_from, today),
        valid_to=wanted.last,
        replaces_id=old.id,
    )
    _add(db, mandate, wanted.grant.sites or frozenset())
    invited = select(MandateInvitation).where(MandateInvitation.mandate_id == old.id)
    for invitation in db.exec(invited):
        invitation.mandate_id = mandate.id
    _end(db, who, held, How.REPLACED, now)
    audit.record(db, _of_mandate(db, "mandate.given", who, mandate), now)
    announce(db, _given(db, mandate, held.right.customer_number, now), now)
    return queries.by_id(db, who, mandate.id)


def _hold(db: Session, who: User, mandate_id: UUID) -> HeldMandate:
    """A mandate of the person, alone: nobody else gives or ends one of its giver's until this transaction ends.

    Both sides are seen from then on, for the letter to the other one.
    """
    held = queries.by_id(db, who, mandate_id)
    show(db, Mandate.id, mandate_id)
    lock(db, {held.mandate.grantor_id})
    db.expire_all()
    return queries.by_id(db, who, mandate_id)


def _keep_one_administrator(db: Session, held: HeldMandate, now: datetime) -> None:
    giver = db.get_one(Party, held.mandate.grantor_id)
    if giver.kind == PartyKind.COMPANY and rules.leaves_nobody(
        held.mandate.id, administrators(db, giver.id, day_of(now))
    ):
        raise LastAdministrator


def _check_sites(db: Session, who: User, asked: ExtentForm, giver: UUID, today: date) -> None:
    held = {one.id for one in queries.sites(db, who, today) if one.party_id == giver}
    if not set(asked.sites) <= held:
        raise CannotBeGiven("sites", text("Choose sites that the giver holds now."))


def _check_change(before: Extent, wanted: Extent, first: date) -> None:
    if not wanted.grant.themes <= before.grant.themes:
        raise CannotBeGiven("themes", text("A mandate is not widened. Give a new one for more matters."))
    if wanted.grant.level is Level.MANAGE and before.grant.level is Level.SEE:
        raise CannotBeGiven("level", text("A mandate is not widened. Give a new one to let somebody manage."))
    if not rules.is_within(wanted.grant, before.grant):
        raise CannotBeGiven("sites", text("A mandate is not widened. Give a new one for more sites."))
    if wanted.last is not None and wanted.last < first:
        raise CannotBeGiven("until", text("The last day is not over. To stop at once, end the mandate."))


def _add(db: Session, mandate: Mandate, sites: frozenset[UUID]) -> None:
    db.add(mandate)
    db.flush()
    db.add_all(MandateSite(mandate_id=mandate.id, site_id=site) for site in sorted(sites))
    db.flush()


def _end(db: Session, who: User, held: HeldMandate, how: How, now: datetime) -> None:
    mandate = held.mandate
    db.add(MandateEnd(mandate_id=mandate.id, at=now, how=how, account_id=who.account_id))
    db.flush()
    audit.record(db, _of_mandate(db, f"mandate.{how}", who, mandate), now)
    giver = db.get_one(Party, mandate.grantor_id)
    holder = db.get(Party, mandate.grantee_id) if mandate.grantee_id else None
    event = MandateEnded(
        mandate_id=mandate.id,
        mandate_number=mandate.number,
        customer_number=giver.customer_number,
        party_id=giver.id,
        holder_customer_number=holder.customer_number if holder else None,
        valid_from=mandate.valid_from,
        how=how,
        at=now,
    )
    announce(db, event, now)


def _given(db: Session, mandate: Mandate, holder_number: str | None, now: datetime) -> MandateGiven:
    giver = db.get_one(Party, mandate.grantor_id)
    holder = db.get(Party, mandate.grantee_id) if mandate.grantee_id else None
    return MandateGiven(
        mandate_id=mandate.id,
        customer_number=giver.customer_number,
        party_id=giver.id,
        holder_customer_number=holder_number,
        holder_name=mandate.holder_name or (holder.name if holder else ""),
        themes=tuple(sorted(themes_of(mandate.themes))),
        sites=None if mandate.every_site else _site_numbers(db, mandate),
        level=Level(mandate.level),
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
        at=now,
        replaces=mandate.replaces_id,
    )


def _site_numbers(db: Session, mandate: Mandate) -> tuple[str, ...]:
    of_mandate = (
        select(Site.number)
        .join(MandateSite, col(MandateSite.site_id) == Site.id)
        .where(MandateSite.mandate_id == mandate.id)
    )
    return tuple(db.exec(of_mandate.order_by(Site.number)))


def _number_of(db: Session, who: User) -> str | None:
    own = select(Party.customer_number).where(col(Party.id).in_(who.reach.own)).order_by(Party.customer_number)
    return db.exec(own.limit(1)).first()


def _state(invitation: MandateInvitation, now: datetime) -> InvitationState:
    return invitation_state(
        ended_at=invitation.ended_at,
        mandate_id=invitation.mandate_id,
        expires_at=invitation.expires_at,
        last=invitation.valid_to,
        now=now,
    )


def _is_that(db: Session, invitation: MandateInvitation, asked: InvitationForm) -> bool:
    """Whether an invitation asks the same of the same mailbox."""
    of_row = (invitation.grantor_id, invitation.email, themes_of(invitation.themes), invitation.level)
    of_form = (asked.giver, asked.email, frozenset(asked.themes), asked.level)
    days = (invitation.valid_from, invitation.valid_to) == (asked.since, asked.until)
    return of_row == of_form and days and _sites_of(db, invitation) == frozenset(asked.sites)


def _sites_of(db: Session, row: Mandate | MandateInvitation) -> frozenset[UUID]:
    """The sites to which a mandate or an invitation is limited; none where all are meant."""
    if isinstance(row, Mandate):
        return frozenset(db.exec(select(MandateSite.site_id).where(MandateSite.mandate_id == row.id)))
    limits = select(MandateInvitationSite.site_id).where(MandateInvitationSite.invitation_id == row.id)
    return frozenset(db.exec(limits))


def _of_invitation(db: Session, act: str, who: User, invitation: MandateInvitation) -> audit.Act:
    return audit.Act(
        act=act,
        object_kind="mandate_invitation",
        object_id=invitation.id,
        account_id=who.account_id,
        party_id=invitation.grantor_id,
        details=_reach(db, invitation),
    )


def _of_mandate(db: Session, act: str, who: User, mandate: Mandate) -> audit.Act:
    replaces = {"replaces": str(mandate.replaces_id)} if mandate.replaces_id else {}
    return audit.Act(
        act=act,
        object_kind="mandate",
        object_id=mandate.id,
        account_id=who.account_id,
        party_id=mandate.grantor_id,
        details={**_reach(db, mandate), **replaces},
    )


def _reach(db: Session, row: Mandate | MandateInvitation) -> Mapping[str, str]:
    return {
        "themes": row.themes,
        "sites": ALL if row.every_site else " ".join(sorted(map(str, _sites_of(db, row)))),
        "level": row.level,
        "first": row.valid_from.isoformat(),
        "last": row.valid_to.isoformat() if row.valid_to else "",
    }
