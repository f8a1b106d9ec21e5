"""The words that customers decide on: whole, in three languages, and never changed once they have been in use."""

import hashlib
from pathlib import Path

import pytest

from portal.consents import notices, receipts
from portal.consents.editions import NoSuchEdition
from portal.consents.models import PermissionRecord
from portal.consents.rules import MATRIX, DecisionSubject
from portal.kit.i18n import Language

IN_USE = {
    "2026-11-21": "6eb8cd005722e5a7eaa1426b276a359e676376cba0fd9879df6e10dfeb38fcb7",
    "2026-11-29": "d257a834f6fa473e21c7864dc002fa7153d9f121b195423b3ffbfb327464dbd6",
}


def test_an_edition_in_use_is_never_changed():
    """New words go into a new file; add its version and SHA-256 above when it is released."""
    found = {
        file.stem: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in Path(notices.__file__).parent.glob("*.toml")
    }
    assert found == IN_USE


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("edition", notices.EDITIONS.all.values(), ids=lambda edition: edition.version)
def test_every_cell_has_its_words(edition, language):
    for subject in DecisionSubject:
        for cell in MATRIX[subject]:
            wording = edition.wording(cell, language)
            lines = wording.whole.split("\n")
            assert len(lines) == 5
            assert all(line == line.strip() and line for line in lines)
            assert all(line.endswith(".") for line in lines[1:]), lines


def test_each_language_has_words_of_its_own():
    for cell in MATRIX[DecisionSubject.PERSON]:
        assert len({notices.EDITIONS.current.wording(cell, language).sha256 for language in Language}) == 3


def test_the_current_edition_is_the_newest():
    assert notices.EDITIONS.current.version == max(notices.EDITIONS.all)


def test_an_edition_that_never_was_is_refused():
    with pytest.raises(NoSuchEdition):
        notices.EDITIONS.by_version("1999-01-01")


def record(**changes):
    cell = MATRIX[DecisionSubject.PERSON][0]
    wording = notices.EDITIONS.current.wording(cell, Language.SV)
    values = {
        "kind": cell.kind,
        "purpose": cell.purpose,
        "channel": cell.channel,
        "ground": cell.ground,
        "notice_version": wording.edition,
        "notice_sha256": wording.sha256,
        "language": "sv",
    }
    return PermissionRecord(**(values | changes))


def test_the_words_shown_are_found_again():
    assert receipts.words_shown(record()).sentences[0] == "Störningar och serviceavbrott"


@pytest.mark.parametrize(
    "changes",
    [
        {"notice_sha256": "0" * 64},
        {"notice_version": "2019-1"},
        {"purpose": "lottery"},
        {"ground": "Personal Data Act 19"},
        {"language": "fi"},
    ],
)
def test_words_that_were_not_ours_are_not_made_up(changes):
    assert receipts.words_shown(record(**changes)) is None
