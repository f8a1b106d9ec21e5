"""Bills as they are told: what contradicts itself is refused, what is only doubtful is taken in and named."""

import json

import pytest
from sqlmodel import select

from portal.feeds.schema import kind_named, schema
from portal.invoices.models import Invoice, InvoiceLine
from tests.feeds.conftest import row

REGISTER = ("customers", "sites", "metering_points", "products", "contracts")
VAT_24 = {"kind": "vat", "applies_to": "sales", "rate": "24", "valid_from": "2020-01-01", "valid_to": "2025-12-31"}
VAT_25_5 = {"kind": "vat", "applies_to": "sales", "rate": "25.5", "valid_from": "2026-01-01", "valid_to": None}


@pytest.fixture
def register(take_in_kinds):
    """What the example of a bill refers to, and the VAT of sales: 24 % until 2025, 25.5 % from 2026."""
    rows = {kind: schema(kind_named(kind))["examples"] for kind in REGISTER}
    assert take_in_kinds(**rows, taxes=[VAT_24, VAT_25_5]).code == 0


@pytest.fixture
def told(register, take_in):
    """Tell of some bills; the import's answer."""
    return lambda *bills, options=(): take_in("bills.jsonl", *bills, options=options)


def a_bill(net=1000, vat=255, lines=None, rates=None, **changes):
    """A bill that holds together, of one line unless others are given."""
    lines = [a_line()] if lines is None else lines
    rates = [{"percent": "25.5", "net_cents": net, "vat_cents": vat}] if rates is None else rates
    sums = {"net_cents": net, "vat_cents": vat, "total_cents": net + vat}
    return row("invoices", lines=lines, vat=rates, **{**sums, **changes})


def a_line(**changes):
    plain = {"quantity": "100", "unit": "kWh", "unit_price": "10", "net_cents": 1000, "vat_percent": "25.5"}
    return row("invoices")["lines"][0] | plain | changes


CONTRADICTIONS = [
    (a_bill(900, 230, [a_line(net_cents=900)]), "lines.0: net_cents is not quantity times unit_price"),
    (a_bill(1002, 256, [a_line(net_cents=1002)]), "lines.0: net_cents is not quantity times unit_price"),
    (a_bill(due_on="2026-11-04"), "due_on is before issued_on"),
    (a_bill(1000, 999), "vat_cents of 25.5 % is not that rate of its net_cents"),
    (
        a_bill(1000, 240, [a_line(vat_percent="24")], [{"percent": "24", "net_cents": 1000, "vat_cents": 240}]),
        "lines.0: vat_percent was not the rate of VAT on any of its days",
    ),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("bill", "reason"), CONTRADICTIONS)
def test_a_bill_that_contradicts_itself_is_refused(told, refused, bill, reason):
    answer = told(bill)
    assert (answer.code, answer.last) == (1, "accepted=0 unchanged=0 refused=1")
    assert refused("bills.jsonl") == [("1", reason, json.dumps(bill))]


OLD = {"period_from": "2023-10-01", "period_to": "2023-10-31"}
OF_2023 = [{"percent": "24", "net_cents": 1000, "vat_cents": 240}]
DOUBTS = [
    (a_bill(1000, 256), "vat_cents of 25.5 % is off by 1 cent"),
    (a_bill(1000, 254), "vat_cents of 25.5 % is off by 1 cent"),
    (
        a_bill(1000, 240, [a_line(vat_percent="24", **OLD)], OF_2023),
        "lines.0: ended more than three years before issued_on",
    ),
    (
        a_bill(lines=[a_line(period_from="2025-12-16", period_to="2026-01-15")]),
        "lines.0: vat_percent was the rate of VAT on some of its days only",
    ),
    (
        a_bill(
            1000,
            240,
            [a_line(contract_number=None, vat_percent="24")],
            [{"percent": "24", "net_cents": 1000, "vat_cents": 240}],
        ),
        "lines.0: vat_percent was no rate of VAT that the register knows of its days",
    ),
    (
        a_bill(0, 0, [a_line(net_cents=0)], [{"percent": "25.5", "net_cents": 0, "vat_cents": 0}]),
        "lines.0: nothing is charged, though quantity times unit_price is something",
    ),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("bill", "reason"), DOUBTS)
def test_a_doubtful_bill_is_taken_in_and_named(told, doubtful, bill, reason):
    answer = told(bill)
    assert (answer.code, answer.last) == (0, "accepted=1 unchanged=0 refused=0")
    assert answer.out.splitlines()[-2] == "doubtful=1"
    assert doubtful("bills.jsonl") == [("1", reason, json.dumps(bill))]


@pytest.mark.sqlite
def test_what_is_doubtful_is_named_again_when_it_is_told_again(told, doubtful):
    told(a_bill(1000, 256))
    answer = told(a_bill(1000, 256), a_bill(invoice_number="900002"))
    assert answer.out.splitlines()[-2:] == ["doubtful=1", "accepted=1 unchanged=1 refused=0"]
    assert len(doubtful("bills.jsonl")) == 1


