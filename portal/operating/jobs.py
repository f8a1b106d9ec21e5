"""Every job that runs by the clock, and `portal jobs`, which runs them."""

import signal
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Thread
from uuid import UUID

from sqlmodel import Session

from portal.app import payment_service
from portal.audit import jobs as audit
from portal.audit.heads import Seals
from portal.audit.jobs import Rhythm
from portal.auth import actions as sessions
from portal.auth import leases
from portal.auth.passkeys import actions as passkeys
from portal.auth.passwords import actions as passwords
from portal.consents.contactable import contactable
from portal.consents.rules import Channel, Purpose
from portal.contracts import letters as contracts
from portal.customers import jobs as customers
from portal.kit import jobs as kit
from portal.kit.jobs import Done, Job, Shift, chore
from portal.kit.mail import Carrier, MailFolder, Smtp
from portal.outages import jobs as outages
from portal.outages.letters import Sender
from portal.outbox import jobs as outbox
from portal.outbox.letters import Signature
from portal.payments import jobs as payments
from portal.requests import jobs as requests
from portal.settings import Settings


def jobs(settings: Settings) -> Sequence[Job]:
    """The jobs of all slices; a slice with jobs of its own adds a line."""
    return [
        chore("sessions.forget", timedelta(minutes=10), sessions.forget),
        chore("passwords.forget", timedelta(minutes=10), passwords.forget),
        chore("passkeys.forget", timedelta(minutes=10), passkeys.forget),
        chore("package_leases.forget", timedelta(minutes=10), leases.forget),
        *customers.forgetting(),
        outages.telling(Sender(settings.base_url, settings.brand.faults_phone), _want_outages),
        contracts.telling(settings.base_url),
        requests.forgetting(),
        *_anchoring(settings),
        *_leaving(settings),
        *_paying(settings),
    ]


def _signature(settings: Settings) -> Signature:
    return Signature(settings.brand.called, settings.brand.email, settings.base_url)


def _want_outages(db: Session, parties: Collection[UUID]) -> Collection[UUID]:
    """Of some customers those who want to be written to about outages by e-mail."""
    return contactable(db, parties, Purpose.OUTAGES, Channel.EMAIL)


def once(settings: Settings, shift: Shift) -> Mapping[str, Done]:
    """One round of every job; what came of it, by name."""
    with _ended_by_signals(shift):
        return kit.once(jobs(settings), shift)


def until_told(settings: Settings, shift: Shift) -> None:
    """Every job in its rhythm, until SIGTERM or SIGINT; what is in hand then is finished."""
    with _ended_by_signals(shift):
        kit.until_told(jobs(settings), shift)


@contextmanager
def beside(settings: Settings, shift: Shift) -> Iterator[None]:
    """The jobs in a thread of this process, while the block lasts: for the demo."""
    worker = Thread(target=kit.until_told, args=(jobs(settings), shift))
    worker.start()
    try:
        yield
    finally:
        shift.ending.set()
        worker.join()


def _anchoring(settings: Settings) -> Iterator[Job]:
    """What keeps the audit's end outside the database, where the settings say where."""
    if settings.audit_dir:
        rhythm = Rhythm(timedelta(minutes=settings.audit_head_minutes), settings.audit_head_entries)
        yield audit.sealing(settings.audit_dir, Seals(settings.secret_keys), rhythm)


def _leaving(settings: Settings) -> Iterator[Job]:
    """What takes events and letters out of the house, as far as the settings say where to."""
    yield outbox.purging()
    if settings.outbox_dir:
        yield outbox.telling(settings.outbox_dir)
    if carrier := _carrier(settings):
        yield outbox.mailing(carrier, _signature(settings))


def _paying(settings: Settings) -> Iterator[Job]:
    """What asks the payment service, where the settings name one."""
    if service := payment_service(settings):
        yield from payments.settling(service)


def _carrier(settings: Settings) -> Callable[[], Carrier] | None:
    if settings.smtp:
        return partial(Smtp, settings.smtp)
    return partial(MailFolder, settings.mail_dir) if settings.mail_dir else None


@contextmanager
def _ended_by_signals(shift: Shift) -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: shift.ending.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
