"""To the bank: the page of banks, the confirmation of who one is, and the step out of the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.auth.actions import BANK_COOKIE
from portal.auth.bank_lists import BankList, last_used_first
from portal.auth.identification import Identification
from portal.auth.people import ConfirmedUser, User
from portal.auth.reasons import Reason, Stopped
from portal.auth.rules import local_path
from portal.auth.ways import Offer, bank
from portal.auth.ways.bank import Departing
from portal.kit.access import Anyone
from portal.kit.errors import TooMany
from portal.kit.forms import one_of
from portal.kit.headers import exchange
from portal.kit.html import Page
from portal.kit.i18n import Text, counted, text
from portal.kit.rates import Turnstile, retry_after_s
from portal.kit.web import Answer, FlowVisit, Redirect, Reply, address_of


@dataclass(frozen=True)
class Notice:
    """A quiet word above the banks."""

    kind: str
    icon: str
    title: Text
    says: Text


class Occasion(StrEnum):
    """Why a person is on the page of banks, where it is not simply to sign in; the value of `notice=`."""

    CANCELLED = "cancelled"
    SIGNED_OUT = "signed-out"
    ENDED = "ended"
    KEPT = "kept"


NOTICES = {
    Occasion.CANCELLED: Notice(
        "info",
        "info",
        text("You cancelled the identification at your bank"),
        text("Nothing has been changed. You can try again or choose another identification method."),
    ),
    Occasion.SIGNED_OUT: Notice(
        "ok",
        "circle-check",
        text("You have signed out"),
        text("If you used a shared computer, also close the browser."),
    ),
    Occasion.ENDED: Notice(
        "info",
        "info",
        text("You have been signed out for your safety"),
        text("The service had not been used for a while. Please sign in again."),
    ),
    Occasion.KEPT: Notice(
        "info",
        "info",
        text("Sign in again to go on from where you were"),
        text("You had been signed out meanwhile. What you typed is kept for an hour and stands in the form again."),
    ),
}
DOWN = Notice(
    "warn",
    "triangle-alert",
    text("There is a disruption in identification"),
    text("We cannot reach the identification service right now. Please try again in a moment."),
)
NOT_OFFERED = Notice(
    "warn",
    "triangle-alert",
    text("Choose a bank from the list"),
    text("The identification method that you chose is not available now."),
)


@dataclass(frozen=True)
class Banks(Page):
    """A page of banks."""

    bank_lists: Sequence[BankList]
    notice: Notice | None
    then: str
    is_in_order: bool  # each broker answers, and none of them tells of a disturbance

    @property
    def leads_to(self) -> tuple[str, ...]:
        """The brokers' origins and those of the banks behind them: browsers check every hop of a form."""
        return tuple(sorted({origin for bank_list in self.bank_lists for origin in bank_list.leads_to}))


@dataclass(frozen=True)
class SignIn(Banks):
    """The page of banks, and of the other ways in."""

    template = "auth/sign_in.html"
    offers: Sequence[Offer]


@dataclass(frozen=True)
class Confirm(Banks):
    """The page of banks for somebody who is signed in and has to prove it again."""

    template = "auth/confirm.html"


async def sign_in(identification: Identification, visit: FlowVisit[Anyone]) -> Reply:
    """The page of banks with the other ways in, or straight on for those who are signed in."""
    then = local_path(visit.query.get("next"))
    if isinstance(visit.who, User):
        return Redirect(then)
    return await _wall(SignIn, identification, visit, then, _occasion(visit))


async def confirm(identification: Identification, visit: FlowVisit[User]) -> Reply:
    """The page of banks again, or straight on for those who proved it within the last minutes."""
    then = local_path(visit.query.get("next"))
    if isinstance(visit.who, ConfirmedUser):
        return Redirect(then)
    return await _wall(Confirm, identification, visit, then, _occasion(visit))


async def to_bank(identification: Identification, turnstile: Turnstile, visit: FlowVisit[Anyone]) -> Reply:
    """Begin a journey and send the browser to the broker."""
    return await _leave(SignIn, identification, turnstile, visit, confirming=None)


async def to_bank_again(identification: Identification, turnstile: Turnstile, visit: FlowVisit[User]) -> Reply:
    """Begin a journey from which the same person has to come back."""
    return await _leave(Confirm, identification, turnstile, visit, confirming=visit.who.account_id)


async def _leave(
    kind: type[Banks],
    identification: Identification,
    turnstile: Turnstile,
    visit: FlowVisit[Anyone],
    *,
    confirming: UUID | None,
) -> Reply:
    then = local_path(str(visit.form.get("next", "")))
    wait_s = turnstile.wait_s(address_of(visit.request))
    if wait_s:
        return await _wait(kind, identification, visit, then, wait_s)
    try:
        return await bank.begin(identification, visit, Departing(then, confirming))
    except Stopped as stopped:
        return await _stay(kind, identification, visit, then, stopped.reason)


async def _stay(
    kind: type[Banks], identification: Identification, visit: FlowVisit[Anyone], then: str, reason: Reason
) -> Reply:
    """The page of banks once more, saying why one is still here."""
    exchange(visit.request.scope).notes["reason"] = reason
    notice, status = (NOT_OFFERED, 409) if reason is Reason.BANK_UNKNOWN else (DOWN, 503)
    return Answer(await _wall(kind, identification, visit, then, notice), status=status)


async def _wait(
    kind: type[Banks], identification: Identification, visit: FlowVisit[Anyone], then: str, wait_s: int
) -> Reply:
    """The page of banks once more, saying when one may leave."""
    exchange(visit.request.scope).notes["reason"] = Reason.TOO_MANY
    bank_list = await _wall(kind, identification, visit, then, _crowded(wait_s))
    return Answer(bank_list, headers=retry_after_s(wait_s), status=TooMany.status)


def _crowded(wait_s: int) -> Notice:
    says = counted(
        "Only so many identifications can begin at once, so that the service works for everybody. "
        "Try again in %(n)s second.",
        "Only so many identifications can begin at once, so that the service works for everybody. "
        "Try again in %(n)s seconds.",
        wait_s,
    )
    return Notice("warn", "triangle-alert", text("Very many identifications have begun just now"), says)


async def _wall(
    kind: type[Banks], identification: Identification, visit: FlowVisit[Anyone], then: str, notice: Notice | None
) -> Banks:
    offered = await bank.offer(identification, visit.language)
    shown = last_used_first(offered, visit.request.cookies.get(BANK_COOKIE))
    is_down = any(bank_list.is_down for bank_list in shown)
    is_in_order = not is_down and not any(bank_list.disturbance for bank_list in shown)
    says = notice or (DOWN if is_down else None)
    if kind is Confirm:
        return Confirm(shown, says, then, is_in_order)
    return SignIn(shown, says, then, is_in_order, identification.offers)


def _occasion(visit: FlowVisit[Anyone]) -> Notice | None:
    occasion = one_of(Occasion, visit.query.get("notice"), None)
    return NOTICES[occasion] if occasion else None
