"""Adds what the utility's own systems tell of requests to their course, and lets the customer know."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlmodel import Session, col, select

from portal.customers.models import ContactDetail, ContactKind, Party
from portal.kit import clock
from portal.kit.feed import Outcome, Refusal, Verdict, unknown
from portal.kit.i18n import Language, text
from portal.outbox.mail import Letter, post
from portal.privacy import cases, rules
from portal.privacy.cases import OURS, NewStep
from portal.privacy.feed import PrivacyProgress, Progress
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import Act, CaseState, Clock

ACTS: Final[Mapping[Progress, Act]] = {
    "in-work": Act.IN_WORK,
    "waiting": Act.ASKED,
    "extended": Act.EXTENDED,
    "done": Act.DONE,
    "refused": Act.REFUSED,
}
OF_THAT_INSTANT: Final = "another step of that instant is known already"
WORTH_A_LETTER: Final = frozenset({Act.ASKED, Act.EXTENDED, Act.DONE, Act.REFUSED})


def keep_privacy_progress(db: Session, rows: Sequence[PrivacyProgress], now: datetime) -> list[Verdict]:
    """Add steps, in the order in which they were taken; one that is known already changes nothing."""
    asked = select(PrivacyCase).where(col(PrivacyCase.number).in_({row.case_number for row in rows}))
    locked = asked.order_by(col(PrivacyCase.id)).with_for_update()  # nobody answers meanwhile
    by_number = {case.number: case for case in db.exec(locked)}
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].at):
        row = rows[place]
        case = by_number.get(row.case_number)
        verdicts[place] = _add(db, case, row, now) if case else unknown("request", row.case_number)
    db.flush()
    return [verdicts[place] for place in range(len(rows))]


def _add(db: Session, case: PrivacyCase, row: PrivacyProgress, now: datetime) -> Verdict:
    known = cases.steps_of(db, case)
    happened = NewStep(ACTS[row.state], row.at, None, row.text, row.ground or "", row.answer_by)
    beside = next((one for one in known if one.at == row.at and one.act in OURS), None)
    if beside is not None:
        return Outcome.UNCHANGED if _is_same(beside, happened) else Refusal(OF_THAT_INSTANT)
    if row.at > now:
        return Refusal("at lies in the future")
    if not rules.may_follow(CaseState(case.state), happened.act):
        return Refusal(f"the request is closed: {case.state}")
    if row.at < known[-1].at:
        return Refusal("a later step is known")
    if row.answer_by and (reason := _not_extended(cases.clock_of(known), row.answer_by, clock.day_of(now))):
        return Refusal(reason)
    cases.add(db, case, known, happened)
    _tell(db, case, happened.act, now)
    return Outcome.ACCEPTED


def _is_same(known: PrivacyStep, happened: NewStep) -> bool:
    return (known.act, known.text, known.ground, known.answer_by) == (
        happened.act,
        happened.text,
        happened.ground,
        happened.answer_by,
    )


def _not_extended(stands: Clock, answer_by: date, today: date) -> str | None:
    """Why a request is not extended to a day, None where it may be.

    The customer hears of it when the row comes, so the day on which it comes is the one that counts.
    """
    if today > (last := stands.may_be_extended_until(today)):
        return f"an extension is told within the first month (GDPR, Article 12(3)), which ended on {last}"
    if answer_by > (longest := stands.longest(today)):
        return f"an extension is by two months at most (GDPR, Article 12(3)): until {longest}"
    due = stands.last_day(today)
    return f"answer_by is not after {due}, the last day to answer as it is" if answer_by <= due else None


def _tell(db: Session, case: PrivacyCase, act: Act, now: datetime) -> None:
    """Write to the customer, where we may ask something of them or have answered, if they have an e-mail address."""
    party = db.get(Party, case.party_id) if case.party_id else None
    if party is None or act not in WORTH_A_LETTER:
        return
    preferred = (
        select(ContactDetail.value)
        .where(ContactDetail.party_id == party.id, ContactDetail.kind == ContactKind.EMAIL)
        .order_by(col(ContactDetail.position))
    )
    to = db.exec(preferred.limit(1)).first()
    if to is not None:
        post(db, _letter(to, case, act, Language(party.language)), now)


def _letter(to: str, case: PrivacyCase, act: Act, language: Language) -> Letter:
    number = case.number
    if act is Act.EXTENDED:
        subject = text("Your request %(number)s takes longer", number=number)
        body = text("We need more time to answer your request %(number)s.", number=number)
    elif act is Act.ASKED:
        subject = text("Your request %(number)s waits for you", number=number)
        body = text("We need something from you before we can go on with your request %(number)s.", number=number)
    else:
        subject = text("Your request %(number)s has been answered", number=number)
        body = text("We have answered your request %(number)s.", number=number)
    how = text("To read more, sign in to the customer portal and open My details, My data and requests.")
    return Letter(to, subject.said(language), f"{body.said(language)}\n\n{how.said(language)}\n", case.party_id)
