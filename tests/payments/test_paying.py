"""Paying a bill here: what the payment service says counts once, and only if it signed it."""

import json
from datetime import timedelta

import jsonschema
import pytest
from sqlmodel import select, update

from portal.audit.models import AuditEntry
from portal.demo.checkout import M
from portal.invoices.models import Payment
from portal.kit.jobs import Shift
from portal.payments import actions
from portal.payments.actions import A_DAY, PaymentMade, PaymentRefunded
from portal.payments.jobs import settling
from portal.payments.lookups import stuck
from portal.payments.models import PaymentAttempt
from portal.settings import Settings
from tests import days, markup
from tests.people import House, on_both
from tests.settings import DATA_KEYS, PAYMENTS, settings

pytestmark = pytest.mark.sqlite


def deeds(shop):
    with shop.database.reading() as db:
        found = db.exec(select(AuditEntry).where(AuditEntry.object_kind == "payment_attempt")).all()
    return [(one.act, one.account_id is not None, one.party_id) for one in found]


def run(shop, now=days.now):
    from portal import app  # noqa: PLC0415 - the job is given what the portal's settings name
    from tests.payments.conftest import Wires  # noqa: PLC0415

    service = app.payment_service(settings(), connect=lambda: Wires(shop), now=days.now)
    return {job.name: job.run(Shift(shop.database, now)) for job in settling(service)}


def tomorrow():
    return days.now() + timedelta(days=1, minutes=1)


def words(page):
    return markup.words(page, "//main")


def test_a_bill_is_paid_and_its_payer_comes_back_to_a_receipt(shop, books, begun, aino):
    assert begun.page.startswith("https://pay.test/checkout/pay/")
    receipt = words(shop.back(aino.browser, shop.choose(begun.page)))
    for told in ("Maksukuitti", "Olet maksanut 94,99 €", "Maksua kirjataan"):
        assert told in receipt
    [attempt] = shop.attempts
    assert (attempt.state, attempt.cents, attempt.invoice_id) == ("paid", 9499, books.unpaid)
    assert deeds(shop) == [("payment.begun", True, aino.party), ("payment.made", False, aino.party)]
    [event] = shop.events("payment.made")
    told = json.loads(event.payload)
    jsonschema.validate(told, PaymentMade.model_json_schema())
    assert (told["customer_number"], told["amount_cents"], told["currency"]) == ("1001", 9499, "EUR")
    assert told["transaction"] == attempt.transaction


def test_what_is_being_booked_is_not_asked_for_again(shop, books, begun, aino):
    shop.choose(begun.page)
    for page in (f"/invoices/{books.unpaid}", "/invoices", "/overview"):
        shown = aino.browser.open(page)
        assert "Maksettu, kirjataan" in words(shown), page
        assert f"/invoices/{books.unpaid}#pay" not in shown.text, page
    answer = aino.browser.submit(f"/invoices/{books.unpaid}/pay", {}, page="/invoices")
    assert answer.headers["location"] == f"/invoices/{books.unpaid}#pay"
    assert shop.states == ["paid"]


def test_the_payment_of_the_feed_takes_the_place_of_the_one_made_here(shop, register, books, begun, aino):
    shop.choose(begun.page)
    register.payment(books.unpaid, 9499, aino.today)
    page = words(aino.browser.open(f"/invoices/{books.unpaid}"))
    assert "Maksettu, kirjataan" not in page
    assert "Lasku on maksettu" in page


def test_a_cancelled_payment_pays_nothing_and_another_may_begin(shop, books, begun, aino):
    page = shop.back(aino.browser, shop.choose(begun.page, choice="cancel"))
    assert "Maksu keskeytettiin" in words(page)
    assert shop.states == ["cancelled"]
    assert shop.events("payment.made") == []
    shop.choose(shop.press(aino.browser, books.unpaid))
    assert shop.states == ["cancelled", "paid"]


@on_both
@pytest.mark.parametrize(
    "how", [M.CALLS_TWICE, M.CALLS_NEVER, M.CALLS_CANCELLED_TOO, M.REDIRECT_FORGED, M.REDIRECT_UNSIGNED]
)
def test_however_it_is_told_it_counts_once(shop, begun, aino, how):
    page = shop.back(aino.browser, shop.choose(begun.page, how))
    assert "Olet maksanut" in words(page)
    assert shop.states == ["paid"]
    assert len(shop.events("payment.made")) == 1


