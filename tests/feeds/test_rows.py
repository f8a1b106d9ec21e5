"""The utility's own feed: what is taken in, what changes nothing, what is refused and how that is said."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, select

from portal.consents.models import PermissionRecord
from portal.contracts.models import Contract, FuelMix, PricePart, SpotMonth
from portal.customers.models import ContactDetail, ContactPerson, IdentityCode, Mandate, MandateSite, Party
from portal.feeds.kinds import KINDS
from portal.feeds.rows import read
from portal.feeds.schema import kind_named, schema
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.kit.feed import Refusal
from portal.kit.packing import unpack
from portal.sites.models import Disconnection, Meter, MeteringPoint, Occupancy, Site
from tests.feeds.conftest import VAULT, lines, row

IDENTITY = "010180-9015"
ANSWERS = {
    "authorisation_reads",
    "privacy_cases",
    "requests",
}  # to what a customer did in the portal: unknown to a new register
CUT_OFF = {"connection": "AE02", "from": "2026-05-18", "to": None}
FEED = [kind for kind in KINDS if kind.name not in ANSWERS]
EVERY = sum(len(schema(kind)["examples"]) for kind in FEED)


@pytest.fixture
def everything(portal, tmp_path):
    """A folder with a file of each kind, named so that the alphabet is no help; imported."""
    folder = tmp_path / "everything"
    folder.mkdir()
    for number, kind in enumerate(reversed(FEED)):
        (folder / f"{number:02}.jsonl").write_text(lines(*schema(kind)["examples"]))
    answer = portal("import", folder)
    assert answer.code == 0, answer
    return folder


def standing(database, table):
    with database.reading() as db:
        return db.exec(select(table)).all()


def one(database, table):
    (found,) = standing(database, table)
    return found


def test_a_folder_is_taken_in_in_the_order_of_references(everything, portal):
    assert portal("import", everything, "--dry-run").last == f"accepted=0 unchanged={EVERY} refused=0"


def test_a_repeated_folder_changes_nothing(everything, portal, database):
    before = {table: standing(database, table) for table in (Party, Site, Invoice, PermissionRecord, Occupancy)}
    answer = portal("import", everything)
    assert (answer.code, answer.last) == (0, f"accepted=0 unchanged={EVERY} refused=0")
    for table, rows in before.items():
        assert standing(database, table) == rows


def test_what_was_taken_in_stands_in_the_tables(everything, database):
    person, company = sorted(standing(database, Party), key=lambda party: party.customer_number)
    assert (person.kind, person.name, person.town) == ("person", "Aino Mäkelä", "Turku")
    assert company.business_id == "7654321-2"
    assert {(one.kind, one.value) for one in standing(database, ContactDetail)} == {
        ("email", "aino@example.fi"),
        ("phone", "+358401234567"),
    }
    assert one(database, ContactPerson).role == "AL03"
    mandate = one(database, Mandate)
    assert (mandate.grantor_id, mandate.themes, mandate.every_site) == (company.id, "billing,consumption", False)
    assert one(database, MandateSite).site_id == one(database, Site).id
    assert one(database, Occupancy).party_id == person.id
    point = one(database, MeteringPoint)
    assert (point.site_id, one(database, Meter).metering_point_id) == (one(database, Site).id, point.id)
    contract = one(database, Contract)
    assert (contract.party_id, contract.metering_point_id) == (person.id, point.id)
    assert str(one(database, PricePart).price) == "8.490000"
    invoice, line = one(database, Invoice), one(database, InvoiceLine)
    assert (invoice.total_cents, line.quantity_mwh, line.quantity) == (4394, 412_350_000, None)
    assert (line.invoice_id, line.contract_id, one(database, InvoiceVat).vat_cents) == (invoice.id, contract.id, 893)
    assert one(database, Payment).invoice_id == invoice.id
    record = one(database, PermissionRecord)
    assert (record.party_id, record.account_id, record.action) == (person.id, None, "given")


def test_an_identity_code_is_sealed_and_found_by_its_index_only(everything, database):
    kept = one(database, IdentityCode)
    assert VAULT.open(kept.encrypted, table="identity_code", column="encrypted", row=kept.party_id) == IDENTITY
    assert kept.blind_index == VAULT.blind_index(IDENTITY)
    with database.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for found in connection.execute(table.select()):
                assert IDENTITY not in repr(found)


def test_a_changed_row_is_accepted_and_keeps_its_id(everything, take_in, database):
    before = next(party for party in standing(database, Party) if party.kind == "person")
    answer = take_in("c.jsonl", row("customers", name="Aino Virtanen", emails=["a@example.fi", "b@example.fi"]))
    assert (answer.code, answer.last) == (0, "accepted=1 unchanged=0 refused=0")
    with database.reading() as db:
        after = db.get_one(Party, before.id)
        emails = select(ContactDetail).where(ContactDetail.party_id == before.id, ContactDetail.kind == "email")
        assert after.name == "Aino Virtanen"
        assert {(one.value, one.position) for one in db.exec(emails)} == {("a@example.fi", 0), ("b@example.fi", 1)}


def test_a_changed_part_of_a_row_is_a_change(everything, take_in, database):
    changed = row("sites")
    changed["holders"][0]["to"] = None
    assert take_in("s.jsonl", changed).last == "accepted=1 unchanged=0 refused=0"
    assert one(database, Occupancy).until is None


def test_a_part_that_is_told_no_longer_goes(everything, take_in, database):
    assert take_in("p.jsonl", row("contact_people", contact_people=[])).last == "accepted=1 unchanged=0 refused=0"
    assert standing(database, ContactPerson) == []


def test_a_corrected_identity_code_takes_the_place_of_the_old_one(everything, take_in, database):
    assert take_in("c.jsonl", row("customers", identity_code="290296-912H")).code == 0
    assert one(database, IdentityCode).blind_index == VAULT.blind_index("290296-912H")


def test_a_metering_point_may_end_and_be_cut_off(everything, take_in, database):
    ended = row("metering_points", valid_from="2019-03-14", valid_to="2026-05-02", connection="AN04")
    assert take_in("m.jsonl", ended).last == "accepted=1 unchanged=0 refused=0"
    kept = one(database, MeteringPoint)
    assert (str(kept.valid_from), str(kept.valid_to)) == ("2019-03-14", "2026-05-02")
    untold = {name: told for name, told in ended.items() if name not in {"valid_from", "valid_to", "connection"}}
    assert take_in("m.jsonl", untold).last == "accepted=1 unchanged=0 refused=0"
    kept = one(database, MeteringPoint)
    assert (kept.valid_from, kept.valid_to) == (None, None)


def test_of_a_metering_point_it_is_told_when_it_was_cut_off_or_only_how_it_stands_now(everything, take_in, database):
    def cut_off():
        every = sorted(standing(database, Disconnection), key=lambda one: one.since)
        return [(one.connection, one.since.isoformat(), one.until and one.until.isoformat()) for one in every]

    def told(**facts):
        return take_in("m.jsonl", row("metering_points", **facts)).last

    dated = [{"connection": "AE02", "from": "2023-05-04", "to": "2023-05-18"}]
    assert cut_off() == [("AE02", "2024-03-04", "2024-03-18")]
    assert told(disconnections=dated, connection="AN04") == "accepted=1 unchanged=0 refused=0"
    assert told(disconnections=dated) == "accepted=0 unchanged=1 refused=0"
    assert told(disconnections=None) == "accepted=0 unchanged=1 refused=0"
    assert cut_off() == [("AE02", "2023-05-04", "2023-05-18")]
    assert told(disconnections=None, connection="AE02") == "accepted=1 unchanged=0 refused=0"
    assert told(disconnections=None, connection="AE02") == "accepted=0 unchanged=1 refused=0"
    before, (connection, since, until) = cut_off()
    assert (before[1], connection, until) == ("2023-05-04", "AE02", None)
    assert told(disconnections=None, connection="AE01") == "accepted=1 unchanged=0 refused=0"
    (_, (_, same, until)) = cut_off()
    assert same == since < until
    assert told(disconnections=[]) == "accepted=1 unchanged=0 refused=0"
    assert cut_off() == []


def test_payments_of_a_bill_may_together_be_more_than_any_of_them(everything, take_in, database):
    large = 2_000_000_000  # cents, twenty million euros
    payments = [row("payments", payment_number=f"P{at}", cents=large) for at in range(2)]
    assert take_in("p.jsonl", *payments).last == "accepted=2 unchanged=0 refused=0"
    assert one(database, Invoice).paid_cents == 2 * large + 4394


@pytest.mark.sqlite
def test_a_row_is_recognised_whatever_its_file_is_called(take_in, database):
    assert take_in("invoices.txt", row("customers")).code == 0
    assert one(database, Party).customer_number == "100001"


@pytest.mark.sqlite
def test_a_byte_order_mark_and_blank_lines_do_no_harm(take_in):
    assert take_in("c.jsonl", "\ufeff\n", row("customers"), "\n\n").last == "accepted=1 unchanged=0 refused=0"


UNKNOWN = [
    ("contact_people", "unknown customer 100001"),
    ("sites", "unknown customer 100001"),
    ("mandates", "unknown customer 100002"),
    ("metering_points", "unknown site 500001"),
    ("fuel_mix", "unknown product FIXED-24"),
    ("contracts", "unknown customer 100001"),
    ("invoices", "unknown customer 100001"),
    ("payments", "unknown bill 900001"),
    ("permissions", "unknown customer 100001"),
    ("messages", "unknown customer 100001"),
    ("authorisation_reads", "unknown authorisation 7a4c1f60-5f5e-4f0c-9a7e-2f1f6f0f9d11"),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("kind", "reason"), UNKNOWN)
def test_a_row_about_the_unknown_is_refused(take_in, refused, kind, reason):
    told = row(kind)
    answer = take_in("f.jsonl", told)
    assert (answer.code, answer.last) == (1, "accepted=0 unchanged=0 refused=1")
    assert refused("f.jsonl") == [("1", reason, json.dumps(told))]


MONEY_BACK = {
    "net_cents": -3501,
    "vat_cents": -893,
    "total_cents": -4394,
    "lines": [row("invoices")["lines"][0] | {"net_cents": -3501}],
    "vat": [{"percent": "25.5", "net_cents": -3501, "vat_cents": -893}],
}
WRONG = [
    ("customers", {"identity_code": "010180-9016"}, "person.identity_code: must be a personal identity code"),
    ("customers", {"kind": "dog"}, "'kind' is none of 'person', 'company'"),
    ("customers", {"address": row("customers")["address"] | {"country": "UK"}}, 'the United Kingdom is "GB"'),
    ("customers", {"phones": ["12"]}, "person.phones.0: must be a phone number"),
    ("customers", {"emails": ["aino"]}, "person.emails.0: must be an e-mail address"),
    ("customers", {"nickname": "A"}, "person: has a field that the feed does not know"),
    ("metering_points", {"gsrn": "643000000000000012"}, "gsrn: must be a GSRN"),
    ("metering_points", {"valid_from": "2026-05-01", "valid_to": "2026-04-30"}, "valid_to is before valid_from"),
    (
        "metering_points",
        {"disconnections": [{"connection": "AE02", "from": "2026-05-04", "to": None}, CUT_OFF]},
        "disconnections: those from 2026-05-04 and from 2026-05-18 hold at once; say when it was connected again",
    ),
    ("metering_points", {"disconnections": [CUT_OFF | {"to": "2026-05-17"}]}, "to is before from"),
    ("metering_points", {"connection": "on"}, "connection: Input should be 'AE01', 'AE02' or 'AN04'"),
    ("contracts", {"valid_to": "2025-12-31"}, "valid_to is before valid_from"),
    ("contracts", {"valid_from": "2026-02-30"}, "valid_from: must be a day"),
    ("contracts", {"notice_days": "14"}, "notice_days: Input should be a valid integer"),
    ("products", {"billing_minutes": 30}, "billing_minutes: Input should be 15 or 60"),
    ("spot_prices", {"day": "2026-03-29"}, "2026-03-29 needs 23 prices of 60 minutes, not 24"),
    ("fuel_mix", {"renewable": "61.9"}, "the shares come to 99.4 per cent, not to 100"),
    ("fuel_mix", {"renewable": "163"}, "the shares come to 200.5 per cent, not to 100"),
    ("fuel_mix", {"kind": "network"}, "kind: Input should be 'sales', 'heat', 'cooling' or 'gas'"),
    ("invoices", {"total_cents": 1}, "net_cents and vat_cents do not add up to total_cents"),
    ("invoices", {"kind": "credit"}, "total_cents of a credit note is above 0"),
    ("invoices", MONEY_BACK, "total_cents of an invoice is below 0"),
    ("invoices", {"reference": "1234562"}, "reference: must be a Finnish reference or an RF reference"),
    ("invoices", {"iban": "FI3715903000000777"}, "iban: must be an IBAN"),
    ("invoices", {"net_cents": 35.01}, "net_cents: Input should be a valid integer"),
    ("payments", {"cents": 2**31}, "cents: Input should be less than or equal to 2147483647"),
    ("permissions", {"at": "2026-11-21T18:30:00"}, "at: must be an instant in UTC"),
    ("mandates", {"grantee": "100002"}, "grantor and grantee are the same customer"),
]


@pytest.mark.parametrize(("kind", "change", "reason"), WRONG)
def test_a_row_that_does_not_hold_together_is_refused(kind, change, reason):
    assert reason in read(kind_named(kind), lines(row(kind, **change)).encode()).reason


NOTHING = {"net_cents": 0, "vat_cents": 0, "total_cents": 0, "lines": [], "vat": []}


@pytest.mark.parametrize("change", [MONEY_BACK | {"kind": "credit"}, NOTHING | {"kind": "credit"}, NOTHING])
def test_a_credit_note_gives_money_back_and_a_bill_may_come_to_nothing(change):
    told = lines(row("invoices", **change)).encode()
    assert not isinstance(read(kind_named("invoices"), told), Refusal)


@pytest.mark.parametrize("change", [{IDENTITY: 1}, {"kind": IDENTITY}, {"name": {IDENTITY: IDENTITY}}])
def test_a_reason_never_repeats_what_was_sent(change):
    refusal = read(kind_named("customers"), lines(row("customers", **change)).encode())
    assert IDENTITY not in refusal.reason


@pytest.mark.sqlite
def test_an_identity_code_is_never_in_a_reason_or_in_what_the_command_says(take_in, refused):
    answer = take_in("c.jsonl", row("customers", identity_code="010180-9016"))
    assert "010180" not in refused("c.jsonl")[0][1] + answer.out + answer.err


def test_good_lines_are_taken_in_beside_refused_ones(take_in, refused, database):
    answer = take_in("c.jsonl", row("customers"), "{ not json\n", row("customers", 1), '{"customer_number": "1"}\n')
    assert (answer.code, answer.last) == (1, "accepted=2 unchanged=0 refused=2")
    assert [line for line, *_ in refused("c.jsonl")] == ["2", "4"]
    assert "Invalid JSON" in refused("c.jsonl")[0][1]
    assert "lines refused, see" in answer.out


def test_rows_of_one_number_that_differ_are_all_refused(take_in, refused, database):
    answer = take_in("c.jsonl", row("customers"), row("customers", 1), row("customers", name="Another"))
    assert answer.last == "accepted=1 unchanged=0 refused=2"
    assert {(line, reason) for line, reason, _ in refused("c.jsonl")} == {
        ("1", "lines 1 and 3 tell the same customer_number differently"),
        ("3", "lines 1 and 3 tell the same customer_number differently"),
    }


def test_a_row_that_stands_twice_is_taken_in_once(take_in):
    assert take_in("c.jsonl", row("customers"), row("customers")).last == "accepted=1 unchanged=1 refused=0"


@pytest.mark.sqlite
def test_a_field_that_stands_twice_is_refused(take_in, refused):
    text = json.dumps(row("customers"))
    assert take_in("c.jsonl", row("customers", 1), text[:-1] + ', "name": "Another"}\n').code == 1
    assert refused("c.jsonl")[0][1] == "a field stands twice"


def test_a_business_id_belongs_to_one_customer(take_in, refused):
    assert take_in("c.jsonl", row("customers", 1), row("customers", 1, customer_number="100003")).code == 1
    assert refused("c.jsonl")[0][1] == "business id 7654321-2 belongs to customer 100002"


def test_a_contract_for_a_point_of_another_site_is_refused(everything, take_in, refused):
    take_in("s.jsonl", row("sites", site_number="500002"))
    answer = take_in("c.jsonl", row("contracts", contract_number="700002", site_number="500002"))
    assert answer.code == 1
    assert refused("c.jsonl")[0][1] == "metering point 643000000000000016 does not stand at site 500002"


def test_a_contract_of_another_kind_than_its_product_is_refused(everything, take_in, refused):
    assert take_in("c.jsonl", row("contracts", kind="heat")).code == 1
    assert refused("c.jsonl")[0][1] == "product FIXED-24 is for sales contracts, not heat"


def test_a_fuel_mix_of_another_kind_than_its_product_is_refused_and_so_is_one_of_no_product(
    everything, take_in, refused
):
    told = row("fuel_mix", kind="heat"), row("fuel_mix", product_code="WIND")
    assert take_in("f.jsonl", *told).last == "accepted=0 unchanged=0 refused=2"
    assert [reason for _, reason, _ in refused("f.jsonl")] == [
        "product FIXED-24 is for sales contracts, not heat",
        "unknown product WIND",
    ]


def test_a_fuel_mix_is_told_anew_under_its_product_and_year(everything, take_in, database):
    assert take_in("f.jsonl", row("fuel_mix", renewable="70", fossil="2.5")).last == "accepted=1 unchanged=0 refused=0"
    assert take_in("f.jsonl", row("fuel_mix", product_code=None)).last == "accepted=1 unchanged=0 refused=0"
    assert {(one.product_code, one.renewable) for one in standing(database, FuelMix)} >= {
        ("FIXED-24", Decimal(70)),
        ("", Decimal("62.5")),
    }


HEAT = "643000000000000023"
KINDS_OF_PRODUCT = {"sales": "FIXED-24", "network": "NET", "heat": "HEAT", "purchase": "SUN"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "heat"}, "metering point 643000000000000016 measures electricity, which no heat contract is about"),
        ({"kind": "sales", "gsrn": HEAT}, f"metering point {HEAT} measures heat, which no sales contract is about"),
        ({"kind": "purchase"}, "metering point 643000000000000016 measures electricity, which no purchase contract"),
        (
            {"kind": "sales", "tax_class": "II"},
            "tax_class belongs to a network contract; of a sales contract it is null",
        ),
        ({"kind": "network", "tax_class": "II"}, None),
        ({"kind": "network", "reading_type": "BN02"}, None),
        (
            {"kind": "heat", "gsrn": HEAT, "reading_type": "BN02"},
            "reading_type belongs to contracts about electricity; of a heat contract it is null",
        ),
        ({"kind": "heat", "gsrn": HEAT}, None),
    ],
)
@pytest.mark.sqlite
def test_a_contract_is_about_what_its_metering_point_measures(everything, take_in, refused, changes, reason):
    take_in("m.jsonl", row("metering_points", gsrn=HEAT, energy="heat"))
    products = [row("products", product_code=code, kind=kind) for kind, code in KINDS_OF_PRODUCT.items()]
    assert take_in("p.jsonl", *products).code == 0
    take_in("old.jsonl", row("contracts", valid_to="2025-12-31", valid_from="2025-01-01", fixed_until=None))
    told = row("contracts", contract_number="700009", **changes, product_code=KINDS_OF_PRODUCT[changes["kind"]])
    assert take_in("c.jsonl", told).code == (1 if reason else 0)
    if reason:
        assert refused("c.jsonl")[0][1].startswith(reason)


def test_a_bill_about_the_contract_of_another_customer_is_refused(everything, take_in, refused):
    told = row("invoices", invoice_number="900002", customer_number="100002", site_number=None)
    assert take_in("i.jsonl", told).last == "accepted=0 unchanged=0 refused=1"
    assert refused("i.jsonl")[0][1] == "contract 700001 is not one of customer 100002"


def test_phone_numbers_and_mail_domains_are_kept_in_one_form(take_in, database):
    take_in("c.jsonl", row("customers", phones=["040 123 4567", "+358 40 1234567"], emails=["Aino@Example.FI"]))
    assert {detail.value for detail in standing(database, ContactDetail)} == {"+358401234567", "Aino@example.fi"}


def test_spot_prices_fill_their_month_day_by_day(take_in, database):
    quarters = row("spot_prices", day="2026-11-22", minutes=15, prices=["-0.5"] * 96)
    assert take_in("s.jsonl", row("spot_prices"), quarters).last == "accepted=2 unchanged=0 refused=0"
    prices = unpack(one(database, SpotMonth).prices)
    assert set(prices[20 * 96 : 21 * 96]) == {421_000}
    assert set(prices[21 * 96 : 22 * 96]) == {-50_000}
    assert take_in("s.jsonl", quarters).last == "accepted=0 unchanged=1 refused=0"


def test_a_decision_never_comes_before_one_that_is_in_force(everything, take_in, refused, database):
    later = row("permissions", at="2026-11-21T18:40:00Z", action="withdrawn")
    earlier = row("permissions", at="2026-11-21T18:20:00Z", action="withdrawn")
    future = row("permissions", at="2126-11-21T18:30:00Z")
    answer = take_in("p.jsonl", later, earlier, future)
    assert answer.last == "accepted=1 unchanged=0 refused=2"
    assert [reason for _, reason, _ in refused("p.jsonl")] == ["a later decision is in force", "at lies in the future"]
    first, second = sorted(standing(database, PermissionRecord), key=lambda record: record.sequence)
    assert (second.action, second.replaces_id) == ("withdrawn", first.id)


def test_a_decision_that_a_customer_of_this_kind_has_not_is_refused(everything, take_in, refused):
    told = row("permissions", customer_number="100002", purpose="service-analytics", channel="any")
    assert take_in("p.jsonl", told).code == 1
    assert "has no consent on service-analytics by any" in refused("p.jsonl")[0][1]


@pytest.mark.sqlite
@pytest.mark.parametrize("text", ["", "\n\n", "[{}]", '{"a": 1}\n', "hello\n", "\x00\x01"])
def test_a_file_of_no_kind_is_refused_whole(take_in, text, tmp_path):
    answer = take_in("f.jsonl", text)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("f.jsonl ")
    assert answer.err.count("\n") == 1
    assert [path.name for path in (tmp_path / "feeds").iterdir()] == ["f.jsonl"]


@pytest.mark.sqlite
def test_another_encoding_is_said(portal, tmp_path):
    (tmp_path / "f.jsonl").write_text(lines(row("customers")).replace("\\u00e4", "ä"), encoding="latin-1")
    answer = portal("import", tmp_path / "f.jsonl")
    assert (answer.code, answer.err) == (2, "f.jsonl is not UTF-8 text; save it as that.\n")


@pytest.mark.sqlite
def test_messages_are_said_not_to_be_taken_in(take_in):
    answer = take_in("messages.jsonl", '{"message_number": "1", "customer_number": "100001", "text": "Hello"}\n')
    assert answer.code == 2
    assert "none of the kinds that are taken: customers, " in answer.err


def test_a_rehearsal_changes_nothing_and_sees_what_it_would(portal, tmp_path, database):
    (tmp_path / "c.jsonl").write_text(lines(row("customers")))
    (tmp_path / "s.jsonl").write_text(lines(row("sites"), row("sites", site_number="2", holders=[{"bad": 1}])))
    answer = portal("import", tmp_path / "c.jsonl", tmp_path / "s.jsonl", "--dry-run")
    assert (answer.code, answer.last, len(standing(database, Party))) == (1, "accepted=2 unchanged=0 refused=1", 0)
    assert "--dry-run" in answer.out


CUSTOMERS = "".join(
    json.dumps(row("customers", customer_number=str(number), name=name)) + "\n"
    for number, name in enumerate(("Åke", "Ölander", "Äijä", "東京", "Zoë"))
).encode()


@pytest.mark.sqlite
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(CUSTOMERS)), order=st.permutations(range(5)))
def test_cut_anywhere_and_reordered_the_whole_file_mends_it(portal, tmp_path, database, cut, order):
    with database.writing() as db:
        for table in (ContactDetail, IdentityCode, Party):
            for kept in db.exec(select(table)):
                db.delete(kept)
            db.flush()
    path = tmp_path / "c.jsonl"
    path.write_bytes(CUSTOMERS[:cut])
    portal("import", path)
    shuffled = CUSTOMERS.splitlines(keepends=True)
    path.write_bytes(b"".join(shuffled[place] for place in order))
    assert portal("import", path).code == 0
    assert portal("import", path).last == "accepted=0 unchanged=5 refused=0"
    assert {party.name for party in standing(database, Party)} == {"Åke", "Ölander", "Äijä", "東京", "Zoë"}
