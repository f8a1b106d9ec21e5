"""A compiler of its own makes documents: the same bytes each time, whatever is in them, and it takes nobody with it."""

import io
import os
import signal
from dataclasses import dataclass
from datetime import date

import pikepdf
import pypdfium2
import pytest

from portal import app
from portal.brand import DEMO_BRAND
from portal.kit.documents import Attachment, Document, Letterhead, Relationship
from portal.kit.files import MissingFile
from portal.kit.i18n import Language, Text, text
from portal.kit.typesetting import CompilerGone, NotTypeset, Typesetter
from tests.running import PATIENCE_S

LAYOUT = app.ROOT / "templates" / "documents" / "layout.typ"
FONTS = app.ROOT / "static" / "vendor" / "print"
NOTE = '#import "layout.typ": *\n#show: letter\n= #content.words\n#t("Due date")'


@dataclass(frozen=True)
class Note:
    words: Text | str


def note(words="Hello", template="note", language=Language.EN, attachments=()):
    return Document(template, "A note", language, date(2026, 11, 2), Note(words), attachments)


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    (folder / "layout.typ").write_bytes(LAYOUT.read_bytes())
    (folder / "note.typ").write_text(NOTE)
    (folder / "wrong.typ").write_text("#content.nothing")
    return folder


def typesetter(templates):
    return Typesetter(templates, FONTS, Letterhead(templates, DEMO_BRAND, "<svg/>"), limit_s=PATIENCE_S)


@pytest.fixture(scope="module")
def press(templates):
    made = typesetter(templates)
    yield made
    made.close()


def read(body):
    (page,) = pypdfium2.PdfDocument(body)
    return page.get_textpage().get_text_range()


def test_the_words_are_those_of_the_language(press):
    assert "Eräpäivä" in read(press.pdf(note(text("Invoice"), language=Language.FI)))
    assert "Lasku" in read(press.pdf(note(text("Invoice"), language=Language.FI)))


@pytest.mark.parametrize("name", ['#image("x")', "*bold* _i_ $x$", "#sys.inputs", '"); panic("', "= @a <b>", "\\u{41}"])
def test_what_looks_like_source_is_printed_as_it_is(press, name):
    assert name in read(press.pdf(note(name)))


@pytest.mark.parametrize(
    ("name", "shown"), [("Жук", "Жук"), ("Nguyễn", "Nguyễn"), ("Åke 王", "Åke \ufffd"), ("A 😀", "A \ufffd")]
)
def test_a_letter_that_no_font_has_is_shown_as_missing(press, name, shown):
    assert "".join(shown.split()) in "".join(read(press.pdf(note(name))).split())


def test_an_attached_file_stays_as_it_is_where_letters_are_replaced(press):
    file = Attachment("a.xml", "application/xml", "A file", Relationship.SUPPLEMENT, "<a>王</a>")
    with pikepdf.open(io.BytesIO(press.pdf(note("王", attachments=[file])))) as pdf:
        assert pdf.attachments["a.xml"].get_file().read_bytes().decode() == file.body


def test_two_processes_make_the_same_bytes(templates, press):
    other = typesetter(templates)
    assert other.pdf(note("same")) == press.pdf(note("same"))
    assert press.pdf(note("same")) != press.pdf(note("other"))
    other.close()


def test_what_was_made_is_kept_and_its_template_is_read_once(templates):
    ours = typesetter(templates)
    made = ours.pdf(note("kept"))
    ours.close()
    assert ours.pdf(note("kept")) == made
    assert ours._compiler is None, "nothing had to be made"


def test_a_fault_in_a_template_ends_nothing(press):
    with pytest.raises(NotTypeset, match="nothing"):
        press.pdf(note(template="wrong"))
    assert press.pdf(note("after a fault"))


def test_a_compiler_that_hangs_is_killed_and_the_next_document_gets_another(templates):
    ours = typesetter(templates)
    ours.pdf(note("first"))
    hung = ours._compiler._process
    os.kill(hung.pid, signal.SIGSTOP)
    ours._limit_s = 0.1
    with pytest.raises(CompilerGone):
        ours.pdf(note("second"))
    assert hung.returncode == -signal.SIGKILL
    ours._limit_s = PATIENCE_S
    assert ours.pdf(note("second"))
    ours.close()


def test_one_that_died_meanwhile_is_replaced(templates):
    ours = typesetter(templates)
    ours.pdf(note("first"))
    ours._compiler._process.kill()
    ours._compiler._process.wait()
    assert ours.pdf(note("second"))
    ours.close()


def test_it_ends_with_whoever_started_it(templates):
    ours = typesetter(templates)
    ours.pdf(note("first"))
    process = ours._compiler._process
    pipe = ours._compiler._pipe
    pipe.close()  # as when the portal is killed
    assert process.wait(PATIENCE_S) == 0
    ours.close()


def test_without_fonts_it_says_what_to_do(tmp_path, templates):
    with pytest.raises(MissingFile, match="make setup"):
        Typesetter(templates, tmp_path, Letterhead(templates, DEMO_BRAND, "<svg/>"))
