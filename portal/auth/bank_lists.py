"""The banks a person may choose from, and what their broker wants said beside them.

A broker with an embedded list publishes a document (OP: GET /api/embedded-ui/{client_id}?lang=); for others the profile
lists the banks. Everything in a document is plain text to us: its pictures and markup stay where they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from portal.auth.brokers import BrokerProfile
from portal.auth.oidc.envelope import json_object
from portal.auth.oidc.remembered import Lifetime, Remembered
from portal.auth.reasons import Reason, Stopped
from portal.auth.rules import bank_mark
from portal.kit.i18n import Language, Text, text
from portal.kit.outgoing import KIB, Connect, Unreachable, get

DOCUMENT_S = 2.5  # a visitor sees that the broker is down within three seconds
LARGEST_DOCUMENT = 64 * KIB
LONGEST_TEXT = 600
MOST_BANKS = 60
CURRENT = Lifetime(fresh=timedelta(minutes=10), stale=timedelta(0), retry=timedelta(seconds=10))


@dataclass(frozen=True)
class BankChoice:
    """One bank or other method, by the broker's id; an empty id leaves the choice to the broker's own page."""

    id: str
    name: str | Text

    @property
    def initials(self) -> str:
        """Two letters in place of a picture, which would come from another host."""
        return self.name[:2] if isinstance(self.name, str) else ""


@dataclass(frozen=True)
class Disturbance:
    """What the broker says is out of order."""

    header: str
    text: str


@dataclass(frozen=True)
class BankList:
    """The banks of one broker in one language, and the words that belong beside them; absent ones are empty."""

    broker: str
    choices: Sequence[BankChoice]
    leads_to: Sequence[str]  # the origins that a choice may be redirected through
    provider: str = ""
    consent: str = ""
    privacy_text: str = ""
    privacy_link: str = ""
    disturbance: Disturbance | None = None
    is_down: bool = False

    def offers(self, bank: str) -> bool:
        """Whether a bank can be chosen now."""
        return any(choice.id == bank for choice in self.choices)


class BankLists:
    """The bank lists of one broker: one document per language, at most ten minutes old."""

    def __init__(self, profile: BrokerProfile, connect: Connect, now: Callable[[], datetime]) -> None:
        self._profile, self._connect = profile, connect
        self._documents = {language: Remembered(partial(self._fetch, language), CURRENT, now) for language in Language}

    async def current(self, language: Language) -> BankList:
        """The list as it stands now; the profile's banks, marked as down, where the document cannot be had."""
        if self._profile.wall_url is None:
            return listed(self._profile, language)
        try:
            return await self._documents[language].get()
        except Unreachable:
            return listed(self._profile, language, is_down=True)

    @property
    def is_failing(self) -> bool:
        """Whether the broker did not answer when it was last asked; asks nobody now."""
        return any(document.is_failing for document in self._documents.values())

    async def _fetch(self, language: Language) -> BankList:
        url = f"{self._profile.wall_url}?{urlencode({'lang': language.value})}"
        document = await get(url, self._connect, seconds=DOCUMENT_S, max_bytes=LARGEST_DOCUMENT)
        return embedded(self._profile, document)


def last_used_first(bank_lists: Sequence[BankList], mark: str | None) -> Sequence[BankList]:
    """The lists as they are, but for the bank that this browser came by last: it stands first of all."""

    def comes_later(bank_list: BankList, choice: BankChoice) -> bool:
        return bank_mark(bank_list.broker, choice.id) != mark

    def in_order(bank_list: BankList) -> BankList:
        return replace(bank_list, choices=sorted(bank_list.choices, key=partial(comes_later, bank_list)))

    def all_come_later(bank_list: BankList) -> bool:
        return all(comes_later(bank_list, choice) for choice in bank_list.choices)

    return sorted(map(in_order, bank_lists), key=all_come_later)


def listed(profile: BrokerProfile, language: Language, *, is_down: bool = False) -> BankList:
    """The list that a profile itself describes."""
    banks = [BankChoice(bank.id, bank.name.said(language)) for bank in profile.banks]
    provider = profile.provider.said(language) if profile.provider else ""
    choices = banks or [BankChoice("", text("Identify yourself"))]
    return BankList(profile.name, choices, profile.form_origins, provider, is_down=is_down)


def embedded(profile: BrokerProfile, document: bytes) -> BankList:
    """The list that a broker's document describes. Raises Unreachable for one that offers nothing."""
    try:
        said = json_object(document, Reason.BROKER_DOWN)
    except Stopped as refused:
        raise Unreachable(f"{profile.name}: the list is not a JSON object") from refused
    choices = list(_choices(said.get("identityProviders")))[:MOST_BANKS]
    if not choices:
        raise Unreachable(f"{profile.name}: the list offers no bank")
    return BankList(
        broker=profile.name,
        choices=choices,
        leads_to=profile.form_origins,
        provider=_text(said, "isbProviderInfo"),
        consent=_text(said, "isbConsent"),
        privacy_text=_text(said, "privacyNoticeText"),
        privacy_link=_link(said, profile),
        disturbance=_disturbance(said.get("disturbanceInfo")),
    )


def _choices(listed: object) -> Iterator[BankChoice]:
    for provider in listed if isinstance(listed, list) else []:
        match provider:
            case {"name": str(name), "ftn_idp_id": str(bank)} if name.strip() and 0 < len(bank) <= 80:
                yield BankChoice(bank, name.strip()[:80])


def _disturbance(said: object) -> Disturbance | None:
    match said:
        case {"header": str(header), "text": str(body)}:
            return Disturbance(header.strip()[:LONGEST_TEXT], body.strip()[:LONGEST_TEXT])
        case _:
            return None


def _link(said: Mapping[str, Any], profile: BrokerProfile) -> str:
    """The broker's privacy notice, if its address is one that a person may be sent to."""
    link = _text(said, "privacyNoticeLink")
    schemes = ("https://", "http://") if profile.allow_http else ("https://",)
    return link if link.startswith(schemes) else ""


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value.strip()[:LONGEST_TEXT] if isinstance(value, str) else ""
