"""References, accounts, the virtual barcode and the QR code's text, against published examples and by their sums."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from portal.invoices.payment import (
    NotPayable,
    Payable,
    epc_text,
    is_iban,
    is_reference,
    is_rf_reference,
    reference,
    rf_reference,
    shown_reference,
    virtual_barcode,
)
from portal.kit.money import Money

IBAN = "FI3715903000000776"


def payable(**changes):
    facts = {
        "payee": "Esimerkki Energia Oy",
        "iban": IBAN,
        "bic": "ITELFIHH",
        "reference": "11112",
        "amount": Money(1225),
        "due_on": date(2016, 12, 21),
    }
    return Payable(**facts | changes)


@pytest.mark.parametrize(
    ("digits", "whole"), [("1111", "11112"), ("123456", "1234561"), ("0001111", "11112"), ("123", "1232")]
)
def test_a_reference_gets_its_check_digit(digits, whole):
    assert reference(digits) == whole
    assert is_reference(whole)


@pytest.mark.parametrize("digits", ["12", "0012", "", "1" * 20, "12a4"])
def test_too_few_and_too_many_digits_make_no_reference(digits):
    with pytest.raises(NotPayable):
        reference(digits)


@pytest.mark.parametrize("text", ["11113", "011112", "1111 2", "112", "", "RF9811112"])
def test_what_is_no_reference(text):
    assert not is_reference(text)


@pytest.mark.parametrize(("bare", "whole"), [("11112", "RF9811112"), ("1234561", "RF341234561")])
def test_a_reference_as_rf(bare, whole):
    assert rf_reference(bare) == whole
    assert is_rf_reference(whole)


@pytest.mark.parametrize("text", ["RF9711112", "RF98", "RF98 11112", "rf9811112", "11112"])
def test_what_is_no_rf_reference(text):
    assert not is_rf_reference(text)


def test_nothing_makes_no_rf_reference():
    with pytest.raises(NotPayable):
        rf_reference("")


@given(st.integers(100, 10**19 - 1))
def test_one_wrong_digit_is_always_noticed(number):
    whole = reference(str(number))
    wrong = str((int(whole[0]) % 9) + 1) + whole[1:]
    assert is_reference(whole)
    assert not is_reference(wrong)


@given(st.from_regex(r"[0-9A-Z]{1,21}", fullmatch=True))
def test_rf_references_agree_with_another_program(bare):
    assert iso11649.is_valid(rf_reference(bare))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (IBAN, True),
        ("FI2112345600000785", True),
        ("DE89370400440532013000", True),
        ("FI3715903000000777", False),
        ("FI37 1590 3000 0007 76", False),
        ("FI371590300000077", False),
        ("", False),
    ],
)
def test_ibans(text, valid):
    assert is_iban(text) is valid


@pytest.mark.parametrize(
    ("text", "shown"),
    [("11112", "11112"), ("1234561", "12 34561"), ("20261100448213", "2026 11004 48213"), ("RF9811112", "RF98 1111 2")],
)
def test_references_are_read_in_groups(text, shown):
    assert shown_reference(text).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("paid", "digits"),
    [
        (payable(), "437159030000007760000122500000000000000000011112161221"),
        (
            payable(reference="RF9811112", amount=Money(110), due_on=date(2017, 1, 1)),
            "537159030000007760000011098000000000000000011112170101",
        ),
        (payable(due_on=None), "437159030000007760000122500000000000000000011112000000"),
        (payable(amount=Money(999_999_99)), "437159030000007769999999900000000000000000011112161221"),
        (payable(amount=Money(1_000_000_00)), "437159030000007760000000000000000000000000011112161221"),
        (payable(amount=Money(0)), "437159030000007760000000000000000000000000011112161221"),
        (payable(amount=Money(-5)), "437159030000007760000000000000000000000000011112161221"),
    ],
)
def test_the_virtual_barcode(paid, digits):
    assert len(digits) == 54
    assert virtual_barcode(paid) == digits


@pytest.mark.parametrize(
    "paid",
    [
        payable(iban="DE89370400440532013000"),
        payable(iban="FI3715903000000777"),
        payable(reference=rf_reference("A1")),
        payable(reference="11113"),
    ],
)
def test_what_the_barcode_cannot_say(paid):
    assert virtual_barcode(paid) is None


def test_the_text_of_the_qr_code():
    assert epc_text(payable()).split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "ITELFIHH",
        "Esimerkki Energia Oy",
        IBAN,
        "EUR12.25",
        "",
        "RF9811112",
        "",
        "ReqdExctnDt/2016-12-21",
    ]


def test_the_qr_code_without_a_due_date_ends_with_the_reference():
    assert epc_text(payable(due_on=None)).endswith("\nRF9811112")
    assert epc_text(payable(reference="RF9811112")) == epc_text(payable())


@pytest.mark.parametrize(
    "paid",
    [
        payable(amount=Money(0)),
        payable(amount=Money(-1)),
        payable(amount=Money(1_000_000_000_00)),
        payable(reference="11113"),
        payable(iban="FI3715903000000777"),
        payable(bic="X" * 300),
    ],
)
def test_what_the_qr_code_cannot_say(paid):
    assert epc_text(paid) is None


@given(st.text(min_size=1, max_size=200), st.integers(1, 10**11 - 1))
def test_the_qr_code_always_fits(name, cents):
    text = epc_text(payable(payee=name, amount=Money(cents)))
    assert text is None or len(text.encode()) <= 331
