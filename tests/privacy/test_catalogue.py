"""No column is forgotten: what is held about a person is told in words, or named as internal."""

import json
from datetime import UTC, datetime

import pytest
from sqlmodel import SQLModel

from portal.keepers import KEEPERS
from portal.kit import formats
from portal.kit.db import Database
from portal.kit.i18n import Language
from portal.privacy import exports, values
from portal.privacy.catalogue import BY_TABLE, GROUPS, HOLDINGS, Group, field_named
from portal.privacy.exports import NotExported
from portal.privacy.package import Press
from portal.privacy.rules import Act, Fate, Right, State
from portal.privacy.shown import ARTICLES, BADGES, EXPLAINED, FATES, RIGHTS, STATES, STEPS
from tests.people import AINO, House, vault
from tests.portal import html
from tests.settings import settings

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_every_column_of_a_personal_table_is_described_or_internal():
    missing = []
    for table in (table for keeper in KEEPERS for table in keeper.TABLES):
        name = str(table.__tablename__)
        holding = BY_TABLE.get(name)
        told = set(holding.columns) | holding.internal if holding else set()
        missing += [f"{name}.{column.name}" for column in table.__table__.columns if column.name not in told]
    assert not missing, f"say in portal/privacy/catalogue.py what these are, or that they are internal: {missing}"


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda holding: holding.table)
def test_nothing_is_described_that_is_not_there(holding):
    columns = {column.name for column in SQLModel.metadata.tables[holding.table].columns}
    assert set(holding.columns) | holding.internal == columns
    assert not set(holding.columns) & holding.internal
    assert holding.sealed <= set(holding.columns)


def test_every_code_has_its_words():
    assert set(GROUPS) == set(Group)
    assert set(RIGHTS) == set(EXPLAINED) == set(ARTICLES) == set(Right)
    assert set(STATES) == set(BADGES) == set(State)
    assert (set(STEPS), set(FATES)) == (set(Act), set(Fate))


@pytest.mark.parametrize("language", Language)
def test_every_label_can_be_said(language):
    for holding in HOLDINGS:
        assert all(label.said(language) for label in (holding.title, *holding.columns.values()))


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


@pytest.fixture
def database(sqlite_url):
    """A register with one customer."""
    database = Database(sqlite_url)
    House(database).customer(AINO, "Aino Mäkelä", "1001", language="sv")
    yield database
    database.engine.dispose()


def press():
    """What packages are made with."""
    return Press(KEEPERS, vault(), html(), settings().brand)


def test_the_operator_unpacks_a_package_for_its_owners_eyes_only(database, tmp_path):
    folder = tmp_path / "package"
    names = list(exports.export(database, "1001", folder, press(), NOW))
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(names)
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))} == {0o700, 0o600}
    assert json.loads((folder / "1001/data.json").read_text())["tables"]["identity_code"][0]["identity_code"] == AINO
    assert (folder / "README.txt").read_text().startswith("Allt som Esimerkki Energia Oy har om")
    with pytest.raises(NotExported, match="not an empty folder"):
        list(exports.export(database, "1001", folder, press(), NOW))


def test_a_customer_number_that_looks_like_a_path_leads_nowhere(database, tmp_path):
    House(database).customer(AINO, "Aino Mäkelä", "../../1002")
    names = list(exports.export(database, "../../1002", tmp_path / "package", press(), NOW))
    assert "%2E%2E%2F%2E%2E%2F1002/data.json" in names
    assert {path.name for path in tmp_path.iterdir()} <= {"package", "portal.db", "portal.db-wal", "portal.db-shm"}


def test_an_unknown_number_writes_nothing(database, tmp_path):
    with pytest.raises(NotExported, match="There is no customer with the number 9"):
        list(exports.export(database, "9", tmp_path / "package", press(), NOW))
    assert not (tmp_path / "package").exists()
