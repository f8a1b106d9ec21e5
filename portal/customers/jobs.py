"""What goes by the clock: contact details that somebody typed and that never counted. They may be anybody's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, tuple_
from sqlmodel import Session, col, or_, select

from portal.customers.contact import DRAFT_AGE
from portal.customers.models import ContactChange, ContactDraft, MailboxLink, Mandate, MandateEnd, MandateInvitation
from portal.kit.clock import day_of
from portal.kit.jobs import Job, rounds

HOURLY: Final = timedelta(hours=1)
UNCONFIRMED_KEPT: Final = timedelta(days=30)
"""For how long a change stays whose address never answered, or that was taken back; its link was dead in 48 hours."""


INVITATION_KEPT: Final = timedelta(days=30)
"""For how long an invitation stays once its link is dead, or the mandate that it became is over."""


def forgetting() -> Sequence[Job]:
    """Removes what never counted, and links that have expired. A change that did count is kept: it says who did it."""
    return [
        rounds("contact_drafts.forget", HOURLY, forget_drafts),
        rounds("contact_changes.forget", HOURLY, forget_unconfirmed),
        rounds("mailbox_links.forget", HOURLY, forget_links),
        rounds("mandate_invitations.forget", HOURLY, forget_invitations),
    ]


def forget_drafts(db: Session, now: datetime, most: int) -> int:
    """Remove at most so many drafts that nobody came back for; how many."""
    key = (col(ContactDraft.account_id), col(ContactDraft.party_id))
    stale = select(*key).where(col(ContactDraft.typed_at) <= now - DRAFT_AGE).limit(most)
    return db.connection().execute(delete(ContactDraft).where(tuple_(*key).in_(stale))).rowcount


def forget_unconfirmed(db: Session, now: datetime, most: int) -> int:
    """Remove at most so many changes that never counted; how many."""
    never = col(ContactChange.counts_from).is_(None) & (col(ContactChange.asked_at) <= now - UNCONFIRMED_KEPT)
    these = select(ContactChange.id).where(never).limit(most)
    return db.connection().execute(delete(ContactChange).where(col(ContactChange.id).in_(these))).rowcount


def forget_links(db: Session, now: datetime, most: int) -> int:
    """Remove at most so many links that have expired; how many."""
    these = select(MailboxLink.token_hash).where(col(MailboxLink.expires_at) < now).limit(most)
    return db.connection().execute(delete(MailboxLink).where(col(MailboxLink.token_hash).in_(these))).rowcount


def forget_invitations(db: Session, now: datetime, most: int) -> int:
    """Remove at most so many invitations that nobody accepted, or whose mandate is long over; how many.

    Until then one that was accepted says who was meant, and where its holder is written to.
    """
    before = now - INVITATION_KEPT
    became = col(MandateInvitation.mandate_id)
    ended = exists().where(col(MandateEnd.mandate_id) == became, col(MandateEnd.at) <= before)
    over = exists().where(col(Mandate.id) == became, col(Mandate.valid_to) < day_of(before))
    never = became.is_(None) & (col(MandateInvitation.expires_at) <= before)
    these = select(MandateInvitation.id).where(or_(never, ended, over)).limit(most)
    return db.connection().execute(delete(MandateInvitation).where(col(MandateInvitation.id).in_(these))).rowcount
