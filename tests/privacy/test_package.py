"""The package as an archive that is sent while it is made."""

import io
import zipfile

import pytest

from portal.app import html
from portal.customers.privacy import subject_of
from portal.keepers import KEEPERS
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.i18n import Language
from portal.privacy import package
from portal.privacy.package import File, Press
from portal.privacy.queries import Whose
from tests import days
from tests.privacy.test_pages import settle
from tests.settings import settings


@pytest.fixture
def database(sqlite_url):
    """Tests of this file need one kind of database."""
    database = Database(sqlite_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def press():
    known = settings()
    return Press(KEEPERS, Vault(known.data_keys, known.index_key), html(known.brand), known.brand)


def made(database, whose, press):
    return package.files(database, whose, press, Language.FI, days.now())


@pytest.fixture
def whose(database, aino):
    with database.writing() as db:
        settle(db, "1", aino.party)
    with database.reading() as db:
        return [Whose(subject_of(db, aino.party), "Aino Mäkelä", "1001")]


def test_an_archive_holds_its_files_as_they_are():
    told = {"README.txt": [b"first"], "1001/empty.csv": [], "1001/large.csv": [b"piece", b"", b"of it" * 100_000]}
    sent = b"".join(package.zipped(File(name, pieces) for name, pieces in told.items()))
    archive = zipfile.ZipFile(io.BytesIO(sent))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        name: b"".join(pieces) for name, pieces in told.items()
    }


def test_its_first_piece_waits_for_nothing(whose, press, tmp_path):
    nowhere = Database(f"sqlite:///{tmp_path / 'none' / 'none.db'}")
    assert next(package.zipped(made(nowhere, whose, press))).startswith(b"PK\x03\x04")


def test_records_are_read_before_the_first_of_them_is_sent(database, whose, press):
    files = made(database, whose, press)
    next(files)
    for file in files:
        if "/readings/" not in file.name:
            assert database.engine.pool.checkedout() == 0, file.name
        b"".join(file.pieces)


def test_whoever_goes_away_leaves_nothing_open(database, whose, press):
    files = made(database, whose, press)
    reading = next(file for file in files if "/readings/" in file.name)
    pieces = iter(reading.pieces)
    next(pieces)
    pieces.close()
    files.close()
    assert database.engine.pool.checkedout() == 0
