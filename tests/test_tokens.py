"""What opens something for whoever holds it is told to whom it is meant for, and stands nowhere else."""

import io
import logging
import re
import zipfile

import pytest
from sqlmodel import select

from portal.app import html
from portal.auth.actions import SESSION_COOKIE
from portal.keepers import KEEPERS
from portal.kit.crypto import Vault
from portal.kit.jobs import Shift, once
from portal.kit.mail import MailServer, Smtp
from portal.outbox.jobs import mailing, telling
from portal.outbox.mail import letter_in
from portal.outbox.models import OutboxEvent
from portal.privacy import exports
from portal.privacy.package import PackageContext
from tests import days
from tests.addresses import without_ids
from tests.browser import hidden
from tests.people import AINO
from tests.post import SIGNATURE, Mood, Post
from tests.settings import settings

pytestmark = pytest.mark.sqlite

ADDRESSES = without_ids()
NEW = "aino.makela@example.fi"


@pytest.fixture
def aino(house, aino):
    """A customer who has just asked for another e-mail address; the letter to it waits."""
    house.contact(aino.party, email="aino@example.fi")
    aino.browser = house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=0)
    form = {"email": NEW, "phone": ""}
    answer = aino.browser.submit("/account/contact", form, page="/account/contact")
    assert answer.headers["location"] == "/account?saved=email"
    return aino


@pytest.fixture
def token(house, aino):
    """What the letter's link holds."""
    with house.database.reading() as db:
        waiting = [letter_in(row) for row in db.exec(select(OutboxEvent).where(OutboxEvent.kind == "mail"))]
    (found,) = [match[1] for letter in waiting if (match := re.search(r"\?token=(\S+)", letter.body))]
    return found.encode()


def package_of(aino):
    """The data package, file by file."""
    page = aino.browser.open("/privacy/package")
    sent = zipfile.ZipFile(io.BytesIO(aino.browser.post("/privacy/package", data=hidden(page.text)).content))
    return {name: sent.read(name) for name in sent.namelist()}


def test_no_page_holds_the_link_of_a_letter_or_the_key_of_a_session(aino, token):
    session = aino.browser.cookies[SESSION_COOKIE].encode()
    for address in ADDRESSES:
        answer = aino.browser.get(address)
        assert token not in answer.content, address
        assert session not in answer.content, address


def test_no_export_holds_the_link_of_a_letter_or_the_key_of_a_session(house, aino, token, tmp_path):
    known = settings()
    context = PackageContext(KEEPERS, Vault(known.data_keys, known.index_key), html(known.brand), known.brand)
    list(exports.export(house.database, "1001", tmp_path / "export", context, days.now()))
    once([telling(tmp_path / "told")], Shift(house.database, days.now))
    files = [
        path for path in tmp_path.rglob("*") if path.is_file() and path.suffix not in {".db-wal", ".db-shm", ".db"}
    ]
    exported = package_of(aino) | {str(path): path.read_bytes() for path in files}
    assert "1001/data.json" in exported
    session = aino.browser.cookies[SESSION_COOKIE].encode()
    for name, content in exported.items():
        assert token not in content, name
        assert session not in content, name


def test_a_letter_is_told_of_and_what_it_says_is_its_receivers_alone(aino):
    told = package_of(aino)["1001/data.json"].decode()
    assert '"kind": "mail"' in told
    assert "confirm-email" not in told


def test_no_log_holds_the_link_of_a_letter_or_the_key_of_a_session(house, aino, token, nobody, caplog):
    caplog.set_level(logging.DEBUG)
    link = f"/account/confirm-email?token={token.decode()}"
    nobody.open(link)
    with Post(mood=Mood.BUSY) as office:
        server = MailServer.at(office.url)
        sent = once([mailing(lambda: Smtp(server), SIGNATURE)], Shift(house.database, days.now))
    assert sent["outbox.mail"].failed
    nobody.submit("/account/confirm-email", {"token": token.decode()}, page=link)
    aino.browser.open("/account")
    session = aino.browser.cookies[SESSION_COOKIE]
    assert any("letter put off" in said for said in caplog.messages)
    for said in caplog.messages:
        if "HTTP Request" in said:  # the test's own client
            continue
        assert token.decode() not in said
        assert session not in said


def test_a_link_answers_once(house, aino, token, nobody):
    link = f"/account/confirm-email?token={token.decode()}"
    form = {"token": token.decode()}
    nobody.submit("/account/confirm-email", form, page=link)
    aino.browser.submit("/account/contact", {"email": "third@example.fi", "phone": ""}, page="/account/contact")
    nobody.submit("/account/confirm-email", form, page=link)
    with house.database.reading() as db:
        told = [row.kind for row in db.exec(select(OutboxEvent)) if row.kind != "mail"]
    assert told == ["contact.changed"]
