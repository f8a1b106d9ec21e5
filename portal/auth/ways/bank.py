"""The way in by a bank or a mobile certificate, through an identification broker: strong, and fresh at each proof."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import anyio
from starlette.datastructures import QueryParams

from portal.auth import actions, rules
from portal.auth.actions import BANK_COOKIE, BINDING_COOKIE, SESSION_COOKIE, Arrival, Departure
from portal.auth.bank_lists import BankList
from portal.auth.brokers import BrokerProfile
from portal.auth.identification import Broker, Identification
from portal.auth.models import LoginPurpose, LoginStatus, LoginTransaction
from portal.auth.oidc.claims import Identity
from portal.auth.oidc.relying_party import Sent
from portal.auth.oidc.request import Ask
from portal.auth.people import User
from portal.auth.reasons import Reason, Stopped, demand
from portal.auth.rules import SignInOutcome
from portal.kit.access import Anyone
from portal.kit.i18n import Language
from portal.kit.kept import mark_of
from portal.kit.transactions import writing
from portal.kit.web import Cookie, FlowVisit, Redirect

LONGEST_ANSWER = 2000  # characters of any one parameter
WRITTEN: Final = re.compile(r"[\x20-\x7e]*")  # what `code`, `state` and `error` are made of (RFC 6749, A.5, A.7, A.11)

REFUSALS = {
    SignInOutcome.EXPIRED: Reason.STATE_EXPIRED,
    SignInOutcome.ELSEWHERE: Reason.BINDING_MISSING,
    SignInOutcome.SPENT: Reason.SPENT,
}


@dataclass(frozen=True)
class Departing:
    """Where somebody wants to go by way of the bank, and whose account has to come back, if they prove it again."""

    then: str
    confirming: UUID | None


@dataclass(frozen=True)
class BankAnswer:
    """What the broker's redirect says (RFC 6749, 4.1.2; RFC 9207)."""

    state: str
    code: str | None
    error: str | None
    issuer: str | None


async def offer(identification: Identification, language: Language) -> Sequence[BankList]:
    """The banks of each broker, asked at once, in the brokers' order."""
    bank_lists: dict[str, BankList] = {}

    async def ask(broker: Broker) -> None:
        bank_lists[broker.name] = await broker.bank_list(language)

    async with anyio.create_task_group() as all_at_once:
        for broker in identification.brokers:
            all_at_once.start_soon(ask, broker)
    return [bank_lists[broker.name] for broker in identification.brokers]


async def begin(identification: Identification, visit: FlowVisit[Anyone], departing: Departing) -> Redirect:
    """Write a journey down and send the browser to the broker. Raises Stopped."""
    broker, bank = identification.broker(visit.form.get("broker")), str(visit.form.get("bank", ""))
    if not (await broker.bank_lists.current(visit.language)).offers(bank):
        raise Stopped(Reason.BANK_UNKNOWN)
    ask = Ask(
        state=actions.secret(),
        nonce=actions.secret(),
        verifier=actions.secret(),
        bank=bank,
        language=visit.language,
        oldest_proof=timedelta(0) if departing.confirming else broker.party.profile.oldest_proof,
    )
    address = await broker.party.address(ask)
    binding = rules.binding(visit.request.cookies.get(BINDING_COOKIE)) or actions.secret()
    departure = Departure(ask, binding, broker.name, broker.party.profile.mark, departing.then, departing.confirming)
    await writing(visit, lambda db: actions.depart(db, departure, visit.now))
    return Redirect(address, [Cookie(BINDING_COOKIE, binding, int(rules.BINDING.total_seconds()))])


def read(query: QueryParams) -> BankAnswer:
    """The broker's answer. Raises Stopped for one said twice, at great length or in odd signs, or of no journey."""
    said = query.multi_items()
    demand(len(said) == len(query), Reason.PARAMETERS)
    demand(all(len(value) <= LONGEST_ANSWER for _, value in said), Reason.PARAMETERS)
    demand(all(WRITTEN.fullmatch(query.get(name, "")) for name in ("code", "state", "error")), Reason.PARAMETERS)
    state = query.get("state")
    if not state:
        raise Stopped(Reason.STATE_UNKNOWN)
    return BankAnswer(state, query.get("code"), query.get("error"), query.get("iss"))


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


async def finish(
    identification: Identification,
    broker: Broker,
    visit: FlowVisit[Anyone],
    answer: BankAnswer,
    journey: LoginTransaction,
) -> Sequence[Cookie]:
    """From an open journey to a session: look at the answer, spend the journey, ask the broker, begin.

    No cookie where the person cancelled at their bank. Raises Stopped, also where the broker's profile has been
    changed since they left: what they come back with was asked for by other rules.
    """
    demand(journey.profile_mark == broker.party.profile.mark, Reason.PROFILE_CHANGED)
    await broker.party.check_response_issuer(answer.issuer)
    demand(bool(answer.code) != bool(answer.error), Reason.PARAMETERS)
    demand(await writing(visit, lambda db: actions.spend(db, journey)), Reason.SPENT)
    if answer.error in broker.party.profile.cancel_errors:
        return []
    if not answer.code:
        raise Stopped(Reason.BROKER_ERROR)
    sent = Sent(journey.verifier, journey.nonce, _fresh_since(journey, broker.party.profile, visit.now))
    arrival = _arrival(identification, visit, journey, await broker.party.identify(answer.code, sent))
    session = await writing(visit, lambda db: actions.arrive(db, arrival, identification.now()))
    last_used = Cookie(BANK_COOKIE, rules.bank_mark(broker.name, journey.bank), int(rules.BANK_KEPT.total_seconds()))
    return [Cookie(SESSION_COOKIE, session), last_used]


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