@pytest.mark.parametrize("how", [M.CALLS_LATE, M.CALLS_AFTER_REDIRECT])
def test_a_call_that_comes_after_the_payer_changes_nothing(shop, begun, aino, how):
    shop.back(aino.browser, shop.choose(begun.page, how))
    assert shop.late() == "1\n"
    assert shop.states == ["paid"]
    assert len(shop.events("payment.made")) == 1


@pytest.mark.parametrize("forged", [M.REDIRECT_FORGED, M.REDIRECT_UNSIGNED])
def test_an_address_that_is_not_signed_books_nothing(shop, begun, aino, forged):
    page = shop.back(aino.browser, shop.choose(begun.page, M.CALLS_NEVER, forged))
    assert "on aloitettu" in words(page)
    assert shop.states == ["begun"]


def test_a_forged_call_is_refused_and_books_nothing(shop, begun):
    for changed in ({"signature": "0" * 64}, {"checkout-amount": "1"}, {"checkout-account": "1"}, {"signature": ""}):
        assert shop.call(**changed).status_code == 400
    shop.choose(begun.page, M.CALLS_FORGED)
    assert shop.states == ["begun"]


@pytest.mark.parametrize("how", [M.AMOUNT_WRONG, M.CURRENCY_WRONG])
def test_another_amount_or_currency_than_was_begun_books_nothing(shop, begun, aino, how):
    page = shop.back(aino.browser, shop.choose(begun.page, how))
    assert "on aloitettu" in words(page)
    assert shop.states == ["begun"]
    assert shop.events("payment.made") == []


def test_a_signature_of_one_payment_settles_no_other(shop, register, books, begun, aino):
    other = register.bill(aino.party, books.site, books.last, cents=5000, due_on=books.due_on)
    second = shop.press(aino.browser, other)
    first_back = shop.choose(begun.page, M.CALLS_NEVER)
    path = "/payments/" + next(str(one.id) for one in shop.attempts if one.invoice_id == other)
    aino.browser.get(f"{path}/return?{first_back.partition('?')[2]}")
    assert [one.state for one in shop.attempts if one.invoice_id == other] == ["begun"]
    assert second != begun.page


def test_a_second_tab_is_told(shop, books, begun, aino):
    again = shop.press(aino.browser, books.unpaid)
    assert again.endswith("?heard=already")
    assert "toisessa välilehdessä" in words(aino.browser.open(again))
    assert shop.states == ["begun"]


def test_who_did_not_pay_ends_it_and_who_did_is_not_let(shop, books, begun, aino):
    [attempt] = shop.attempts
    page = f"/payments/{attempt.id}"
    answer = aino.browser.submit(f"{page}/ask", {}, page=page)
    assert answer.headers["location"] == f"{page}?heard=open"
    aino.browser.submit(f"{page}/end", {}, page=page)
    assert shop.states == ["cancelled"]
    shop.choose(begun.page)  # in the other tab, all the same: money that came counts
    assert shop.states == ["paid"]
    second = shop.house.open_for(aino.code, aino.name)
    assert "Olet maksanut" in words(second.open(page))
    assert aino.browser.submit(f"{page}/end", {}, page="/invoices").headers["location"] == page
    assert shop.states == ["paid"]


def test_asking_finds_what_nobody_told(shop, begun, aino):
    shop.choose(begun.page, M.CALLS_NEVER, M.REDIRECT_UNSIGNED)
    [attempt] = shop.attempts
    aino.browser.submit(f"/payments/{attempt.id}/ask", {}, page=f"/payments/{attempt.id}")
    assert shop.states == ["paid"]


@pytest.mark.parametrize("how", [M.AMOUNT_WRONG, M.CURRENCY_WRONG, M.ANSWER_FORGED])
def test_an_answer_that_cannot_be_right_books_nothing(shop, begun, aino, how):
    shop.choose(begun.page, M.CALLS_NEVER, M.REDIRECT_UNSIGNED)
    [attempt] = shop.attempts
    shop.service.misbehave(how)
    answer = aino.browser.submit(f"/payments/{attempt.id}/ask", {}, page=f"/payments/{attempt.id}")
    assert answer.headers["location"].endswith("?heard=nothing")
    assert shop.states == ["begun"]


@pytest.mark.parametrize("how", [M.BEGIN_FAILS, M.ANSWER_FORGED, M.PAGE_ELSEWHERE, None])
def test_a_service_that_cannot_be_believed_or_reached_gets_nobody(shop, books, aino, how):
    shop.is_cut = how is None
    shop.service.misbehave(*([how] if how else []))
    to = shop.press(aino.browser, books.unpaid)
    assert to.startswith("/payments/")
    assert "Maksu ei onnistunut" in words(aino.browser.open(to))
    assert shop.states == ["failed"]


