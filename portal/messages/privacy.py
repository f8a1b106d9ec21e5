"""The correspondence of one customer with the utility."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, SQLModel, col, select

from portal.kit.belonging import Belonging, of_account, of_oneself, of_party, part_of
from portal.kit.feed import OF_THE_FEED
from portal.kit.privacy import DataSubject, Record, records
from portal.messages.models import Message, MessageThread, ThreadReading

TABLES: Belonging = {
    MessageThread: (of_party(site="site_id") | of_oneself()).changed(),
    Message: part_of(MessageThread, "thread_id").added(),
    ThreadReading: of_account().changed(),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}
OF_THE_FORM = frozenset({"form_key"}) | OF_THE_FEED


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's threads and messages, oldest first, and what the person themselves has read of them."""
    own = MessageThread.party_id == subject.party_id
    threads = select(MessageThread).where(own).order_by(col(MessageThread.last_at), col(MessageThread.id))
    messages = select(Message).join(MessageThread).where(own).order_by(col(Message.sent_at), col(Message.id))
    read = (
        select(ThreadReading)
        .join(MessageThread)
        .where(own, col(ThreadReading.account_id).in_(subject.accounts))
        .order_by(col(ThreadReading.read_at), col(ThreadReading.thread_id))
    )
    return [
        *records(db, threads),
        *records(db, messages, without=OF_THE_FORM),
        *records(db, read),
    ]
