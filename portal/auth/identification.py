"""Everything that the pages of identification stand on, put together from plain values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import anyio

from portal.auth.actions import FindLanguage, FirstChoice, own_matters, unknown_language
from portal.auth.bank_lists import BankList, BankLists
from portal.auth.brokers import BrokerProfile, MethodNames
from portal.auth.oidc.keys import OwnKeys
from portal.auth.oidc.relying_party import RelyingParty
from portal.auth.oidc.request import ClientMetadata
from portal.auth.oidc.statements import RelyingPartyFacts
from portal.auth.ways import Offer
from portal.kit.i18n import Language
from portal.kit.outgoing import Connect

RETURN = "/sign-in/return"
BACK_CHANNEL = "/sign-out/back-channel"


@dataclass(frozen=True)
class Broker:
    """One broker: its banks, our talk with it, and the path by which people come back from it."""

    name: str
    bank_lists: BankLists
    party: RelyingParty
    return_path: str

    async def bank_list(self, language: Language) -> BankList:
        """The broker's banks, marked where identification is out of order now: both are asked for at once."""
        async with anyio.create_task_group() as meanwhile:
            meanwhile.start_soon(self.party.is_up)  # remembered, be it up or down
            bank_list = await self.bank_lists.current(language)
        return bank_list if bank_list.is_down or await self.party.is_up() else replace(bank_list, is_down=True)


@dataclass(frozen=True)
class People:
    """How identified people are known: by the blind index of their identity code.

    And for whom they act at first, and in which language the register serves them.
    """

    blind_index: Callable[[str], bytes]
    first_choice: FirstChoice = own_matters
    language: FindLanguage = unknown_language


@dataclass(frozen=True)
class Identification:
    """Where people identify themselves."""

    brokers: Sequence[Broker]  # the first is the default one
    keys: OwnKeys
    facts: RelyingPartyFacts
    people: People
    now: Callable[[], datetime]
    offers: Sequence[Offer] = ()  # the other ways in

    def broker(self, name: object) -> Broker:
        """The broker of a name, or the default one."""
        return next((broker for broker in self.brokers if broker.name == name), self.brokers[0])

    def offering_logout(self, name: str) -> Broker | None:
        """The broker of a name, if it tells us who has signed out there."""
        offering = (broker for broker in self.brokers if broker.party.profile.back_channel_logout)
        return next((broker for broker in offering if broker.name == name), None)

    def is_failing(self) -> bool:
        """Whether no broker answered when it was last asked; asks nobody now."""
        return all(broker.bank_lists.is_failing for broker in self.brokers)


@dataclass(frozen=True)
class Service:
    """What people sign in to: its base address without a slash at the end, its name, and the company behind it."""

    base_url: str
    name: MethodNames
    company: str


def prepare(
    service: Service,
    profiles: Sequence[BrokerProfile],
    keys: OwnKeys,
    people: People,
    *,
    connect: Connect,
    now: Callable[[], datetime],
) -> Identification:
    """Put it together for these brokers. Addresses come from the settings, never from a request's Host header."""
    brokers = tuple(_brokers(service, profiles, keys, connect, now))
    first = profiles[0]
    facts = RelyingPartyFacts(
        entity=service.base_url,
        organisation=service.company,
        redirect_uris=[service.base_url + broker.return_path for broker in brokers],
        encryption_alg=first.encryption_algs[0],
        encryption_enc=first.encryption_encs[0],
        signed_response_alg=first.signing_algs[0],
        logout_uri=f"{service.base_url}{BACK_CHANNEL}/{first.name}" if first.back_channel_logout else None,
        signing_algs=tuple(dict.fromkeys(profile.request_signing_alg for profile in profiles)),
    )
    return Identification(brokers, keys, facts, people, now)


def _brokers(
    service: Service,
    profiles: Sequence[BrokerProfile],
    keys: OwnKeys,
    connect: Connect,
    now: Callable[[], datetime],
) -> Iterator[Broker]:
    for profile in profiles:
        path = RETURN if profile is profiles[0] else f"{RETURN}/{profile.name}"
        us = ClientMetadata(service.base_url + path, service.name)
        party = RelyingParty(profile, us, keys, connect, now)
        yield Broker(profile.name, BankLists(profile, connect, now), party, path)