def test_money_that_comes_twice_goes_back(shop, books, begun, aino):
    [first] = shop.attempts
    aino.browser.submit(f"/payments/{first.id}/end", {}, page=f"/payments/{first.id}")
    shop.choose(shop.press(aino.browser, books.unpaid))
    shop.choose(begun.page)  # the first one is paid as well
    assert sorted(shop.states) == ["paid", "refunding"]
    assert run(shop)["payments.refund"].done == 1
    assert run(shop)["payments.refund"].done == 0
    assert sorted(shop.states) == ["paid", "refunded"]
    [event] = shop.events("payment.refunded")
    jsonschema.validate(json.loads(event.payload), PaymentRefunded.model_json_schema())
    assert sum(len(order.refunds) for order in shop.service.orders.values()) == 1
    assert "on palautettu" in words(aino.browser.open(f"/payments/{first.id}"))


@pytest.mark.parametrize("how", [M.REFUND_FAILS, M.REFUND_ENDS])
def test_money_that_the_service_cannot_send_back_stays_an_overpayment(shop, books, begun, aino, how):
    [first] = shop.attempts
    aino.browser.submit(f"/payments/{first.id}/end", {}, page=f"/payments/{first.id}")
    shop.choose(shop.press(aino.browser, books.unpaid))
    shop.choose(begun.page)
    shop.service.misbehave(how)
    run(shop)
    assert shop.states == ["paid", "paid"]
    assert ("payment.kept", False, aino.party) in deeds(shop)
    assert ("payment.cancelled", True, aino.party) in deeds(shop)


@pytest.mark.parametrize("how", [M.REFUND_PENDS, M.REFUND_BREAKS, M.ANSWER_FORGED])
def test_money_whose_way_back_is_not_certain_yet_is_sent_again_until_it_is(shop, books, begun, aino, how):
    [first] = shop.attempts
    aino.browser.submit(f"/payments/{first.id}/end", {}, page=f"/payments/{first.id}")
    shop.choose(shop.press(aino.browser, books.unpaid))
    shop.choose(begun.page)
    shop.service.misbehave(how)
    assert run(shop)["payments.refund"].failed == 1
    assert sorted(shop.states) == ["paid", "refunding"]
    run(shop)
    assert sorted(shop.states) == ["paid", "refunded"]


def test_a_service_that_is_away_is_asked_once_in_a_round(shop, register, books, begun, aino):
    other = register.bill(aino.party, books.site, books.last, cents=5000, due_on=books.due_on)
    shop.press(aino.browser, other)
    shop.is_cut = True
    assert run(shop, tomorrow)["payments.ask"].failed == 1
    assert shop.states == ["begun", "begun"]


def test_a_late_call_about_what_the_books_hold_already_sends_nothing_back(shop, register, books, begun, aino):
    shop.choose(begun.page, M.CALLS_LATE)
    register.payment(books.unpaid, 9499, aino.today)
    shop.late()
    assert shop.states == ["paid"]


def test_a_payment_of_which_nobody_told_is_asked_for_by_the_clock_and_given_up_after_a_day(shop, books, begun, aino):
    assert run(shop)["payments.ask"].done == 0  # its payer is still on the way
    assert run(shop, lambda: days.now() + timedelta(minutes=11))["payments.ask"].done == 1
    assert shop.states == ["begun"]
    run(shop, tomorrow)
    assert shop.states == ["failed"]
    shop.choose(begun.page)
    assert shop.states == ["paid"]


def test_the_clock_waits_for_a_service_that_is_away(shop, begun):
    shop.choose(begun.page, M.CALLS_NEVER)
    shop.is_cut = True
    assert run(shop, tomorrow)["payments.ask"].failed == 1
    assert shop.states == ["begun"]
    shop.is_cut = False
    run(shop, tomorrow)
    assert shop.states == ["paid"]


def test_a_stranger_finds_no_payment_and_pays_no_bill(shop, books, begun, mikko, nobody):
    [attempt] = shop.attempts
    assert mikko.browser.get(f"/payments/{attempt.id}").status_code == 404
    assert mikko.browser.get(f"/payments/{attempt.id}/return").status_code == 404
    for path in (f"/invoices/{books.unpaid}/pay", f"/payments/{attempt.id}/end", f"/payments/{attempt.id}/ask"):
        assert mikko.browser.submit(path, {}, page="/overview").status_code == 404
    assert nobody.get(f"/payments/{attempt.id}").headers["location"].startswith("/sign-in")
    assert shop.states == ["begun"]


