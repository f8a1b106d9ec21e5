"""The account for refunds: whose it is, and that its digits are right."""

import json

import pytest

from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.fields import IbanField, LineField, Wrong
from portal.requests.kinds.refund_account import REFUND_ACCOUNT
from portal.requests.subjects import CustomerSubject
from tests import markup
from tests.people import AINO
from tests.requests.conftest import fill_in, post, rows, send
from tests.requests.values import TODAY, WHOSE

pytestmark = pytest.mark.sqlite

AINO_HERSELF = CustomerSubject(**WHOSE)
RIGHT = "FI2112345600000785"
PAGE = "/requests/new/refund-account"


@pytest.mark.parametrize("typed", [RIGHT, "fi21 1234 5600 0007 85", "FI21\u00a01234\u00a05600\u00a00007\u00a085"])
def test_an_account_is_kept_without_blanks_and_read_in_groups(typed):
    kept = IbanField().kept({"answer": typed})
    assert kept == RIGHT
    assert IbanField().said(kept).replace("\u00a0", " ") == "FI21 1234 5600 0007 85"


@pytest.mark.parametrize(
    "typed", ["", "FI2112345600000786", "FI21 1234", "123456-785", "SE2112345600000785", "x" * 300]
)
def test_a_number_that_is_no_account_says_what_to_do(typed):
    with pytest.raises(Wrong):
        IbanField().kept({"answer": typed})


@pytest.mark.parametrize(("typed", "kept"), [(" Aino  Mäkelä ", "Aino Mäkelä"), ("Å" * 200, "Å" * 200)])
def test_a_name_is_one_line(typed, kept):
    assert LineField().kept({"answer": typed}) == kept


@pytest.mark.parametrize("typed", ["", "   ", "Å" * 201, "a\x07b"])
def test_what_is_no_name_is_asked_for_again(typed):
    with pytest.raises(Wrong):
        LineField().kept({"answer": typed})


def test_the_name_of_the_customer_is_suggested_and_the_account_promised():
    _, holder = REFUND_ACCOUNT.questions(AINO_HERSELF, Answers(), TODAY)
    assert holder.suggested == "Aino Mäkelä"
    said = REFUND_ACCOUNT.promise(AINO_HERSELF, Answers({"iban": RIGHT}), TODAY).said(Language.EN)
    assert "FI21\u00a01234\u00a05600\u00a00007\u00a085" in said
    assert REFUND_ACCOUNT.binds, "it is signed with the bank"


def test_a_customer_gives_it_and_the_utility_hears_of_it(house, aino):
    proved = house.open_for(AINO, aino.name, proved_minutes_ago=1)
    draft = post(proved, PAGE, PAGE).headers["location"]
    fill_in(proved, draft, "FI21 1234 5600 0007 85", "Aino Mäkelä")
    assert "FI21 1234 5600 0007 85" in markup.words(proved.open(draft), "//main").replace("\u00a0", " ")
    assert send(proved, draft).headers["location"] == draft
    (event,) = [json.loads(one.payload) for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    assert event["request_kind"] == "refund-account"
    assert RIGHT in json.dumps(event)