@pytest.mark.sqlite
def test_a_strict_import_ends_with_1_where_something_is_doubtful(told):
    assert told(a_bill(1000, 256), options=("--strict",)).code == 1
    assert told(a_bill(), options=("--strict",)).code == 0


@pytest.mark.sqlite
def test_a_doubtful_file_is_no_feed(told, portal, tmp_path):
    told(a_bill(1000, 256))
    assert portal("import", tmp_path / "feeds").last.endswith("refused=0")


WHOLE = [
    [a_line(net_cents=999)],  # rounded elsewhere: a cent a line is let through
    [a_line(quantity="333.333", unit_price="3.000001", net_cents=1000)],
    [a_line(quantity="12345678.123456", unit_price="0.000001", net_cents=14)],  # an average's last decimal
    [a_line(quantity="0.1", unit="MWh", unit_price="100")],
    [a_line(quantity="31", unit="day", unit_price="0.322581")],
    [a_line(quantity="0.8", unit="m3", unit_price="12.5")],
    [a_line(quantity="2", unit="pcs", unit_price="5")],
    [a_line(quantity="4", unit="kvarh", unit_price="2.5")],
    [a_line(quantity=None, unit=None, unit_price=None)],
    [a_line(contract_number=None)],
    [a_line(contract_number=None, vat_percent="0")],  # what belongs to no contract may be free of VAT
]


@pytest.mark.sqlite
@pytest.mark.parametrize("lines", WHOLE)
def test_a_bill_that_holds_together_is_no_matter(told, lines):
    net, rate = sum(line["net_cents"] for line in lines), lines[0]["vat_percent"]
    vat = round(net * float(rate) / 100)
    answer = told(a_bill(net, vat, lines, [{"percent": rate, "net_cents": net, "vat_cents": vat}]))
    assert (answer.code, answer.out) == (0, "bills.jsonl: invoices\naccepted=1 unchanged=0 refused=0\n")


@pytest.mark.sqlite
def test_a_credit_note_may_tell_quantities_without_signs(told):
    lines = [a_line(net_cents=-1000)]
    assert (
        told(a_bill(-1000, -255, lines, kind="credit")).out
        == "bills.jsonl: invoices\naccepted=1 unchanged=0 refused=0\n"
    )


@pytest.mark.sqlite
@pytest.mark.parametrize("missing", ["quantity", "unit", "unit_price"])
def test_quantity_unit_and_price_are_told_together(told, refused, missing):
    assert told(a_bill(lines=[a_line(**{missing: None})])).code == 1
    assert refused("bills.jsonl")[0][1].startswith("lines.0: quantity, unit and unit_price are told together")


@pytest.mark.sqlite
def test_energy_is_kept_as_energy_in_whichever_unit_it_is_told(told, database):
    told(a_bill(lines=[a_line(quantity="0.1", unit="MWh", unit_price="100")]))
    with database.reading() as db:
        line = db.exec(select(InvoiceLine)).one()
    assert (line.quantity_mwh, line.quantity, line.unit) == (100_000_000, None, "MWh")


@pytest.mark.sqlite
def test_zeros_that_fill_up_a_reference_are_dropped(told, database):
    assert told(a_bill(reference="00000000000001234561")).code == 0
    with database.reading() as db:
        assert db.exec(select(Invoice.reference)).one() == "1234561"


@pytest.mark.sqlite
def test_a_reminder_says_what_it_reminds_of(told, database):
    reminder = a_bill(
        500,
        0,
        [a_line(net_cents=500, quantity="1", unit="pcs", unit_price="5", vat_percent="0")],
        [{"percent": "0", "net_cents": 500, "vat_cents": 0}],
        invoice_number="900002",
        kind="reminder",
        refers_to="900001",
    )
    assert told(reminder).last == "accepted=1 unchanged=0 refused=0"
    with database.reading() as db:
        kept = db.exec(select(Invoice)).one()
    assert (kept.kind, kept.refers_to) == ("reminder", "900001")


@pytest.mark.sqlite
def test_a_bill_does_not_refer_to_itself(told, refused):
    told(a_bill(kind="reminder", refers_to="900001"))
    assert refused("bills.jsonl")[0][1] == "refers_to is the bill itself"


@pytest.mark.sqlite
def test_a_row_without_the_newer_fields_stays_valid(told):
    bill = a_bill()
    del bill["refers_to"], bill["read_by"]
    assert told(bill).last == "accepted=1 unchanged=0 refused=0"


def test_bills_are_kept_alike_on_both_databases(told):
    assert told(a_bill(1000, 256)).out.splitlines()[-2:] == ["doubtful=1", "accepted=1 unchanged=0 refused=0"]
    assert told(a_bill(1000, 256)).last == "accepted=0 unchanged=1 refused=0"