def test_one_person_begins_only_so_many_in_a_day(shop, books, aino):
    with shop.database.writing() as db:
        for _ in range(A_DAY):
            row = {"invoice_id": books.unpaid, "party_id": aino.party, "cents": 1, "service": "demo"}
            account = db.exec(select(AuditEntry.account_id)).first()
            db.add(PaymentAttempt(**row, account_id=account, state="cancelled", begun_at=days.now()))
    answer = aino.browser.submit(f"/invoices/{books.unpaid}/pay", {}, page=f"/invoices/{books.unpaid}")
    assert answer.status_code == 429


def test_without_a_service_nothing_of_it_is_shown(database, books, aino):
    off = Settings.from_environment({"PORTAL_ENV": "test", "PORTAL_BASE_URL": "https://portal.test", **DATA_KEYS})
    browser = House(database, told=off).open_for(aino.code, aino.name)
    shown = browser.open(f"/invoices/{books.unpaid}")
    assert f'/invoices/{books.unpaid}/pay"' not in shown.text
    assert browser.submit(f"/invoices/{books.unpaid}/pay", {}, page="/invoices").status_code == 404
    assert browser.get("/payments/callback").status_code == 404


def test_the_page_of_a_bill_lets_its_form_lead_to_the_service_and_nowhere_else(books, aino):
    policy = aino.browser.get(f"/invoices/{books.unpaid}").headers["content-security-policy"]
    assert "form-action 'self' https://pay.test;" in policy
    paid = aino.browser.get(f"/invoices/{books.paid}").headers["content-security-policy"]
    assert "form-action 'self';" in paid


def test_the_secret_is_never_printed():
    assert PAYMENTS["PORTAL_PAYMENT_SECRET"] not in repr(settings())


def test_money_that_was_booked_before_a_payment_was_begun_is_not_that_payment(shop, register, books, aino):
    bill = register.bill(aino.party, books.site, books.last, cents=10000, due_on=books.due_on)
    register.payment(bill, 5000, aino.today)
    shop.choose(shop.press(aino.browser, bill))
    shown = aino.browser.open(f"/invoices/{bill}")
    assert "Olet maksanut täällä 50,00 €" in words(shown)
    assert f"/invoices/{bill}/pay" not in shown.text
    register.payment(bill, 5000, aino.today)
    assert "Lasku on maksettu" in words(aino.browser.open(f"/invoices/{bill}"))


def test_what_was_booked_and_called_late_is_not_being_booked_for_ever(shop, register, books, begun, aino):
    shop.choose(begun.page, M.CALLS_LATE, M.REDIRECT_UNSIGNED)
    register.payment(books.unpaid, 9499, aino.today)
    with shop.database.writing() as db:
        [attempt] = db.exec(select(PaymentAttempt)).all()
        attempt.begun_at -= timedelta(days=5)
        [payment] = db.exec(select(Payment).where(Payment.invoice_id == books.unpaid)).all()
        payment.paid_on -= timedelta(days=5)
    shop.late()
    assert shop.states == ["paid"]
    assert "Lasku on maksettu" in words(aino.browser.open(f"/invoices/{books.unpaid}"))


def test_a_payment_that_is_under_way_is_neither_ended_nor_begun_again(shop, books, begun, aino):
    page = shop.back(aino.browser, shop.choose(begun.page, M.STAYS_UNDER_WAY))
    [attempt] = shop.attempts
    here = f"/payments/{attempt.id}"
    assert shop.states == ["under-way"]
    assert "Maksusi 94,99 € on matkalla" in words(page)
    assert f"{here}/end" not in page.text
    assert attempt.href not in page.text
    aino.browser.submit(f"{here}/end", {}, page=here)
    assert aino.browser.submit(f"{here}/ask", {}, page=here).headers["location"] == f"{here}?heard=under-way"
    bill = aino.browser.open(f"/invoices/{books.unpaid}")
    assert "Älä maksa uudelleen" in words(bill)
    assert f"/invoices/{books.unpaid}/pay" not in bill.text
    again = aino.browser.submit(f"/invoices/{books.unpaid}/pay", {}, page=f"/invoices/{books.unpaid}")
    assert again.headers["location"] == f"{here}?heard=already"
    assert "Maksua ei ole vielä vahvistettu" in words(aino.browser.open(again.headers["location"]))
    assert shop.states == ["under-way"]
    assert shop.events("payment.made") == []


