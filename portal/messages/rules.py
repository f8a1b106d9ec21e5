"""Decisions about messages: what they can be about, who may read and write them, when an answer is due."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal.auth.reach import Level, Reach, Theme
from portal.customers.rules import is_identity_code


class Topic(StrEnum):
    """What a thread is about, in the order of the form; the last two are never chosen, only told by the utility."""

    BILLING = "billing"
    CONSUMPTION = "consumption"
    CONTRACT = "contract"
    MOVING = "moving"
    RIGHTS = "rights"
    CORRECTION = "correction"
    PRIVACY = "privacy"
    FEEDBACK = "feedback"
    OTHER = "other"
    NEWS = "news"
    CONTACT = "contact"


class MessageKind(StrEnum):
    """What a message is; a question is the customer's, all others are the utility's."""

    QUESTION = "question"
    BULLETIN = "bulletin"
    BILL = "bill"
    ANSWER = "answer"
    NOTICE = "notice"
    CALL = "call"
    LETTER = "letter"
    VISIT = "visit"
    OFFER = "offer"


class ThreadsShown(StrEnum):
    """Which threads to list."""

    ALL = "all"
    UNREAD = "unread"
    BULLETINS = "bulletins"
    BILLS = "bills"
    ANSWERS = "answers"
    CONTACTS = "contacts"


CHOSEN: Final = tuple(topic for topic in Topic if topic not in {Topic.NEWS, Topic.CONTACT})
CONTACTS: Final = frozenset({MessageKind.CALL, MessageKind.LETTER, MessageKind.VISIT})
KINDS: Mapping[ThreadsShown, frozenset[MessageKind]] = {
    ThreadsShown.BULLETINS: frozenset({MessageKind.BULLETIN, MessageKind.NOTICE, MessageKind.OFFER}),
    ThreadsShown.BILLS: frozenset({MessageKind.BILL}),
    ThreadsShown.ANSWERS: frozenset({MessageKind.QUESTION, MessageKind.ANSWER}),
    ThreadsShown.CONTACTS: CONTACTS,
}
THEMES: Mapping[Topic, Theme] = {
    Topic.BILLING: Theme.BILLING,
    Topic.CONSUMPTION: Theme.CONSUMPTION,
    Topic.CONTRACT: Theme.CONTRACTS,
    Topic.MOVING: Theme.MOVES,
}
"""The matter that a topic belongs to; the others belong to none, so that no limited mandate opens them."""

FRESH: Final = timedelta(days=14)
"""What is older than this when somebody first signs in is no news to them: nobody begins with years of bulletins."""

ANSWERED_IN: Final = 2
"""Working days in which customer service answers: what the mock of the portal promises a customer."""

MESSAGES_A_DAY: Final = 20
FEEDBACK_A_DAY: Final = 5
"""What one person writes at most within 24 hours, of which so much feedback: ten times what the busiest need."""

LONGEST_SUBJECT: Final = 120
LONGEST_BODY: Final = 5000

_LINE_BREAKS: Final = re.compile(r"\r\n?|[\u2028\u2029]")
_CODE_LIKE: Final = re.compile(r"(?<![0-9])[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y](?![0-9A-Z])", re.IGNORECASE)


def opened(reach: Reach) -> Mapping[Topic, frozenset[UUID] | None]:
    """What a mandate opens that is not for everything: each matter's topic, at that matter's sites.

    None: at all sites, and at none. News, such as a planned outage, is for whoever may see anything at the site.
    Contacts, and topics that belong to no matter, are for those alone who stand in for the customer in everything.
    """
    return {**{topic: reach.sites(theme) for topic, theme in THEMES.items()}, Topic.NEWS: reach.any_sites}


def may_write(reach: Reach, topic: Topic, site_id: UUID | None) -> bool:
    """Whether somebody may write about a topic at a site, or, for None, about no site in particular.

    One writes about what one may manage: by a limited mandate in the topic's own matter, at a site where that matter
    is open. All else is for those who stand in for the customer in everything.
    """
    if reach.is_full:
        return True
    theme = THEMES.get(topic)
    if theme is None:
        return False
    sites = reach.sites(theme, Level.MANAGE)
    return sites is None or site_id in sites


def may_write_at_all(reach: Reach) -> bool:
    """Whether there is anything that somebody may write about."""
    return reach.is_full or any(reach.covers(theme, Level.MANAGE) for theme in THEMES.values())


def topics(reach: Reach) -> Sequence[Topic]:
    """The topics that somebody may choose."""
    themes = {theme for theme in Theme if reach.covers(theme, Level.MANAGE)}
    return [topic for topic in CHOSEN if reach.is_full or THEMES.get(topic) in themes]


def topic_of(kind: MessageKind) -> Topic:
    """What a thread is about that begins with a message of the utility."""
    match kind:
        case MessageKind.BULLETIN | MessageKind.NOTICE:
            return Topic.NEWS
        case MessageKind.BILL:
            return Topic.BILLING
        case MessageKind.OFFER:
            return Topic.CONTRACT
        case MessageKind.CALL | MessageKind.LETTER | MessageKind.VISIT:
            return Topic.CONTACT
        case MessageKind.QUESTION | MessageKind.ANSWER:
            return Topic.OTHER


def plain(text: str) -> str:
    """A text with plain line breaks, and without control characters: databases and readers choke on some."""
    with_breaks = _LINE_BREAKS.sub("\n", text)
    return "".join(one for one in with_breaks if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"})


def one_line(text: str) -> str:
    """The same in one line."""
    return " ".join(plain(text).split())


def holds_identity_code(text: str) -> bool:
    """Whether a personal identity code with its right check character stands in a text."""
    return any(is_identity_code(found.upper()) for found in _CODE_LIKE.findall(text))
