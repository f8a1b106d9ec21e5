"""How the utility's own systems tell of messages to customers, and of calls, letters and visits."""

from typing import Annotated, Literal

from pydantic import Field

from portal.contracts.feed import ContractNumber
from portal.customers.feed import CustomerNumber
from portal.invoices.feed import InvoiceNumber
from portal.kit.feed import FeedRow, Moment, Written, checked, words
from portal.kit.i18n import Language
from portal.kit.visible import shows_something
from portal.sites.feed import SiteNumber

LONGEST = 20_000


class MessageEntry(FeedRow):
    """A message from the utility, or a contact with the customer that it noted.

    A message without a thread stands alone and takes no replies. One with a thread goes on with that thread: with one
    that a customer began (message.sent told its thread_number), or with one of the utility's own, which begins with
    its first message. What a thread is about, and its subject, are those of its first message.
    """

    message_number: Annotated[str, words(40)] = Field(
        description="The utility's number of the message.", examples=["M-260901"]
    )
    customer_number: CustomerNumber
    thread_number: Annotated[str, words(40)] | None = Field(
        description="The thread it belongs to, or null.", examples=["P7K2-M4QX-93TB"]
    )
    kind: Literal["bulletin", "bill", "answer", "notice", "call", "letter", "visit", "offer"] = Field(
        description="call, letter and visit are noted contacts. An offer is taken in only for a customer who allows "
        "direct marketing by e-mail.",
        examples=["answer"],
    )
    subject: Annotated[str, words(200)] = Field(description="What it is about.", examples=["Lokakuun lasku"])
    body: Annotated[
        str,
        Written(
            r"[^\x00-\x20\x7f]([^\x00-\x09\x0b-\x1f\x7f]*[^\x00-\x20\x7f])?",
            f"must be 1 to {LONGEST} characters of plain text, its lines ended by \\n, some of it visible, "
            "without space around it",
            checked(shows_something),
            longest=LONGEST,
        ),
    ] = Field(description="The message, plain text; an empty line parts paragraphs.", examples=["Hei Aino,\n\n..."])
    language: Language = Field(description="The language it is written in.", examples=["fi"])
    sent_at: Moment = Field(
        description="When it was sent, or the contact was, in UTC.", examples=["2026-11-19T07:15:00Z"]
    )
    site_number: SiteNumber | None = Field(description="The site it is about, or null.", examples=["500001"])
    invoice_number: InvoiceNumber | None = Field(
        description="The customer's bill it is about, or null.", examples=["900001"]
    )
    contract_number: ContractNumber | None = Field(
        default=None, description="The customer's contract it is about, or null.", examples=["700001"]
    )
    from_name: Annotated[str, words(100)] | None = Field(
        description="Who wrote or called, as customers may know them; null for the utility.", examples=["Veera"]
    )
