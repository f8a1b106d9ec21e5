"""What leaves the house by the clock: events as files for the utility's systems, letters by mail."""

import json
import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from pathlib import Path

from portal.kit.addresses import as_sent
from portal.kit.durable import write_whole
from portal.kit.i18n import Language
from portal.kit.jobs import Done, Job, Shift, chore
from portal.kit.mail import Carrier, NoSuchAddress, NotSent
from portal.outbox import delivery, rules
from portal.outbox.letters import Signature
from portal.outbox.mail import letter_in
from portal.outbox.models import OutboxEvent

AT_ONCE = 500
OFTEN, DAILY = timedelta(seconds=5), timedelta(days=1)

log = logging.getLogger("portal.outbox")


def purging() -> Job:
    """Removes what was delivered long ago."""
    return chore("outbox.purge", DAILY, delivery.purge)


def telling(folder: Path) -> Job:
    """Writes events into a folder as JSON Lines files, from which the utility's systems fetch them."""

    def run(shift: Shift) -> Done:
        came = Done()
        while not shift.ending.is_set():
            with shift.database.writing() as db:
                rows = delivery.claim_events(db, AT_ONCE, shift.now())
            if not rows:
                break
            came += _tell(rows, folder, shift)
        return came

    return Job("outbox.tell", OFTEN, run)


def mailing(carrier: Callable[[], Carrier], signature: Signature) -> Job:
    """Sends letters, one at a time, until one cannot be sent now: a server that is down is asked once a round."""

    def run(shift: Shift) -> Done:
        ends: list[End] = []
        with closing(carrier()) as opened:
            while not shift.ending.is_set() and ends[-1:] != [End.PUT_OFF]:
                with shift.database.writing() as db:
                    row = delivery.claim_letter(db, shift.now())
                if row is None:
                    break
                ends.append(_send(row, opened, signature, shift))
        return Done(ends.count(End.SENT), len(ends) - ends.count(End.SENT))

    return Job("outbox.mail", OFTEN, run)


class End(StrEnum):
    """How the attempt to send a letter ended."""

    SENT = "sent"
    PUT_OFF = "put off"
    GIVEN_UP = "given up"


def _tell(rows: Sequence[OutboxEvent], folder: Path, shift: Shift) -> Done:
    """Write events as one file. Read in the order of the names, those of each customer are in order."""
    name = f"events-{shift.now():%Y%m%dT%H%M%S.%fZ}-{rows[0].number:08}.jsonl"
    try:
        write_whole(folder / name, "".join(map(_line, rows)).encode())
    except OSError as failed:
        log.error(json.dumps({"event": "not told", "reason": failed.strerror, "events": len(rows)}))  # noqa: TRY400
        with shift.database.writing() as db:
            delivery.put_off(db, rows, shift.now())
        return Done(failed=len(rows))
    with shift.database.writing() as db:
        delivery.settle(db, rows, shift.now())
    return Done(len(rows))


def _line(row: OutboxEvent) -> str:
    """An event as its receivers read it; `id` is the same whenever it comes again."""
    told = {"id": str(row.id), "kind": row.kind, "at": row.created_at.isoformat(), "event": json.loads(row.payload)}
    return json.dumps(told, ensure_ascii=False) + "\n"


def _send(row: OutboxEvent, carrier: Carrier, signature: Signature, shift: Shift) -> End:
    try:
        carrier.carry(_message(row, signature))
    except (NotSent, ValueError, MessageError) as failed:
        return _not_sent(row, failed, shift)
    with shift.database.writing() as db:
        delivery.settle(db, [row], shift.now())
    return End.SENT


def _not_sent(row: OutboxEvent, failed: Exception, shift: Shift) -> End:
    """Put a letter off, or give it up where its address is none or it has been tried for days."""
    now = shift.now()
    is_lost = not isinstance(failed, NotSent) or isinstance(failed, NoSuchAddress)
    end = End.GIVEN_UP if is_lost or rules.is_hopeless(row.created_at, now) else End.PUT_OFF
    with shift.database.writing() as db:
        if end is End.GIVEN_UP:
            delivery.give_up(db, row, now)
        else:
            delivery.put_off(db, [row], now)
    reason = str(failed) if isinstance(failed, NotSent) else "not an address"
    said = {"event": f"letter {end}", "id": str(row.id), "attempts": row.attempts, "reason": reason}
    log.log(logging.ERROR if end is End.GIVEN_UP else logging.WARNING, json.dumps(said))
    return end


def _message(row: OutboxEvent, signature: Signature) -> EmailMessage:
    """The letter of a row as a message. Raises ValueError or MessageError where it is addressed to no address."""
    written = letter_in(row)
    name, letter = signature.called(written.language or Language.FI), signature.under(written)
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(name, addr_spec=as_sent(signature.email))
    made["To"] = Address(addr_spec=as_sent(letter.to))
    made["Subject"] = letter.subject
    made["Date"] = row.created_at
    made["Message-ID"] = f"<{row.id}@{as_sent(signature.email).rpartition('@')[2]}>"  # the same at every attempt
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies to us
    made.set_content(letter.body)
    return made
