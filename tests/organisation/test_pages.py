"""Who may do what: the rights that a company gave, one's own right, and those by which one acts for others."""

from datetime import date, timedelta

import pytest

from portal.organisation.rules import RightState, state
from tests.estate import FEW, SITES
from tests.markup import words

pytestmark = pytest.mark.sqlite

DAY = timedelta(days=1)
TODAY = date(2026, 11, 21)


def said(browser):
    return words(browser.open("/organisation"), "//main")


def test_who_decides_sees_every_right_and_the_company(estate):
    words = said(estate.act(estate.admin))
    for told in ("Aino Mäkelä", "Mikko Korhonen", f"Kaikki {SITES}", f"{FEW}, 3 kaupungissa", "4 voimassa"):
        assert told in words
    for told in ("Malliyhtiö Oy", "9240240-1", "toimisto@malli.example", "Pekka Pomo Sopimukset, Viat ja keskeytykset"):
        assert told in words
    assert "Tampere 10" in words


def test_a_limited_right_shows_itself_and_nothing_of_others(estate):
    words = said(estate.act(estate.accountant))
    assert "Malliyhtiö Oy" in words
    assert "Mallikatu 1," in words
    for hidden in ("Aino", "Mallikatu 13", "Pekka", "9240240", str(SITES), "toimisto@"):
        assert hidden not in words


def test_in_own_matters_one_sees_whom_one_may_act_for(estate):
    browser = estate.act(estate.accountant)
    browser.submit("/act-as", {"party": str(estate.accountant.party)}, page="/overview")
    words = said(browser)
    assert "Malliyhtiö Oy" in words
    assert "Kukaan muu ei voi asioida puolestasi" in words
    assert "Aino" not in words
    assert "Mallikatu" not in words


def test_somebody_without_any_right_is_told_what_one_is(oona, aino):
    for browser in (oona, aino.browser):
        assert "Asioit vain omissa asioissasi" in said(browser)


def test_nobody_is_sent_to_sign_in(nobody):
    assert nobody.get("/organisation").headers["location"] == "/sign-in?next=/organisation"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (TODAY, None, RightState.IN_FORCE),
        (TODAY + DAY, None, RightState.COMING),
        (TODAY - DAY, TODAY - DAY, RightState.ENDED),
        (TODAY - DAY, TODAY, RightState.ENDS_SOON),
        (TODAY, TODAY + 30 * DAY, RightState.ENDS_SOON),
        (TODAY, TODAY + 31 * DAY, RightState.IN_FORCE),
    ],
)
def test_a_right_stands_by_its_days(since, until, expected):
    assert state(since, until, TODAY) is expected
