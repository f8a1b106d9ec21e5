"""How the utility's own systems tell of what customers decided: by phone, by letter, in another service."""

from typing import Annotated, Literal

from pydantic import Field

from portal.consents.rules import Action, Channel, DecisionKind, Purpose
from portal.customers.feed import CustomerNumber
from portal.kit.feed import FeedRow, Moment, Written, words
from portal.kit.i18n import Language


class Notice(FeedRow):
    """The privacy notice that the customer was shown or read."""

    id: Annotated[str, words(40)] = Field(description="Its name.", examples=["privacy"])
    version: Annotated[str, words(20)] = Field(description="Its version.", examples=["2026-1"])
    sha256: Annotated[str, Written(r"[0-9a-f]{64}", "must be 64 hexadecimal digits in small letters", longest=64)] = (
        Field(description="SHA-256 of its text, hexadecimal.", examples=["0" * 64])
    )
    language: Language = Field(description="The language it was in.", examples=["fi"])


class PermissionEntry(FeedRow):
    """One decision of a customer. Decisions are only ever added; the latest one is in force."""

    customer_number: CustomerNumber
    kind: DecisionKind = Field(
        description="consent (given permits), objection (given prohibits) or preference (given chooses).",
        examples=["consent"],
    )
    purpose: Purpose = Field(description="What for.", examples=["direct-marketing"])
    channel: Channel = Field(description="By which way; any where the purpose has none.", examples=["email"])
    action: Action = Field(description="Given or withdrawn.", examples=["given"])
    at: Moment = Field(description="When, in UTC.", examples=["2026-11-21T18:30:00Z"])
    where: Literal["phone", "letter", "feed"] = Field(
        description="Where: by phone, by letter, or in another of the utility's systems.", examples=["phone"]
    )
    ground: Annotated[str, words(80)] = Field(
        description="The legal ground.", examples=["GDPR 6(1)(a); Act 917/2014 s. 200(1)"]
    )
    notice: Notice = Field(description="What the customer was told.")
