"""Decisions about parties: their identifiers and contact details, and who stands in for whom on a day."""

import re
from datetime import date

from stdnum.fi import ytunnus

from portal.auth.rules import TEST_PEOPLE, NotAnIdentityCode, identity_code


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

    Raises ValueError when it cannot be one.
    """
    digits = re.sub(r"[ ()./-]", "", phone)
    international = re.sub(r"^0(?=[1-9])", "+358", re.sub(r"^00", "+", digits))
    if not re.fullmatch(r"\+[1-9][0-9]{5,14}", international):
        raise ValueError("no phone number")
    return international


def normal_email(email: str) -> str:
    """An e-mail address with its domain in lower case; what stands before the @ is left as it is.

    Raises ValueError when it cannot be one.
    """
    mailbox, _, domain = email.rpartition("@")
    if (
        not email.isprintable()
        or not re.fullmatch(r"[^\s@\x00-\x1f\x7f]{1,64}", mailbox)
        or not re.fullmatch(r"(?!-)[^\s@.\x00-\x1f\x7f]+(\.[^\s@.\x00-\x1f\x7f]+)+", domain)
    ):
        raise ValueError("no e-mail address")
    return f"{mailbox}@{domain.lower()}"


def is_in_force(valid_from: date, valid_to: date | None, today: date) -> bool:
    """Whether a mandate holds on a day; both ends belong to it."""
    return valid_from <= today and (valid_to is None or today <= valid_to)
