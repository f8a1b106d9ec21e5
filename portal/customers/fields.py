"""What people type about themselves and others, and in which form it is taken."""

from pydantic import AfterValidator

from portal.customers import rules
from portal.kit import addresses
from portal.kit.addresses import NotAnAddress
from portal.kit.forms import wrong
from portal.kit.i18n import text


def _one_line(typed: str) -> str:
    if not typed.isprintable():
        raise wrong(text("Check what you wrote here."))
    return typed


def email_address(typed: str) -> str:
    """An address as people read it; empty for none."""
    try:
        return addresses.as_read(typed) if typed else ""
    except NotAnAddress:
        raise wrong(
            text(
                "Check the email address. It looks like this: name@example.fi. Letters such as ä may only follow the @."
            )
        ) from None


def phone_number(typed: str) -> str:
    """A number as it is kept; empty for none."""
    try:
        return rules.normal_phone(typed) if typed else ""
    except ValueError:
        raise wrong(text("Check the phone number and write it whole, for example 040 123 4567.")) from None


OneLine = AfterValidator(_one_line)
