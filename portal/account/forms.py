"""What customers may type about themselves, and in which form it is taken."""

import re
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from portal.customers.change_requests import HOME_COUNTRY, Channel, PostalAddress
from portal.customers.contact import Contact
from portal.customers.fields import OneLine, email_address, phone_number
from portal.kit.forms import Form, wrong
from portal.kit.i18n import Language, text

COUNTRIES: Final = (
    "FI", "AX", "SE", "NO", "DK", "IS", "EE", "LV", "LT", "DE", "AT", "BE", "BG", "CH", "CY", "CZ", "ES", "FR", "GB",
    "GR", "HR", "HU", "IE", "IT", "LU", "MT", "NL", "PL", "PT", "RO", "SI", "SK", "AU", "CA", "TH", "US",
)  # fmt: skip

OFFERED: Final = (Channel.E_INVOICE, Channel.EMAIL, Channel.OMAPOSTI, Channel.MOBILE, Channel.PAPER)
OFFERED_TO_COMPANIES: Final = (Channel.E_INVOICE, Channel.EMAIL, Channel.PAPER)


def ways(contact: Contact) -> Sequence[Channel]:
    """The ways of billing that a customer may choose between: those that are offered, and the one they have."""
    offered = OFFERED_TO_COMPANIES if contact.is_company else OFFERED
    has = (contact.billing.channel,) if contact.billing else ()
    return tuple(dict.fromkeys((*offered, *has)))


class ContactForm(Form):
    """How one is reached; empty where one does not want to be."""

    email: Annotated[str, Field(max_length=254), OneLine, AfterValidator(email_address)] = ""
    phone: Annotated[str, Field(max_length=40), OneLine, AfterValidator(phone_number)] = ""


class AddressForm(Form):
    """Where one's post goes."""

    street: Annotated[str, Field(min_length=1, max_length=200), OneLine]
    country: str = HOME_COUNTRY
    postcode: Annotated[str, Field(min_length=1, max_length=20), OneLine]
    town: Annotated[str, Field(min_length=1, max_length=100), OneLine]

    @field_validator("country")
    @classmethod
    def is_offered(cls, country: str) -> str:
        """One of the list."""
        if country not in COUNTRIES:
            raise wrong(text("Choose one of the options."))
        return country

    @field_validator("postcode")
    @classmethod
    def of_its_country(cls, postcode: str, others: ValidationInfo) -> str:
        """Five digits at home."""
        if others.data.get("country") == HOME_COUNTRY and not re.fullmatch("[0-9]{5}", postcode):
            raise wrong(text("A Finnish postcode has five digits."))
        return postcode

    @property
    def address(self) -> PostalAddress:
        """The address that was typed."""
        return PostalAddress(self.street, self.postcode, self.town, self.country)


class BillingForm(Form):
    """How one's bills come, and in which language."""

    channel: Channel
    language: Language
    email: Annotated[str, Field(max_length=254), OneLine] = ""
    reference: Annotated[str, Field(max_length=70), OneLine] = ""
