"""What goes by the clock: contact details that somebody typed and that never counted. They may be anybody's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, tuple_
from sqlmodel import Session, col, select

from portal.customers.contact import DRAFT_AGE
from portal.customers.models import ContactChange, ContactDraft, MailboxLink, MandateInvitation
from portal.kit.jobs import Job, rounds

HOURLY: Final = timedelta(hours=1)
UNCONFIRMED_KEPT: Final = timedelta(days=30)
"""For how long a change stays whose address never answered, or that was taken back; its link was dead in 48 hours."""


INVITATION_KEPT: Final = timedelta(days=30)
"""For how long an invitation stays that nobody accepted, counted from the day on which its link was dead."""


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
    """Remove at most so many invitations that nobody accepted; how many. One that was accepted says who was meant."""
    never = col(MandateInvitation.mandate_id).is_(None) & (col(MandateInvitation.expires_at) <= now - INVITATION_KEPT)
    these = select(MandateInvitation.id).where(never).limit(most)
    return db.connection().execute(delete(MandateInvitation).where(col(MandateInvitation.id).in_(these))).rowcount
