"""No column is forgotten: what is held about a person is told in words, or named as internal."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table
from sqlmodel import SQLModel

import portal.operating.jobs  # noqa: F401 - what runs by the clock tells events, too
from portal.customers.change_requests import Billing, Channel, PostalAddress, written
from portal.keepers import KEEPERS
from portal.kit import formats
from portal.kit.db import Database
from portal.kit.i18n import Language
from portal.kit.privacy import columns_of, internal, told, undecided
from portal.outbox.actions import Event
from portal.outbox.mail import MAIL
from portal.privacy import exports, values
from portal.privacy.catalogue import BY_TABLE, GROUPS, HOLDINGS, Group, correctable_named, field_named
from portal.privacy.exports import NotExported
from portal.privacy.labels import ARTICLES, EXPLAINED, FATES, RIGHTS, STATES, STEPS
from portal.privacy.package import PackageContext
from portal.privacy.rules import Act, CaseState, Fate, Right
from portal.privacy.words import CODES
from tests.people import AINO, House, vault
from tests.portal import html
from tests.settings import settings

CODES_CHECKED = re.compile(r"(?:\w+ IS NULL OR )?(\w+) IN \((.+)\)")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_every_column_of_a_personal_table_is_described_or_internal():
    missing = []
    for table in (table for keeper in KEEPERS for table in keeper.TABLES):
        name = str(table.__tablename__)
        assert name in BY_TABLE, f"portal/privacy/catalogue.py says to which group {name} belongs"
        missing += [f"{name}.{column}" for column in undecided(table.__table__)]
    assert not missing, f"say where they are declared what these are, or that they are internal(): {missing}"


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda holding: holding.table)
def test_nothing_is_described_that_is_not_there(holding):
    told = columns_of(holding.model.__table__)
    assert holding.columns.keys() == told.keys()
    assert {*holding.first, *(holding.abouts or {})} <= told.keys() <= set(holding.model.__table__.columns.keys())


def test_a_column_that_says_nothing_of_itself_is_found():
    forgotten = Table(
        "forgotten",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("named", String, **told("Name")),
        Column("hidden", String, **internal()),
        Column("new", String),
    )
    assert undecided(forgotten) == ["new"]
    assert list(columns_of(forgotten)) == ["named"]


def test_every_code_has_its_words():
    assert set(GROUPS) == set(Group)
    assert set(RIGHTS) == set(EXPLAINED) == set(ARTICLES) == set(Right)
    assert set(STATES) == set(CaseState)
    assert (set(STEPS), set(FATES)) == (set(Act), set(Fate))


def test_what_outlives_a_contract_stands_on_more_than_the_contract():
    """Article 6(1)(b) is for what a contract needs, and an ended one needs nothing any more."""
    abouts = [about for holding in HOLDINGS for about in (holding.abouts or {}).values()]
    for about in [*(described.about for described in GROUPS.values()), *abouts]:
        ground, kept = about.ground.said(Language.EN), about.retention.said(Language.EN)
        if "6(1)(b)" in ground and ("after" in kept or "from the end" in kept):
            assert "6(1)(f)" in ground or "6(1)(c)" in ground, ground


def test_readings_of_each_energy_stand_on_its_own_law():
    ground = GROUPS[Group.CONSUMPTION].about.ground.said(Language.EN)
    for law in ("588/2013", "767/2021", "1429/2014", "254/2021", "587/2017"):
        assert law in ground


@pytest.mark.parametrize("language", Language)
def test_every_label_can_be_said(language):
    for holding in HOLDINGS:
        assert all(label.said(language) for label in (holding.title, *(one.label for one in holding.columns.values())))


TOLD_BY_CUSTOMERS = {Group.CONTACT, Group.SITES, Group.CONTRACTS}
EVENTS = {"contact_change", "contact_draft"}  # what was once typed stays what it was
KEYS = re.compile(r"number|gsrn|id|\w+_id|encrypted|kind|model")


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda holding: holding.table)
def test_every_column_has_decided_whether_it_can_be_corrected(holding):
    correctable = {name for name, column in holding.columns.items() if column.is_correctable}
    assert not {name for name in correctable if KEYS.fullmatch(name) and name != "business_id"}
    assert not {name for name in correctable if holding.columns[name].is_sealed}
    if holding.group not in TOLD_BY_CUSTOMERS or holding.table in EVENTS:
        assert not correctable


@pytest.mark.parametrize(
    ("name", "can_be"),
    [
        *((name, True) for name in ("party.name", "contact_detail.value", "site.dwelling", "contract.valid_from")),
        *((name, False) for name in ("party.customer_number", "site.number", "metering_point.gsrn")),
        *(
            (name, False)
            for name in ("contact_change.before", "contract.number", "audit_entry.at", "party.id", "", None)
        ),
    ],
)
def test_only_what_a_customer_may_know_better_can_be_corrected(name, can_be):
    assert (correctable_named(name) is not None) is can_be


@pytest.mark.parametrize("name", ["party.name", "party.id", "identity_code.blind_index", "nothing.at_all", "", None])
def test_only_what_is_shown_has_a_name(name):
    assert (field_named(name) is not None) == (name == "party.name")


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("party", "kind", "person", "Henkilö"),
        ("party", "street", None, formats.DASH),
        ("invoice", "total_cents", 123456, "1\u00a0234,56\u00a0€"),
        ("invoice", "due_on", "2026-12-04", "4.12.2026"),
        ("invoice", "estimated", False, "Ei"),
        ("session", "created_at", "2026-11-21T07:05:00+00:00", "21.11.2026 klo\u00a09.05"),
        ("session", "acr", "http://ftn.ficora.fi/2017/loatest2", "korotettu"),
        ("site", "residents", 3, "3"),
    ],
)
def test_values_read_as_what_they_are(table, column, value, said):
    assert values.said(table, column, value, Language.FI) == said


def coded_columns():
    """The described columns whose codes the database checks, with these."""
    for holding in HOLDINGS:
        for check in SQLModel.metadata.tables[holding.table].constraints:
            found = isinstance(check, CheckConstraint) and CODES_CHECKED.fullmatch(str(check.sqltext))
            if found and found[1] in holding.columns:
                yield f"{holding.table}.{found[1]}", re.findall(r"'([^']+)'", found[2])


def test_every_code_that_the_database_knows_has_words_in_every_language():
    wordless = [f"{place}: {code}" for place, codes in coded_columns() for code in codes if code not in CODES[place]]
    assert not wordless, f"portal/privacy/words.py says what codes mean: {wordless}"
    for place, codes in coded_columns():
        for code in codes:
            assert all(values.said(*place.split("."), code, language) for language in Language)


def test_words_are_only_said_of_columns_that_are_shown():
    assert set(CODES) <= {f"{one.table}.{column}" for one in HOLDINGS for column in one.columns}


def test_every_event_has_a_name():
    kinds = {event.kind for event in Event.__subclasses__() if event.__module__.startswith("portal.")}
    assert kinds | {MAIL} == set(CODES["outbox_event.kind"])


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("mandate", "themes", "billing,consumption", "Laskut, Kulutus"),
        ("mandate", "level", "see", "Saa katsoa"),
        ("contact_person", "role", "AL03", "Laskutus"),
        ("billing_details", "channel", "AI05", "OmaPostiin"),
        ("site", "dwelling", "Detached House", "Omakotitalo"),
        ("site", "dwelling", "yurt", "yurt"),
        ("party", "language", "sv", "Svenska"),
        ("party", "country", "SE", "Ruotsi"),
        (
            "contact_change",
            "after",
            written(PostalAddress("Katu 1", "20100", "Turku", "FI")),
            "Katu 1, 20100 Turku, Suomi",
        ),
        ("contact_change", "after", written(Billing(Channel.EMAIL, "a@b.fi", "KP")), "Sähköpostitse, a@b.fi, KP"),
        ("contact_change", "after", "sv", "Svenska"),
        ("contact_change", "before", "{not json", "{not json"),
        ("privacy_case", "field", "party.name", "Nimi"),
        ("invoice_line", "quantity_mwh", 1_250_000, "1,25\u00a0kWh"),
        ("invoice_line", "unit_price", "8.390000", "8,39"),
        ("audit_entry", "act", "email.changed", "Muutti yhteystiedon"),
        ("audit_entry", "object_kind", "/sites/{id}", "Katsoi kohdetta"),
        ("outbox_event", "payload", "{}", "tiedostossa data.json ohjelmia varten"),
    ],
)
def test_codes_read_as_words(table, column, value, said):
    assert values.said(table, column, value, Language.FI) == said


@pytest.fixture
def database(sqlite_url):
    """A register with one customer."""
    database = Database(sqlite_url)
    House(database).customer(AINO, "Aino Mäkelä", "1001", language="sv")
    yield database
    database.engine.dispose()


def context():
    """What packages are made with."""
    return PackageContext(KEEPERS, vault(), html(), settings().brand)


def test_the_operator_unpacks_a_package_for_its_owners_eyes_only(database, tmp_path):
    folder = tmp_path / "package"
    names = list(exports.export(database, "1001", folder, context(), NOW))
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(names)
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))} == {0o700, 0o600}
    assert json.loads((folder / "1001/data.json").read_text())["tables"]["identity_code"][0]["identity_code"] == AINO
    assert (folder / "README.txt").read_text().startswith("Allt som Esimerkki Energia Oy har om")
    with pytest.raises(NotExported, match="not an empty folder"):
        list(exports.export(database, "1001", folder, context(), NOW))


def test_a_customer_number_that_looks_like_a_path_leads_nowhere(database, tmp_path):
    House(database).customer(AINO, "Aino Mäkelä", "../../1002")
    names = list(exports.export(database, "../../1002", tmp_path / "package", context(), NOW))
    assert "%2E%2E%2F%2E%2E%2F1002/data.json" in names
    assert {path.name for path in tmp_path.iterdir()} <= {"package", "portal.db", "portal.db-wal", "portal.db-shm"}


def test_an_unknown_number_writes_nothing(database, tmp_path):
    with pytest.raises(NotExported, match="There is no customer with the number 9"):
        list(exports.export(database, "9", tmp_path / "package", context(), NOW))
    assert not (tmp_path / "package").exists()
