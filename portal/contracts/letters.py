"""Letters that tell a customer, by `portal jobs`, that a fixed term ends: a month and a week before, once each.

They belong to the contract and are no marketing (GDPR, Article 6(1)(b)): whoever has an e-mail address gets them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists
from sqlmodel import Session, col, select

from portal.contracts.kinds import Names
from portal.contracts.models import Contract, Product, TermNotice
from portal.contracts.rules import NOTICES, notice_of
from portal.customers.lookups import addressees
from portal.customers.models import ContactDetail, ContactKind
from portal.kit import formats
from portal.kit.clock import day_of
from portal.kit.db import one_at_a_time
from portal.kit.i18n import Language, counted, text
from portal.kit.jobs import Job, rounds
from portal.outbox.letters import Addressee, letter
from portal.outbox.mail import Letter, post

HOURLY: Final = timedelta(hours=1)
MOST_NAMED: Final = 5
Ending = tuple[Contract, Product]


def telling(base_url: str) -> Job:
    """Writes of fixed terms that end, to so many customers in one transaction."""
    return rounds("contracts.tell", HOURLY, partial(tell, base_url))


def tell(base_url: str, db: Session, now: datetime, most: int) -> int:
    """Write to at most so many customers, and note it; to how many. Of terms that end on one day it is one letter.

    Letters leave the house when the notes are committed: whoever is stopped in between has told all, or nothing.
    Whoever has no address is told as soon as the register knows one.
    """
    one_at_a_time(db, "letters about fixed terms")
    today = day_of(now)
    parties = _waiting(db, today, most)
    reached = addressees(db, parties)
    ending = _ending(db, parties, today)
    for (party_id, last), some in ending.items():
        post(db, _letter(reached[party_id], base_url, last, some), now)
        ahead = notice_of(last, today)
        db.add_all(
            TermNotice(contract_id=one.id, fixed_until=last, days_ahead=ahead, written_at=now) for one, _ in some
        )
    db.flush()
    return len(parties)


def _due(today: date) -> ColumnElement[bool]:
    """Which contracts run to the end of a fixed term that is near, and have not been told of so near it."""
    ends = col(Contract.fixed_until)
    window = case(*((ends <= today + timedelta(days=days), days) for days in reversed(NOTICES)))
    told = (
        col(TermNotice.contract_id) == Contract.id,
        col(TermNotice.fixed_until) == ends,
        col(TermNotice.days_ahead) <= window,
    )
    near = (ends >= today) & (ends <= today + timedelta(days=max(NOTICES)))
    running = (col(Contract.valid_from) <= today) & col(Contract.valid_to).is_(None)
    return running & near & ~exists().where(*told)


def _waiting(db: Session, today: date, most: int) -> Sequence[UUID]:
    """Customers who are to be told, and have an address."""
    reachable = select(ContactDetail.party_id).where(ContactDetail.kind == ContactKind.EMAIL)
    asked = select(Contract.party_id).where(_due(today), col(Contract.party_id).in_(reachable))
    return db.exec(asked.distinct().order_by(col(Contract.party_id)).limit(most)).all()


def _ending(db: Session, parties: Collection[UUID], today: date) -> Mapping[tuple[UUID, date], Sequence[Ending]]:
    """What is to be told to them: the contracts of a customer whose terms end on a day."""
    asked = select(col(Contract.fixed_until), Contract, Product).join(Product, col(Product.id) == Contract.product_id)
    theirs = asked.where(_due(today), col(Contract.party_id).in_(parties))
    found: defaultdict[tuple[UUID, date], list[Ending]] = defaultdict(list)
    for last, contract, product in db.exec(theirs.order_by(col(Contract.fixed_until), Contract.number)):
        assert last is not None  # noqa: S101 - `_due` asks for those that have one
        found[contract.party_id, last].append((contract, product))
    return found


def _letter(to: Addressee, base_url: str, last: date, some: Sequence[Ending]) -> Letter:
    day, left = formats.full_date(last, to.language), len(some) - MOST_NAMED
    intro = counted(
        "On %(day)s the fixed term of a contract ends:",
        "On %(day)s the fixed term of %(n)s contracts ends:",
        len(some),
        day=day,
    )
    named = [
        f"{_name(product, to.language)} ({contract.number})\n{base_url}/contracts/{contract.id}"
        for contract, product in some[:MOST_NAMED]
    ]
    if left > 0:
        more = counted("and %(n)s more contract", "and %(n)s more contracts", left)
        named.append(f"{more.said(to.language)}\n{base_url}/contracts")
    after = text(
        "You need not do anything: after that day a contract goes on until further notice, and you can end it by "
        "its period of notice. On its page you see its prices from then on."
    )
    return letter(to, text("The fixed term of your contract ends on %(day)s", day=day), intro, *named, after)


def _name(product: Product, language: Language) -> str:
    return Names(product.name_fi, product.name_sv, product.name_en).said(language)
