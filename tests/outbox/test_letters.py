"""A letter from its paragraphs to the mailbox: in the language of whoever is written to, signed once."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from portal.kit.db import Database
from portal.kit.i18n import Language, text
from portal.kit.jobs import Done, Shift
from portal.kit.mail import MailServer, Smtp
from portal.outbox import jobs
from portal.outbox.letters import Addressee, letter
from portal.outbox.mail import LETTER, Letter, post
from tests.post import SIGNATURE, Post

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KARIN = Addressee("karin@example.fi", UUID(int=1), Language.SV)


def test_a_letter_is_said_in_the_language_of_whoever_is_written_to():
    written = letter(KARIN, text("Invoices"), text("Contracts"), "https://portal.test/contracts")
    assert written == Letter(
        "karin@example.fi", "Fakturor", "Avtal\n\nhttps://portal.test/contracts\n", UUID(int=1), Language.SV
    )


@pytest.mark.parametrize("language", Language)
def test_the_name_stands_in_its_subject_and_at_its_end_once(language):
    signed = SIGNATURE.under(letter(replace(KARIN, language=language), "Hei", "Terve"))
    name = f"Esimerkki Energia {language} – åäö"
    assert (signed.subject, signed.body) == (f"Hei – {name}", f"Terve\n\n{name}\nhttps://portal.test\n")
    assert SIGNATURE.under(signed) == signed


def test_a_letter_that_waited_for_this_version_keeps_the_name_that_it_has():
    waited = LETTER.validate_json('{"to": "a@b.fi", "subject": "Hei", "body": "Hei", "party_id": null}')
    assert SIGNATURE.under(waited) == waited


def test_the_post_brings_it_signed(sqlite_url):
    database = Database(sqlite_url)
    with database.writing() as db:
        post(db, letter(KARIN, text("Invoices"), text("Contracts")), NOW)
    with Post() as office:
        server = MailServer.at(office.url)
        assert jobs.mailing(lambda: Smtp(server), SIGNATURE).run(Shift(database, lambda: NOW)) == Done(1)
    (brought,) = office.letters
    assert brought["Subject"] == "Fakturor – Esimerkki Energia sv – åäö"
    assert brought["From"] == "Esimerkki Energia sv – åäö <palvelu@example.fi>"
    assert brought.get_content().splitlines() == ["Avtal", "", "Esimerkki Energia sv – åäö", "https://portal.test"]
    database.engine.dispose()
