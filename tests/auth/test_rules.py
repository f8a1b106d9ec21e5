"""Identity codes, sessions, journeys and addresses, by tables and by chance."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.auth import rules
from portal.auth.rules import (
    CHECK_CHARACTERS,
    REAL_PEOPLE,
    TEST_PEOPLE,
    Checksum,
    CodePolicy,
    Journey,
    NotAnIdentityCode,
    SessionTimes,
    SignInOutcome,
    identity_code,
    local_path,
    outcome,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("010180-9015", date(1980, 1, 1)),
        ("290296-912H", date(1996, 2, 29)),
        ("150704A933E", date(2004, 7, 15)),
        ("311299+950V", date(1899, 12, 31)),
        ("050905B921F", date(2005, 9, 5)),
        ("120775Y9446", date(1975, 7, 12)),
        ("070770-905D", date(1970, 7, 7)),
        ("010170-999R", date(1970, 1, 1)),
        ("030516D9026", date(2016, 5, 3)),
        (" 010180-9015\n", date(1980, 1, 1)),
        ("290296-912h", date(1996, 2, 29)),
    ],
)
def test_a_code_tells_the_birth_date(text, born):
    code = identity_code(text, TEST_PEOPLE)
    assert (code.text, code.born) == (text.strip().upper(), born)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "010180-901",
        "010180-90155",
        "010180_9015",
        "010180G9015",
        "310296-912H",  # no such day
        "290297-912H",  # no leap year
        "001280-9015",
        "011380-9015",
        "010180-9016",  # wrong check character
        "010180-0012",  # 001 is never given
        "010180-000Y",
        "٠١٠١٨٠-9015",  # digits of another script
        "010180\u20119015",
    ],
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(NotAnIdentityCode) as refused:
        identity_code(text, TEST_PEOPLE)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize("century", rules.CENTURIES)
def test_every_century_sign_is_read(century):
    """The ten signs that came in 2023 name the same hundred years as the old ones."""
    text = made(f"0101{22 if century in 'ABCDEF' else 80}", century, 5)
    assert identity_code(text).born.year in {1880, 1980, 2022}


def test_temporary_codes_are_not_those_of_real_people():
    with pytest.raises(NotAnIdentityCode):
        identity_code("010180-9015", REAL_PEOPLE)


def test_a_wrong_check_character_can_be_passed_over():
    policy = CodePolicy(Checksum.PASSED_OVER)
    assert identity_code("280453-111A", policy).born == date(1953, 4, 28)


def made(day, century, individual):
    check = CHECK_CHARACTERS[int(f"{day}{individual:03}") % 31]
    return f"{day}{century}{individual:03}{check}"


CODES = st.builds(
    lambda born, sign, individual: made(born.strftime("%d%m%y"), sign[born.year // 100], individual),
    st.dates(date(1800, 1, 1), date(2026, 11, 21)),
    st.fixed_dictionaries({18: st.just("+"), 19: st.sampled_from("-YXWVU"), 20: st.sampled_from("ABCDEF")}),
    st.integers(2, 899),
)


@given(CODES)
def test_every_right_code_is_read(text):
    assert identity_code(text).text == text


@given(CODES, st.integers(0, 10), st.sampled_from(CHECK_CHARACTERS + "-+"))
def test_no_code_with_one_character_wrong_is_read(text, place, other):
    """31 is a prime: it finds every single error in the digits. A century sign has no part in the sum."""
    if place == 6 or other == text[place]:
        return
    with pytest.raises(NotAnIdentityCode):
        identity_code(text[:place] + other + text[place + 1 :])


@given(st.text())
def test_any_text_is_a_code_or_refused(text):
    with suppress(NotAnIdentityCode):
        identity_code(text)


@pytest.mark.parametrize(
    ("seen", "expires", "ended", "alive"),
    [
        (0, 60, None, True),
        (14, 60, None, True),
        (15, 60, None, False),
        (0, 0, None, False),
        (0, 60, 1, False),
    ],
)
def test_when_a_session_lives(seen, expires, ended, alive):
    ago, ahead = timedelta(minutes=seen), timedelta(minutes=expires)
    ended_at = NOON - timedelta(minutes=ended) if ended else None
    assert rules.is_alive(SessionTimes(NOON - ago, NOON + ahead, ended_at), NOON) is alive


@pytest.mark.parametrize(
    ("spent", "bound", "minutes_left", "stands"),
    [
        (False, True, 1, SignInOutcome.WELCOME),
        (False, False, 1, SignInOutcome.ELSEWHERE),
        (False, True, 0, SignInOutcome.EXPIRED),
        (False, False, 0, SignInOutcome.EXPIRED),
        (True, True, 1, SignInOutcome.SPENT),
        (True, True, 0, SignInOutcome.SPENT),
        (True, False, 1, SignInOutcome.ELSEWHERE),
        (True, False, 0, SignInOutcome.EXPIRED),
    ],
)
def test_how_far_a_return_may_go(spent, bound, minutes_left, stands):
    journey = Journey(spent, bound, NOON + timedelta(minutes=minutes_left))
    assert outcome(journey, NOON) is stands


@pytest.mark.parametrize("path", ["/", "/overview", "/consumption?at=2026-11&compare=date", "/invoices/1#pay", "/ä"])
def test_a_path_of_our_own_is_kept(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "overview",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/over\nview",
        "/over\x00view",
        "/over view",
        "/over\x7fview",
        "/" * 2001,
        "/" + "a" * 2000,
    ],
)
def test_a_path_that_leads_elsewhere_is_replaced(path):
    assert local_path(path) == "/overview"


@given(st.text(alphabet="/\\:?#@. \t\n%\x00abhtps", max_size=30))
def test_wherever_one_wishes_one_stays_here(asked):
    """As browsers join addresses: backslashes count as slashes, tabs and line ends as nothing."""
    path = local_path(asked)
    as_browsers_read = path.replace("\\", "/").translate({9: None, 10: None, 13: None})
    assert urlsplit(urljoin("https://portal.test/sign-in", as_browsers_read))[:2] == ("https", "portal.test")
