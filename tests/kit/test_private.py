"""What holds personal data is for its owner alone, whatever the umask."""

import os
import stat
from email.message import EmailMessage

import pytest

from portal import migrations
from portal.kit import private
from portal.kit.db import Database
from portal.kit.durable import write_whole
from portal.kit.mail import MailFolder


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder):
    """The modes of everything in a folder, by whether it is a folder."""
    found = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*")}
    return {is_folder: {mode for one, mode in found if one is is_folder} for is_folder in (True, False)}


@pytest.mark.usefixtures("umask")
def test_a_database_letters_and_events_are_made_for_their_owner_alone(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/portal.db")
    migrations.upgrade(database.engine)
    letter = EmailMessage()
    letter["Message-ID"] = "<one@oma.example.fi>"
    MailFolder(tmp_path / "trial" / "mail").carry(letter)
    private.folder(tmp_path / "outbox")
    write_whole(tmp_path / "outbox" / "events-1.jsonl", b"{}\n")
    with database.writing() as db:
        db.connection()
        assert (tmp_path / "portal.db-wal").exists()
        assert modes(tmp_path) == {True: {0o700}, False: {0o600}}
    database.engine.dispose()


def test_what_others_may_read_is_found(tmp_path):
    folder = tmp_path / "outbox"
    private.folder(folder)
    write_whole(folder / "one", b"")
    assert [*private.open_to_others(folder)] == []
    (folder / "one").chmod(0o640)
    folder.chmod(0o711)
    assert [*private.open_to_others(folder)] == [folder, folder / "one"]
    assert [*private.open_to_others(folder / "two")] == []


def test_what_stands_in_the_way_of_a_folder_is_said(tmp_path):
    (tmp_path / "outbox").touch()
    with pytest.raises(FileExistsError):
        private.folder(tmp_path / "outbox")
