"""How the utility's own systems tell of requests: what is added to their course, and how the customer gets to know."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator
from sqlmodel import Session, col, select

from portal.customers.lookups import addressee
from portal.kit import clock
from portal.kit.feed import Day, FeedRow, ImportContext, Moment, Outcome, Refusal, Verdict, unknown, words
from portal.kit.i18n import text
from portal.outbox.letters import Addressee, letter
from portal.outbox.mail import Letter, post
from portal.privacy import cases, rules
from portal.privacy.cases import OURS
from portal.privacy.models import PrivacyCase, PrivacyStep
from portal.privacy.rules import Act, CaseState, Clock

Progress = Literal["in-work", "waiting", "extended", "done", "refused"]


class PrivacyProgress(FeedRow):
    """One step of a request for one's rights. Steps are only ever added; a closed request takes none.

    Where a request is complex, or one of many, the time to answer may be extended (GDPR, Article 12(3)): by two months
    after the first at most, and by a row that comes within the first month, for the customer hears of it when it comes.
    The days for which the clock stands put both off.
    """

    case_number: Annotated[str, words(20)] = Field(
        description="The number that the portal gave the request.", examples=["26-0148"]
    )
    state: Progress = Field(
        description="in-work; waiting (for the customer: who they are, or what they mean; the clock stands until they "
        "answer); extended (what was asked takes longer; the state stays as it is); done; refused.",
        examples=["refused"],
    )
    text: Annotated[str, words(4000)] = Field(
        description="What the customer reads: what is done next, what they are asked, why it takes longer, or the "
        "decision and its reasons.",
        examples=["Emme voi poistaa laskujasi vielä: kirjanpitolaki velvoittaa säilyttämään ne."],
    )
    ground: Annotated[str, words(200)] | None = Field(
        description="The provision that a refusal rests on; null for anything else.",
        examples=["GDPR 17(3)(b); Accounting Act 1336/1997 2:10"],
    )
    answer_by: Day | None = Field(
        description="The last day to answer after an extension; null for anything else.",
        examples=[None],
    )
    at: Moment = Field(description="When, in UTC.", examples=["2026-11-19T08:30:00Z"])

    @model_validator(mode="after")
    def refused_on_a_ground(self) -> "PrivacyProgress":
        """A refusal says why (GDPR, Article 12(4)); nothing else rests on a ground."""
        if (self.state == "refused") != (self.ground is not None):
            raise ValueError("a refusal, and only a refusal, has a ground")
        return self

    @model_validator(mode="after")
    def extended_until_a_day(self) -> "PrivacyProgress":
        """An extension says until when; nothing else moves the last day."""
        if (self.state == "extended") != (self.answer_by is not None):
            raise ValueError("an extension, and only an extension, has an answer_by")
        return self


ACTS: Final[Mapping[Progress, Act]] = {
    "in-work": Act.IN_WORK,
    "waiting": Act.ASKED,
    "extended": Act.EXTENDED,
    "done": Act.DONE,
    "refused": Act.REFUSED,
}
OF_THAT_INSTANT: Final = "another step of that instant is known already"
WORTH_A_LETTER: Final = frozenset({Act.ASKED, Act.EXTENDED, Act.DONE, Act.REFUSED})


def keep_privacy_progress(db: Session, rows: Sequence[PrivacyProgress], context: ImportContext) -> list[Verdict]:
    """Add steps, in the order in which they were taken; one that is known already changes nothing."""
    asked = select(PrivacyCase).where(col(PrivacyCase.number).in_({row.case_number for row in rows}))
    locked = asked.order_by(col(PrivacyCase.id)).with_for_update()  # nobody answers meanwhile
    by_number = {case.number: case for case in db.exec(locked)}
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(rows)), key=lambda place: rows[place].at):
        row = rows[place]
        case = by_number.get(row.case_number)
        verdicts[place] = _add(db, case, row, context.now) if case else unknown("request", row.case_number)
    db.flush()
    return [verdicts[place] for place in range(len(rows))]


def _add(db: Session, case: PrivacyCase, row: PrivacyProgress, now: datetime) -> Verdict:
    known = cases.steps_of(db, case)
    act = ACTS[row.state]
    step = PrivacyStep(
        case_id=case.id,
        sequence=len(known) + 1,
        at=row.at,
        act=act,
        text=row.text,
        ground=row.ground or "",
        answer_by=row.answer_by,
    )
    beside = next((one for one in known if one.at == row.at and one.act in OURS), None)
    if beside is not None:
        return Outcome.UNCHANGED if _is_same(beside, step) else Refusal(OF_THAT_INSTANT)
    if row.at > now:
        return Refusal("at lies in the future")
    if not rules.may_follow(CaseState(case.state), act):
        return Refusal(f"the request is closed: {case.state}")
    if row.at < known[-1].at:
        return Refusal("a later step is known")
    if row.answer_by and (reason := _not_extended(cases.clock_of(known), row.answer_by, clock.day_of(now))):
        return Refusal(reason)
    cases.add(db, case, known, step)
    _tell(db, case, act, now)
    return Outcome.ACCEPTED


def _is_same(known: PrivacyStep, told: PrivacyStep) -> bool:
    return (known.act, known.text, known.ground, known.answer_by) == (told.act, told.text, told.ground, told.answer_by)


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
    if case.party_id and act in WORTH_A_LETTER and (to := addressee(db, case.party_id)):
        post(db, _letter(to, case, act), now)


def _letter(to: Addressee, case: PrivacyCase, act: Act) -> Letter:
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
    return letter(to, subject, body, how)
