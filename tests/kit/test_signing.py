"""A signed token reads for its purpose, in its time, under keys that are still ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.signing import Signer

OLD, NEW = "o" * 32, "n" * 32
SIGNER = Signer([NEW, OLD])


@given(st.text(), st.text(min_size=1))
def test_what_is_signed_reads(value, purpose):
    assert SIGNER.read(purpose, SIGNER.sign(purpose, value), 60) == value


def test_a_token_for_one_purpose_is_none_for_another():
    assert SIGNER.read("mail", SIGNER.sign("form", "x"), 60) is None


def test_a_token_of_a_retired_secret_still_reads():
    assert SIGNER.read("form", Signer([OLD]).sign("form", "x"), 60) == "x"
    assert Signer([OLD]).read("form", SIGNER.sign("form", "x"), 60) is None


def test_an_old_token_does_not_read():
    assert SIGNER.read("form", SIGNER.sign("form", "x"), -1) is None


@given(st.text())
def test_anything_else_does_not_read(token):
    assert SIGNER.read("form", token, 60) is None


@pytest.mark.parametrize("secrets", [[], ["short"], [NEW, "short"]])
def test_a_short_secret_is_refused(secrets):
    with pytest.raises(ValueError, match="32 characters"):
        Signer(secrets)
