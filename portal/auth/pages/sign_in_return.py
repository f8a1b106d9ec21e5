"""Back from the bank. The order of the steps is the protection; do not change it without docs and tests."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from portal.auth import actions, rules
from portal.auth.actions import BINDING_COOKIE, SESSION_COOKIE, Arrival
from portal.auth.brokers import BrokerProfile
from portal.auth.identification import Broker, Identification
from portal.auth.models import LoginPurpose, LoginStatus, LoginTransaction
from portal.auth.oidc.claims import Identity
from portal.auth.oidc.relying_party import Sent
from portal.auth.pages.sign_in import Occasion
from portal.auth.people import User
from portal.auth.reasons import Reason, Stopped, demand
from portal.auth.rules import SignInOutcome
from portal.kit.access import Anyone
from portal.kit.headers import exchange
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.kept import mark_of
from portal.kit.transactions import reading, writing
from portal.kit.web import Cookie, FlowVisit, Redirect, Reply

PREFETCHES = {"sec-purpose": "prefetch", "purpose": "prefetch", "x-purpose": "preview", "x-moz": "prefetch"}

LONGEST_ANSWER = 2000  # characters of any one parameter

REFUSALS = {
    SignInOutcome.EXPIRED: Reason.STATE_EXPIRED,
    SignInOutcome.ELSEWHERE: Reason.BINDING_MISSING,
    SignInOutcome.SPENT: Reason.SPENT,
}

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


@dataclass(frozen=True)
class Answer:
    """What the broker's redirect says (RFC 6749, 4.1.2; RFC 9207)."""

    state: str
    code: str | None
    error: str | None
    issuer: str | None


async def come_back(identification: Identification, broker: Broker, visit: FlowVisit[Anyone]) -> Reply | Response:
    """Sign a person in, or say plainly why not. A browser that only looks at the link beforehand spends nothing."""
    if is_prefetch(visit.request.method, visit.request.headers):
        return Response(status_code=204)
    again = "/sign-in"
    try:
        answer = read(visit.query)
        journey = await reading(visit, lambda db: actions.returning(db, broker.name, answer.state))
        welcome = admit(journey, visit.request.cookies.get(BINDING_COOKIE), visit.now)
        again = _wall_of(welcome)
        return await _finish(identification, broker, visit, answer, welcome)
    except Stopped as stopped:
        if stopped.reason is Reason.SPENT and isinstance(visit.who, User):
            return Redirect(rules.HOME)  # the back button, a reload, or the slower of two
        return _halted(visit, stopped.reason, again)


def is_prefetch(method: str, headers: Headers) -> bool:
    """Whether nobody has come yet: a browser or a messenger only looks at the link."""
    return method == "HEAD" or any(word in headers.get(name, "").lower() for name, word in PREFETCHES.items())


def read(query: QueryParams) -> Answer:
    """The broker's answer. Raises Stopped for one that says something twice or at great length, or names no journey."""
    said = query.multi_items()
    demand(len(said) == len(query), Reason.PARAMETERS)
    demand(all(len(value) <= LONGEST_ANSWER for _, value in said), Reason.PARAMETERS)
    state = query.get("state")
    if not state:
        raise Stopped(Reason.STATE_UNKNOWN)
    return Answer(state, query.get("code"), query.get("error"), query.get("iss"))


def admit(journey: LoginTransaction | None, binding: str | None, now: datetime) -> LoginTransaction:
    """A journey that may be finished in this browser now. Raises Stopped for every other."""
    if journey is None:
        raise Stopped(Reason.STATE_UNKNOWN)
    is_bound = actions.is_bound(journey, binding)
    known = rules.Journey(journey.status == LoginStatus.SPENT, is_bound, journey.expires_at)
    outcome = rules.outcome(known, now)
    if outcome is not SignInOutcome.WELCOME:
        raise Stopped(REFUSALS[outcome])
    return journey


async def _finish(
    identification: Identification, broker: Broker, visit: FlowVisit[Anyone], answer: Answer, journey: LoginTransaction
) -> Reply:
    """From an open journey to a session: look at the answer, spend the journey, ask the broker, begin."""
    await broker.party.check_response_issuer(answer.issuer)
    demand(bool(answer.code) != bool(answer.error), Reason.PARAMETERS)
    demand(await writing(visit, lambda db: actions.spend(db, journey)), Reason.SPENT)
    if answer.error in broker.party.profile.cancel_errors:
        return Redirect(_wall_of(journey, Occasion.CANCELLED))
    if not answer.code:
        raise Stopped(Reason.BROKER_ERROR)
    sent = Sent(journey.verifier, journey.nonce, _fresh_since(journey, broker.party.profile, visit.now))
    arrival = _arrival(identification, visit, journey, await broker.party.identify(answer.code, sent))
    cookie = await writing(visit, lambda db: actions.arrive(db, arrival, identification.now()))
    return Redirect(journey.return_to, [Cookie(SESSION_COOKIE, cookie)])


def _fresh_since(journey: LoginTransaction, profile: BrokerProfile, now: datetime) -> datetime | None:
    """Before when the bank's own sign-in is too old: a confirmation is a new one, a sign-in as the profile says."""
    if journey.purpose == LoginPurpose.CONFIRM:
        return journey.created_at
    return None if profile.oldest_proof is None else now - profile.oldest_proof


def _arrival(
    identification: Identification, visit: FlowVisit[Anyone], journey: LoginTransaction, who: Identity
) -> Arrival:
    return Arrival(
        identity=who,
        index=identification.people.blind_index(who.code.text),
        broker=journey.broker,
        confirming=journey.account_id,
        old_session=visit.who.session_id if isinstance(visit.who, User) else None,
        first_choice=identification.people.first_choice,
        language=identification.people.language,
        returns_to=mark_of(journey.return_to),
    )


def _wall_of(journey: LoginTransaction, occasion: Occasion | None = None) -> str:
    """The page of banks that a journey began at, leading to the same place again."""
    bank_list = "/confirm" if journey.purpose == LoginPurpose.CONFIRM else "/sign-in"
    notice = {"notice": occasion.value} if occasion else {}
    return f"{bank_list}?{urlencode({'next': journey.return_to, **notice}, safe='/')}"


def _halted(visit: FlowVisit[Anyone], reason: Reason, again: str) -> Halted:
    this = exchange(visit.request.scope)
    this.notes["reason"] = reason
    return Halted(WORDS.get(reason, NOT_ACCEPTED), again, this.number)
