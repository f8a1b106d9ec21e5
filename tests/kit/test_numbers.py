"""Numbers that are read out on the phone."""

from hypothesis import given
from hypothesis import strategies as st

from portal.kit.numbers import case_number


@given(st.uuids())
def test_a_case_number_is_short_and_can_be_read_out(thread_id):
    number = case_number(thread_id)
    assert len(number) == 14
    assert not set(number) & set("ILOU")
