"""Back from the bank. The order of the steps is the protection; do not change it without docs and tests."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.responses import Response

from portal.auth import actions, rules
from portal.auth.actions import BINDING_COOKIE
from portal.auth.identification import Broker, Identification
from portal.auth.models import LoginPurpose, LoginTransaction
from portal.auth.pages.sign_in import Occasion
from portal.auth.people import User
from portal.auth.reasons import Reason, Stopped
from portal.auth.ways import bank
from portal.kit.access import Anyone
from portal.kit.headers import exchange
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.transactions import reading
from portal.kit.web import FlowVisit, Redirect, Reply

PREFETCHES = {"sec-purpose": "prefetch", "purpose": "prefetch", "x-purpose": "preview", "x-moz": "prefetch"}

DISRUPTION = text(
    "Identification did not succeed because there is a disruption in the bank's service. Please try again in a moment."
)
NOT_ACCEPTED = text(
    "The answer from the bank did not pass our checks, so we did not accept it. "
    "Begin again; if this is repeated, tell us the reference number."
)
WORDS = {
    Reason.STATE_UNKNOWN: text("This identification is not known to us any more. Begin again."),
    Reason.STATE_EXPIRED: text("The identification took longer than ten minutes, so we closed it. Begin again."),
    Reason.BINDING_MISSING: text(
        "Go back to the browser where you began: the identification can only be finished there. "
        "You can also begin again here."
    ),
    Reason.SPENT: text("This identification has already been used. Begin again."),
    Reason.PROFILE_CHANGED: text(
        "The way in which people are identified here was changed while you were at the bank. Begin again."
    ),
    Reason.ACR: text(
        "The identification method that you used is not strong enough for this service. Choose another one."
    ),
    Reason.IDENTITY_CODE: text(
        "The bank did not give a Finnish personal identity code that we can accept, "
        "so we do not know whose matters to show. Choose another identification method."
    ),
    Reason.OTHER_PERSON: text(
        "Another person identified themselves than the one who is signed in. Nothing was changed. "
        "Confirm with your own online banking codes, or sign out first."
    ),
    Reason.AUTH_TIME: text("The bank did not ask you to identify yourself anew. Please try again."),
    Reason.CODE_REFUSED: DISRUPTION,
    Reason.TOKEN_CALL: DISRUPTION,
    Reason.DPOP: DISRUPTION,
    Reason.TOKEN_ANSWER: DISRUPTION,
    Reason.BROKER_DOWN: DISRUPTION,
    Reason.BROKER_ERROR: DISRUPTION,
}


@dataclass(frozen=True)
class Halted(Page):
    """Why somebody who came back is not signed in, what to do, and the number by which we find the case."""

    template = "auth/halted.html"
    status = 400
    says: Text
    again: str
    number: str


async def come_back(identification: Identification, broker: Broker, visit: FlowVisit[Anyone]) -> Reply | Response:
    """Sign a person in, or say plainly why not. A browser that only looks at the link beforehand spends nothing."""
    if is_prefetch(visit.request.method, visit.request.headers):
        return Response(status_code=204)
    again = "/sign-in"
    try:
        answer = bank.read(visit.query)
        found = await reading(visit, lambda db: actions.returning(db, broker.name, answer.state))
        journey = bank.admit(found, visit.request.cookies.get(BINDING_COOKIE), visit.now)
        again = _wall_of(journey)
        cookies = await bank.finish(identification, broker, visit, answer, journey)
        return Redirect(journey.return_to, cookies) if cookies else Redirect(_wall_of(journey, Occasion.CANCELLED))
    except Stopped as stopped:
        if stopped.reason is Reason.SPENT and isinstance(visit.who, User):
            return Redirect(rules.HOME)  # the back button, a reload, or the slower of two
        return _halted(visit, stopped.reason, again)


def is_prefetch(method: str, headers: Headers) -> bool:
    """Whether nobody has come yet: a browser or a messenger only looks at the link."""
    return method == "HEAD" or any(word in headers.get(name, "").lower() for name, word in PREFETCHES.items())


def _wall_of(journey: LoginTransaction, occasion: Occasion | None = None) -> str:
    """The page of banks that a journey began at, leading to the same place again."""
    bank_list = "/confirm" if journey.purpose == LoginPurpose.CONFIRM else "/sign-in"
    notice = {"notice": occasion.value} if occasion else {}
    return f"{bank_list}?{urlencode({'next': journey.return_to, **notice}, safe='/')}"


def _halted(visit: FlowVisit[Anyone], reason: Reason, again: str) -> Halted:
    this = exchange(visit.request.scope)
    this.notes["reason"] = reason
    return Halted(WORDS.get(reason, NOT_ACCEPTED), again, this.number)
