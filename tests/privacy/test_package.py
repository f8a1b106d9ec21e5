"""The package as an archive that is sent while it is made."""

import io
import zipfile

import pytest

from portal.app import html
from portal.customers.privacy import subject_of
from portal.keepers import KEEPERS
from portal.kit.archives import PackageFile, Pause, zipped
from portal.kit.crypto import Vault
from portal.kit.db import Database
from portal.kit.i18n import Language
from portal.kit.streams import Pace
from portal.privacy import package
from portal.privacy.holdings import Whose
from portal.privacy.package import PackageContext
from tests import days
from tests.privacy.test_pages import settle
from tests.running import PATIENCE_S
from tests.settings import settings

pytestmark = pytest.mark.sqlite


@pytest.fixture
def context():
    known = settings()
    return PackageContext(KEEPERS, Vault(known.data_keys, known.index_key), html(known.brand), known.brand)


def made(database, whose, context, pace=None):
    return package.files(database, whose, context, Language.FI, days.now(), pace)


@pytest.fixture
def whose(database, aino):
    with database.writing() as db:
        settle(db, "1", aino.party)
    with database.reading() as db:
        return [Whose(subject_of(db, aino.party), "Aino Mäkelä", "1001")]


def test_an_archive_holds_its_files_as_they_are():
    told = {"README.txt": [b"first"], "1001/empty.csv": [], "1001/large.csv": [b"piece", b"", b"of it" * 100_000]}
    sent = b"".join(zipped(PackageFile(name, pieces) for name, pieces in told.items()))
    archive = zipfile.ZipFile(io.BytesIO(sent))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        name: b"".join(pieces) for name, pieces in told.items()
    }


def test_its_first_piece_waits_for_nothing(whose, context, tmp_path):
    nowhere = Database(f"sqlite:///{tmp_path / 'none' / 'none.db'}")
    assert next(zipped(made(nowhere, whose, context))).startswith(b"PK\x03\x04")


def test_records_are_read_before_the_first_of_them_is_sent(database, whose, context):
    files = made(database, whose, context)
    next(files)
    for file in (step for step in files if isinstance(step, PackageFile)):
        if "/readings/" not in file.name:
            assert database.engine.pool.checkedout() == 0, file.name
        b"".join(file.pieces)


def test_whoever_makes_it_gives_way_between_two_records_and_two_pieces(database, whose, context):
    never, always = (list(made(database, whose, context, Pace(slice_s))) for slice_s in (PATIENCE_S, 0))
    assert sum(isinstance(step, Pause) for step in never) == len(whose)
    assert sum(isinstance(step, Pause) for step in always) > len(whose) + 5


def test_whoever_goes_away_leaves_nothing_open(database, whose, context):
    files = made(database, whose, context)
    reading = next(step for step in files if isinstance(step, PackageFile) and "/readings/" in step.name)
    pieces = iter(reading.pieces)
    next(pieces)
    pieces.close()
    files.close()
    assert database.engine.pool.checkedout() == 0


def test_whoever_goes_away_while_records_are_gathered_leaves_nothing_open(database, whose, context):
    files = made(database, whose, context, Pace(0))
    for _ in range(3):  # README, the pause before the register is asked, one within
        next(files)
    assert database.engine.pool.checkedout() == 1
    files.close()
    assert database.engine.pool.checkedout() == 0
