"""What an invoice is made of: its parts come to its total, and to the width of the bar."""

from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.grossed import with_vat
from portal.invoices.kinds import BillPart, LineUnit
from portal.invoices.parts import parts
from portal.kit.money import Money, total
from tests.invoices.test_changes import BOUGHT, HEAT, LINES, NETWORK, SALES, bill, line


def amounts(*lines):
    return {one.part: one.amount.cents for one in parts(bill(*lines))}


def test_energy_distribution_and_taxes():
    tax = line(NETWORK, 1000, 400, "electricity-tax")
    found = amounts(line(SALES, 4000, 400), line(NETWORK, 2000, 400), tax, line(NETWORK, 500, unit=LineUnit.MONTH))
    assert found == {BillPart.ENERGY: 4000, BillPart.NETWORK: 2500, BillPart.TAXES: 1000 + 1913}


def test_a_fee_and_what_we_buy_stand_apart():
    found = amounts(line(HEAT, 4000, 400, vat="0"), line(None, 700, vat="0"), line(BOUGHT, -300, 30, vat="0"))
    assert found == {BillPart.ENERGY: 4000, BillPart.OTHERS: 700, BillPart.BOUGHT: -300}


@given(LINES)
def test_the_parts_come_to_the_total_and_fill_the_bar(lines):
    invoice = bill(*lines)
    found = parts(invoice)
    assert total(one.amount for one in found) == invoice.head.total
    assert all(one.amount for one in found)
    assert all((one.width > 0) is (one.amount > Money(0)) for one in found)
    if any(one.width for one in found):
        assert round(sum(one.width for one in found), 6) == 100


RATES = st.sampled_from(["0", "10", "14", "25.5"])


@given(st.lists(st.builds(line, st.sampled_from([SALES, NETWORK, None]), st.integers(-(10**5), 10**6), vat=RATES)))
def test_lines_with_vat_come_to_the_total_to_the_cent_and_none_bears_anothers(lines):
    invoice = bill(*lines)
    groups = with_vat(invoice)
    assert total(group.amount for group in groups) == invoice.head.total
    assert [[one.line for one in group.lines] for group in groups] == [[*one.lines] for one in invoice.by_contract]
    if all(one.net.cents >= 0 for one in lines):
        for one in (one for group in groups for one in group.lines):
            assert abs(one.amount.cents - one.line.net.cents * (100 + one.line.vat_percent) / 100) <= 2
