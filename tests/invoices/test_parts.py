"""What an invoice is made of: its parts come to its total, and to the width of the bar."""

from hypothesis import given

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
