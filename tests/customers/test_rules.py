import pytest

from portal.customers import rules


@pytest.mark.parametrize(
    "code", ["010180-9015", "290296-912H", "150704A933E", "311299+950V", "050905B921F", "120775Y9446", "070770-905D"]
)
def test_identity_codes_of_every_century_sign_are_taken(code):
    assert rules.is_identity_code(code)


@pytest.mark.parametrize(
    "code",
    ["", "010180-9016", "010180-901", "010180-9015 ", "290296-912h", "310299-912H", "010180_9015", "280453-111A"],
)
def test_what_only_looks_like_an_identity_code_is_not_taken(code):
    assert not rules.is_identity_code(code)


@pytest.mark.parametrize("business_id", ["0984944-9", "0109160-2", "7654321-2", "1234567-1"])
def test_business_ids_with_their_check_digit_are_taken(business_id):
    assert rules.is_business_id(business_id)


@pytest.mark.parametrize("business_id", ["", "0984944-8", "984944-9", "09849449", " 0984944-9", "FI09849449"])
def test_other_texts_are_no_business_ids(business_id):
    assert not rules.is_business_id(business_id)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("040 123 4567", "+358401234567"),
        ("+358 40 1234567", "+358401234567"),
        ("00358401234567", "+358401234567"),
        ("(02) 262-8111", "+35822628111"),
        ("+46 70 123 45 67", "+46701234567"),
        ("018 12345", "+3581812345"),
        ("0800 12345", "+35880012345"),
        ("+39 06 1234 5678", "+390612345678"),  # an Italian zero belongs to the number
    ],
)
def test_phone_numbers_are_kept_in_the_international_form(told, kept):
    assert rules.normal_phone(told) == kept
    assert rules.normal_phone(kept) == kept


@pytest.mark.parametrize("told", ["+358 (0)40 123 4567", "+358 0401234567", "00358 (0)40 123 4567", "+3580401234567"])
def test_a_zero_dialled_within_the_country_is_no_part_of_the_number(told):
    assert rules.normal_phone(told) == "+358401234567"


def test_another_countrys_trunk_zero_goes_too():
    assert rules.normal_phone("+46 (0)70 123 45 67") == "+46701234567"


@pytest.mark.parametrize(
    "told",
    [
        *("", "12", "040", "+0401234567", "040 CALL ME", "+3584012345678901", "401234567"),
        *("+358 40 1234567 ext 5", "+999 12345"),
    ],
)
def test_what_cannot_be_a_phone_number_is_refused(told):
    with pytest.raises(ValueError, match="phone number"):
        rules.normal_phone(told)
