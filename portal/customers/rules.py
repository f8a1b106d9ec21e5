"""Decisions about parties: their identifiers and contact details."""

import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult
from stdnum.fi import ytunnus

from portal.auth.rules import TEST_PEOPLE, NotAnIdentityCode, identity_code

HOME: Final = "FI"


def is_identity_code(code: str) -> bool:
    """Whether a text is a personal identity code in its written form, its check character right.

    Temporary codes (individual number 900-999) too: whom they let in is for identification to decide.
    """
    try:
        return identity_code(code, TEST_PEOPLE).text == code
    except NotAnIdentityCode:
        return False


def is_business_id(business_id: str) -> bool:
    """Whether a text is a Finnish business id such as 0984944-9, its check digit right."""
    return bool(re.fullmatch(r"[0-9]{7}-[0-9]", business_id)) and bool(ytunnus.is_valid(business_id))


def normal_phone(phone: str) -> str:
    """A phone number in the international form of E.164: `040 123 4567` is +358401234567.

    A zero that is dialled only within its country goes (+358 (0)40 ...), one that belongs to the number stays
    (+39 06 ...). Without a country code it is a Finnish one. Raises ValueError when it cannot be one.
    """
    if not re.fullmatch(r"\(?[+0][0-9 ()./-]+", phone):
        raise ValueError("no phone number")
    try:
        number = phonenumbers.parse(phone, HOME)
    except NumberParseException:
        raise ValueError("no phone number") from None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise ValueError("no phone number")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
