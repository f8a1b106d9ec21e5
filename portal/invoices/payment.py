"""What a payer's bank asks for: references, the virtual barcode and the QR code's text.

Sources: Finance Finland, "Pankkiviivakoodi-opas" (barcode versions 4 and 5) and "Kansallisen viitteen rakenne";
ISO 11649 (RF); ISO 13616 (IBAN); European Payments Council, EPC069-12 (QR code), with the due date of Finance Finland's
"Guidelines for the use of QR code in credit transfer forms".
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Final

from portal.kit.formats import NBSP, grouped
from portal.kit.money import Money

WEIGHTS: Final = (7, 3, 1)
HIGHEST: Final = Money(999_999_99)  # what the barcode's eight digits hold
EPC_HIGHEST: Final = Money(999_999_999_99)
EPC_BYTES: Final = 331
LETTERS: Final = {chr(ord("A") + n): str(10 + n) for n in range(26)}  # ISO 7064: A is 10, Z is 35


class NotPayable(ValueError):
    """These payment details make no reference, barcode or QR code."""


@dataclass(frozen=True, slots=True)
class Payable:
    """What is to be paid where, as a bill says it; account and reference without spaces."""

    payee: str
    iban: str
    bic: str
    reference: str
    amount: Money
    due_on: date | None


def reference(digits: str) -> str:
    """The Finnish reference of 3 to 19 digits: leading zeros dropped, check digit added.

    Raises NotPayable.
    """
    bare = digits.lstrip("0")
    if not re.fullmatch(r"[0-9]{3,19}", bare):
        raise NotPayable(digits)
    return bare + _check_digit(bare)


def is_reference(text: str) -> bool:
    """Whether a text is a Finnish reference without spaces, its check digit right."""
    return bool(re.fullmatch(r"[1-9][0-9]{3,19}", text)) and text[-1] == _check_digit(text[:-1])


def rf_reference(bare: str) -> str:
    """The creditor reference (ISO 11649) of a Finnish one, or of any 1 to 21 capitals and digits.

    Raises NotPayable.
    """
    if not re.fullmatch(r"[0-9A-Z]{1,21}", bare):
        raise NotPayable(bare)
    return f"RF{98 - _mod_97(f'{bare}RF00'):02}{bare}"


def is_rf_reference(text: str) -> bool:
    """Whether a text is an RF reference without spaces, its check digits right."""
    return bool(re.fullmatch(r"RF[0-9]{2}[0-9A-Z]{1,21}", text)) and _mod_97(text[4:] + text[:4]) == 1


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN without spaces, its check digits right; a Finnish one has 18 characters."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", text) or _mod_97(text[4:] + text[:4]) != 1:
        return False
    return not text.startswith("FI") or bool(re.fullmatch(r"FI[0-9]{16}", text))


def shown_reference(text: str) -> str:
    """A reference as people read it: a Finnish one in groups of five from the right, RF in fours from the left."""
    if text.startswith("RF"):
        return grouped(text)
    head = len(text) % 5
    groups = [text[at : at + 5] for at in range(head, len(text), 5)]
    return NBSP.join([text[:head], *groups] if head else groups)


def virtual_barcode(paid: Payable) -> str | None:
    """The 54 digits of the bank barcode: version 4 for a Finnish reference, 5 for RF.

    None where the account is not Finnish or the RF reference has letters: the barcode cannot say these. An amount that
    is not payable or too high is left open, and so is a missing due date.
    """
    if not is_iban(paid.iban) or not paid.iban.startswith("FI"):
        return None
    bare = _barcode_reference(paid.reference)
    if bare is None:
        return None
    open_amount = paid.amount.cents <= 0 or paid.amount > HIGHEST
    amount = "0" * 8 if open_amount else f"{paid.amount.cents:08}"
    due = f"{paid.due_on:%y%m%d}" if paid.due_on else "0" * 6
    version = "5" if paid.reference.startswith("RF") else "4"
    return version + paid.iban[2:] + amount + bare + due


def epc_text(paid: Payable) -> str | None:
    """The text of the EPC QR code, version 002, in UTF-8; the reference always as RF.

    None where there is nothing to pay or the details do not fit into the code.
    """
    if not Money(0) < paid.amount <= EPC_HIGHEST or not is_iban(paid.iban):
        return None
    creditor_reference = _as_rf(paid.reference)
    if creditor_reference is None:
        return None
    head = ("BCD", "002", "1", "SCT", paid.bic, " ".join(paid.payee.split())[:70], paid.iban)
    due = f"ReqdExctnDt/{paid.due_on.isoformat()}" if paid.due_on else ""
    text = "\n".join((*head, f"EUR{paid.amount.euros:.2f}", "", creditor_reference, "", due)).rstrip("\n")
    return text if len(text.encode()) <= EPC_BYTES else None


def _check_digit(digits: str) -> str:
    weighted = sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(WEIGHTS), strict=False))
    return str(-weighted % 10)


def _mod_97(text: str) -> int:
    return int("".join(LETTERS.get(sign, sign) for sign in text)) % 97


def _as_rf(text: str) -> str | None:
    if is_rf_reference(text):
        return text
    return rf_reference(text) if is_reference(text) else None


def _barcode_reference(text: str) -> str | None:
    """23 digits: 000 and a Finnish reference, or the check digits and the digits of an RF one."""
    if is_reference(text):
        return text.zfill(23)
    if is_rf_reference(text) and text[4:].isdigit():
        return text[2:4] + text[4:].zfill(21)
    return None
