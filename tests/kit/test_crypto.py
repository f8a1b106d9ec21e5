"""What is sealed opens in its place only; what is indexed is found and not read."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.crypto import Unreadable, Vault

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
ROW = UUID(int=1)
PLACE = {"table": "identity_code", "column": "encrypted", "row": ROW}
VAULT = Vault([NEW, OLD], INDEX)


@given(st.text())
def test_what_is_sealed_opens(plain):
    assert VAULT.open(VAULT.seal(plain, **PLACE), **PLACE) == plain


def test_the_same_text_is_never_sealed_alike():
    assert VAULT.seal("010180-9015", **PLACE) != VAULT.seal("010180-9015", **PLACE)


@pytest.mark.parametrize("elsewhere", [{"table": "party"}, {"column": "plain"}, {"row": UUID(int=2)}], ids=str)
def test_what_is_moved_to_another_place_does_not_open(elsewhere):
    sealed = VAULT.seal("010180-9015", **PLACE)
    with pytest.raises(Unreadable):
        VAULT.open(sealed, **PLACE | elsewhere)


@given(st.integers(0, 42), st.integers(1, 255))
def test_a_damaged_byte_is_noticed(place, change):
    sealed = bytearray(VAULT.seal("010180-9015", **PLACE))
    sealed[place] ^= change
    with pytest.raises(Unreadable):
        VAULT.open(bytes(sealed), **PLACE)


@given(st.binary(max_size=40))
def test_anything_else_does_not_open(sealed):
    with pytest.raises(Unreadable):
        VAULT.open(sealed, **PLACE)


def test_a_retired_key_still_opens_and_seals_nothing_more():
    sealed = Vault([OLD], INDEX).seal("010180-9015", **PLACE)
    assert VAULT.open(sealed, **PLACE) == "010180-9015"
    with pytest.raises(Unreadable):
        Vault([NEW], INDEX).open(sealed, **PLACE)
    with pytest.raises(Unreadable):
        Vault([OLD], INDEX).open(VAULT.seal("010180-9015", **PLACE), **PLACE)


def test_an_index_does_not_change_with_the_data_keys_or_the_writing():
    assert Vault([OLD], INDEX).blind_index(" 290296-912h") == VAULT.blind_index("290296-912H")


def test_an_index_is_another_for_another_code_or_key():
    indexes = {
        VAULT.blind_index("010180-9015"),
        VAULT.blind_index("010180A9015"),
        Vault([NEW], OLD).blind_index("010180-9015"),
    }
    assert len(indexes) == 3
    assert {len(index) for index in indexes} == {32}


@pytest.mark.parametrize(("data", "index"), [([], INDEX), ([b"short"], INDEX), ([NEW], b"short")])
def test_keys_of_another_length_are_refused(data, index):
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(data, index)
