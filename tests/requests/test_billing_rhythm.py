"""How often bills come and when they fall due: what may be chosen, by the settings and the terms of contracts."""

import json

import pytest

from portal.contracts.kinds import ContractKind
from portal.customers.models import BillingDetails
from portal.customers.rhythms import BillingRhythm
from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent
from portal.requests.asking import Answers
from portal.requests.kinds.billing_rhythm import BILLING_RHYTHM, rhythms
from portal.requests.models import ServiceRequest
from portal.requests.rules import State
from portal.requests.subjects import CustomerSubject
from portal.settings import BadSettings, Settings
from portal.terms import BillingTerms
from tests import markup
from tests.requests.conftest import acting_for_aino, begin, fill_in, rows, send
from tests.requests.values import TODAY, WHOSE

SALES, HEAT = ContractKind.SALES, ContractKind.HEAT
USUAL = [BillingRhythm.MONTHLY, BillingRhythm.TWO_MONTHS, BillingRhythm.QUARTERLY]
BY_HEAT = BillingTerms(yearly=frozenset({HEAT}))


def customer(*holds, **more):
    return CustomerSubject(**WHOSE, holds=frozenset(holds), **more)


@pytest.mark.parametrize(
    ("about", "offered"),
    [
        (customer(SALES), USUAL),
        (customer(HEAT), USUAL),
        (customer(HEAT, billing=BY_HEAT), [*USUAL, BillingRhythm.YEARLY]),
        (customer(HEAT, SALES, billing=BY_HEAT), USUAL),
        (customer(billing=BY_HEAT), USUAL),
        (
            customer(SALES, billing=BillingTerms((BillingRhythm.YEARLY, BillingRhythm.MONTHLY))),
            [BillingRhythm.MONTHLY, BillingRhythm.YEARLY],
        ),
    ],
)
def test_once_a_year_is_for_those_whose_every_contract_lets_it(about, offered):
    assert rhythms(about) == offered


@pytest.mark.parametrize(
    ("about", "says", "asked"),
    [
        (customer(), "no contract in force", ["rhythm", "due_day"]),
        (customer(SALES, billing=BillingTerms((BillingRhythm.MONTHLY,), due_days=())), "agreed by phone", []),
        (customer(SALES, billing=BillingTerms((BillingRhythm.MONTHLY,))), None, ["due_day"]),
        (customer(SALES, billing=BillingTerms(due_days=())), None, ["rhythm"]),
    ],
)
def test_what_there_is_no_choice_of_is_not_asked(about, says, asked):
    found = BILLING_RHYTHM.hindrance(about, TODAY)
    assert (found is None) if says is None else says in found.said(Language.EN)
    assert [one.code for one in BILLING_RHYTHM.questions(about, Answers(), TODAY)] == asked


def test_what_holds_now_is_suggested_and_what_follows_is_told():
    about = customer(SALES, rhythm=BillingRhythm.TWO_MONTHS, due_day=15)
    assert [one.suggested for one in BILLING_RHYTHM.questions(about, Answers(), TODAY)] == ["two-months", "15"]
    said = BILLING_RHYTHM.promise(about, Answers({"rhythm": "quarterly", "due_day": "any"}), TODAY).said(Language.EN)
    assert "several months at once" in said
    assert "falls due sooner" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORTAL_BILLING_RHYTHMS", "weekly"), ("PORTAL_BILLING_YEARLY", "water"), ("PORTAL_DUE_DAYS", "29")],
)
def test_a_setting_that_makes_no_sense_is_named(name, value):
    with pytest.raises(BadSettings, match=name):
        Settings.from_environment({"PORTAL_ENV": "test", name: value})


def test_settings_say_what_may_be_chosen():
    told = {"PORTAL_BILLING_RHYTHMS": "monthly, yearly", "PORTAL_BILLING_YEARLY": "heat", "PORTAL_DUE_DAYS": "7,21"}
    found = Settings.from_environment({"PORTAL_ENV": "test", **told}).payment_terms.billing
    assert found == BillingTerms((BillingRhythm.MONTHLY, BillingRhythm.YEARLY), frozenset({HEAT}), (7, 21))


@pytest.mark.sqlite
def test_a_customer_asks_and_the_answer_stands_with_the_details_of_billing(house, aino, home):
    with house.database.writing() as db:
        db.add(BillingDetails(party_id=aino.party, channel="AI04", rhythm="monthly", due_day=20))
    shown = markup.words(aino.browser.open("/account"), "//main")
    assert "Laskutusväli Kuukausittain" in shown
    assert "Eräpäivä kuukaudessa Kuukauden 20. päivä" in shown
    draft = begin(aino.browser, "billing-rhythm", customer=aino.party)
    fill_in(aino.browser, draft, "quarterly", "15")
    assert send(aino.browser, draft).status_code == 303
    (event,) = [json.loads(one.payload) for one in rows(house.database, OutboxEvent) if one.kind == "request.sent"]
    assert event["request_kind"] == "billing-rhythm"
    assert {one["question"]: one["answer"] for one in event["answers"]} == {"rhythm": "quarterly", "due_day": "15"}
    assert "Vastaanotettu" in markup.words(aino.browser.open("/account"), "//main")
    with house.database.writing() as db:
        db.get(ServiceRequest, rows(house.database, ServiceRequest)[0].id).state = State.DONE
    assert "Valmis" in markup.words(aino.browser.open("/account"), "//main")


@pytest.mark.sqlite
def test_whoever_handles_bills_alone_may_ask_without_seeing_the_contracts(house, aino, home):
    mikko = acting_for_aino(house, aino, "manage", themes="billing")
    mikko.open(f"/contracts/{home.sales}", status=403)
    draft = begin(mikko, "billing-rhythm", customer=aino.party)
    fill_in(mikko, draft, "quarterly", "15")
    assert send(mikko, draft).status_code == 303
