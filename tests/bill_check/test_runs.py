"""All bills of a year in one run: what it finds, how it goes on, and that nobody can make it up."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.bill_check.rules import BillCheck, CheckedLine, Outcome, Why
from portal.bill_check.runs import AT_ONCE, MOST_TOLD, CheckRun, Finding, opened
from portal.demo.people import AINO, JUHA, RIIKKA
from portal.kit.money import Money
from tests.bill_check.test_pages import MeteredBill
from tests.bill_check.test_rules import invoice, line
from tests.markup import found, words
from tests.people import vault
from tests.seeded import copied_house

SESSION, ANOTHER = UUID(int=1), UUID(int=2)
WHYS = st.sampled_from([Why.NO_READINGS, Why.NO_CONTRACT])
CODES = st.sampled_from(["right", "wrong", "unchecked", "not added up"])


def check(code="right", number=5, why=Why.NO_READINGS):
    """A check of a bill of one line, with an outcome."""
    billed = line("energy", 10, 10, 100)
    bill = invoice(billed, total_cents=999 if code == "not added up" else None)
    bill = replace(bill, head=replace(bill.head, id=UUID(int=number)))
    match code:
        case "wrong":
            outcome = CheckedLine(billed, Outcome.DIFFERS, (replace(billed, net=Money(60)),))
        case "unchecked":
            outcome = CheckedLine(billed, Outcome.UNCHECKED, why=why)
        case _:
            outcome = CheckedLine(billed, Outcome.AGREES, (billed,))
    return BillCheck(bill, (outcome,))


def test_what_a_run_tells_of_each_bill():
    run = CheckRun(2026).going_on([check(), check("wrong", 7), check("unchecked", 8), check("not added up", 9)])
    assert (run.checked, run.right, run.wrong, run.unchecked) == (4, 1, 2, 1)
    assert run.differing == [Finding(str(UUID(int=9)), 873), Finding(str(UUID(int=7)), 51)]
    assert run.not_worked_out == [Finding(str(UUID(int=8)), why=Why.NO_READINGS)]
    assert run.difference == Money(924)


def test_no_address_grows_without_bounds():
    run = CheckRun(2026).going_on(check("wrong", number) for number in range(10 * MOST_TOLD))
    run = run.going_on(check("unchecked", number) for number in range(10 * MOST_TOLD))
    assert (run.wrong, run.unchecked, len(run.findings)) == (10 * MOST_TOLD, 10 * MOST_TOLD, 2 * MOST_TOLD)
    assert len(run.sealed(vault(), SESSION)) < 6_000


def test_of_many_wrong_bills_the_largest_differences_are_told_wherever_they_stand():
    small = [check("wrong", number) for number in range(2 * MOST_TOLD)]
    large = [check("not added up", 1000 + number) for number in range(5)]
    run = CheckRun(2026).going_on([*small, *large])
    told = [one.invoice_id.int for one in run.differing]
    assert told == [*(1000 + number for number in range(5)), *range(MOST_TOLD - 5)]
    assert run.wrong == len(small) + len(large)
    assert run.difference == Money(51 * len(small) + 873 * len(large))


@given(st.lists(st.tuples(CODES, st.integers(0, 2**64), WHYS), max_size=9), st.integers(0, 9))
def test_a_run_that_travels_goes_on_as_if_it_had_not(told, until):
    checks = [check(*one) for one in told]
    travelled = opened(CheckRun(2026).going_on(checks[:until]).sealed(vault(), SESSION), vault(), SESSION)
    assert travelled.going_on(checks[until:]) == CheckRun(2026).going_on(checks)


@pytest.mark.parametrize("sealed", ["", "x", "AAAA", "å", CheckRun(2026).sealed(vault(), ANOTHER)])
def test_what_nobody_sealed_for_this_session_is_nothing(sealed):
    assert opened(sealed, vault(), SESSION) is None


@pytest.fixture(scope="module")
def demo_house(seeded_sqlite, tmp_path_factory):
    with copied_house(seeded_sqlite, tmp_path_factory.mktemp("runs")) as house:
        yield house


def opened_by(demo_house, member, address="/invoices/check"):
    return demo_house.open_for(member.persona.identity_code, member.name).open(address)


@pytest.mark.sqlite
def test_the_wrong_bill_of_the_demo_stands_first_with_its_amount(demo_house):
    answer = opened_by(demo_house, RIIKKA, "/invoices/check?year=2026")
    (wrong,) = found(answer, "//section[@aria-labelledby='wrong']//dl/div")
    assert "260252806" in wrong.text_content()
    assert "10,50\xa0€ liian suuri" in wrong.text_content()
    assert "Poikkeavat laskut ovat yhteensä 10,50 € liian suuria." in words(answer)
    assert not found(answer, "//progress")


@pytest.mark.sqlite
def test_what_cannot_be_worked_out_says_why(demo_house):
    said = words(opened_by(demo_house, AINO, "/invoices/check?year=2026"))
    assert "Mikään lasku ei poikkea siltä osin kuin laskut voi laskea uudelleen." in said
    assert "Rivi ei liity mihinkään rekisterissä olevaan sopimukseen." in said


@pytest.mark.sqlite
def test_many_bills_are_checked_some_at_a_time_with_and_without_javascript(demo_house):
    browser = demo_house.open_for(JUHA.persona.identity_code, JUHA.name)
    done = []
    address = "/invoices/check?year=2025"
    while address and len(done) < 3:
        answer = browser.open(address)
        done += [int(one) for one in found(answer, "//progress/@value")]
        by_link, by_htmx = (found(answer, f"//a[@hx-trigger='load']/@{one}") for one in ("href", "hx-get"))
        assert by_link == by_htmx
        address = next(iter(by_link), None)
    assert done == [AT_ONCE * number for number in range(1, len(done) + 1)]
    assert len(done) >= 2


@pytest.mark.sqlite
def test_an_address_of_another_session_begins_anew(demo_house):
    browser = demo_house.open_for(JUHA.persona.identity_code, JUHA.name)
    (further,) = found(browser.open("/invoices/check?year=2025"), "//a[@hx-trigger='load']/@href")
    again = opened_by(demo_house, JUHA, further)
    assert found(again, "//progress/@value") == [str(AT_ONCE)]


def test_where_there_is_no_bill_there_is_nothing_to_check(oona):
    assert "Laskuja ei vielä ole" in words(oona.open("/invoices/check"))


def test_a_year_that_nobody_billed_is_the_newest(mikko, register):
    bill = MeteredBill(mikko, register)
    said = words(mikko.browser.open("/invoices/check?year=1999"))
    assert f"Vuoden {bill.last.year} laskut" in said
    assert "Jokainen lasku täsmää mittaustietoihin ja hintoihin." in said
    assert "1 lasku tarkistettiin." in said
