"""Addresses that letters reach are taken, as people read them; servers get them in ASCII."""

import pytest

from portal.kit.addresses import NotAnAddress, as_read, as_sent


@pytest.mark.parametrize(
    ("told", "read", "sent"),
    [
        ("Aino.M@Example.FI", "Aino.M@example.fi", "Aino.M@example.fi"),
        ("a+b@sub.example.fi", "a+b@sub.example.fi", "a+b@sub.example.fi"),
        ("aino@sähkö.example.fi", "aino@sähkö.example.fi", "aino@xn--shk-qla6g.example.fi"),
        ("aino@xn--shk-qla6g.example.fi", "aino@sähkö.example.fi", "aino@xn--shk-qla6g.example.fi"),
        ("aino@SÄHKÖ.example.fi", "aino@sähkö.example.fi", "aino@xn--shk-qla6g.example.fi"),
        ("aino@post.test", "aino@post.test", "aino@post.test"),
    ],
)
def test_an_address_is_kept_as_people_read_it_and_sent_in_ascii(told, read, sent):
    assert (as_read(told), as_sent(told)) == (read, sent)
    assert (as_read(read), as_sent(sent)) == (read, sent)


@pytest.mark.parametrize(
    "told",
    [
        *("", "aino", "aino@", "@example.fi", "a b@example.fi", "a@b@example.fi", "a@example", "a\u200b@example.fi"),
        *("äiti@example.fi", "oona,eino@example.fi", "<oona@example.fi>", "Oona <oona@example.fi>", "a..b@example.fi"),
        *(".a@example.fi", "a@-example.fi", "a@example..fi", "a@[127.0.0.1]", "a@localhost", '"a b"@example.fi'),
        *("a@example.fi\nBcc: b@example.fi", f"{'a' * 65}@example.fi", f"a@{'b' * 64}.fi"),
    ],
)
def test_what_no_letter_reaches_is_no_address(told):
    with pytest.raises(NotAnAddress):
        as_read(told)
    with pytest.raises(NotAnAddress):
        as_sent(told)