@pytest.mark.parametrize(("state", "days_ago"), [("refunding", 1), ("under-way", 14)])
def test_a_payment_that_stands_still_is_told_to_the_operator(shop, begun, state, days_ago):
    with shop.database.writing() as db:
        asked_at = days.now() if state == "refunding" else None
        stands = {"state": state, "begun_at": days.now(), "refund_asked_at": asked_at, "paid_at": asked_at}
        db.exec(update(PaymentAttempt).values(**stands))
        [attempt] = db.exec(select(PaymentAttempt.id)).all()
    with shop.database.reading() as db:
        assert stuck(db, days.now() + timedelta(days=days_ago, seconds=-1)) == {}
        assert stuck(db, days.now() + timedelta(days=days_ago)) == {state: [attempt]}


def test_the_clock_gives_no_payment_up_that_is_under_way(shop, begun):
    shop.choose(begun.page, M.STAYS_UNDER_WAY, M.CALLS_NEVER)
    run(shop, tomorrow)
    assert shop.states == ["under-way"]
    assert run(shop, lambda: days.now() + timedelta(days=9))["payments.wait"].done == 1
    assert shop.states == ["under-way"]
    shop.service.misbehave(M.ANSWER_FORGED)
    assert run(shop, lambda: days.now() + timedelta(days=9))["payments.wait"].failed == 1  # it could not be asked
    assert shop.states == ["under-way"]


@pytest.mark.parametrize(("told", "becomes"), [({}, "paid"), ({"fail": "1"}, "cancelled")])
def test_a_payment_that_was_under_way_ends_as_its_service_tells(shop, books, begun, aino, told, becomes):
    shop.choose(begun.page, M.STAYS_UNDER_WAY)
    assert shop.till.post("/checkout/test/confirm", data=told).text == "1\n"
    assert shop.states == [becomes]
    assert len(shop.events("payment.made")) == (becomes == "paid")


def test_what_was_ended_here_and_is_under_way_there_is_under_way(shop, books, begun, aino):
    [attempt] = shop.attempts
    page = f"/payments/{attempt.id}"
    aino.browser.submit(f"{page}/end", {}, page=page)
    shop.choose(begun.page, M.STAYS_UNDER_WAY)  # in the other tab
    assert shop.states == ["under-way"]


def test_of_one_bill_no_second_payment_is_under_way(shop, books, begun, aino):
    [attempt] = shop.attempts
    page = f"/payments/{attempt.id}"
    aino.browser.submit(f"{page}/end", {}, page=page)
    shop.press(aino.browser, books.unpaid)
    shop.choose(begun.page, M.STAYS_UNDER_WAY)
    assert sorted(shop.states) == ["begun", "cancelled"]
    shop.till.post("/checkout/test/confirm")
    assert sorted(shop.states) == ["begun", "paid"]


@pytest.mark.parametrize("first", [M.REFUND_PENDS, M.REFUND_BREAKS, M.ANSWER_FORGED])
def test_a_refund_that_is_refused_after_it_may_have_been_taken_is_not_called_an_overpayment(
    shop, books, begun, aino, first
):
    [attempt] = shop.attempts
    aino.browser.submit(f"/payments/{attempt.id}/end", {}, page=f"/payments/{attempt.id}")
    shop.choose(shop.press(aino.browser, books.unpaid))
    shop.choose(begun.page)
    for how in (first, M.REFUND_FAILS):
        shop.service.misbehave(how)
        assert run(shop)["payments.refund"].failed == 1
        assert sorted(shop.states) == ["paid", "refunding"]
    run(shop)
    assert sorted(shop.states) == ["paid", "refunded"]
    assert len(shop.events("payment.refunded")) == 1


def test_money_that_has_gone_back_has_though_it_was_said_that_it_could_not(shop, books, begun, aino):
    [attempt] = shop.attempts
    aino.browser.submit(f"/payments/{attempt.id}/end", {}, page=f"/payments/{attempt.id}")
    shop.choose(shop.press(aino.browser, books.unpaid))
    shop.choose(begun.page)
    for deed in (actions.kept, actions.paid_back, actions.paid_back, actions.kept):
        with shop.database.writing() as db:
            deed(db, attempt.id, days.now())
    assert sorted(shop.states) == ["paid", "refunded"]
    assert len(shop.events("payment.refunded")) == 1
