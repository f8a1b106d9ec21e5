"""What a PDF says."""

import pypdfium2


def words(body):
    """The words of its pages, in one line with plain blanks."""
    pages = pypdfium2.PdfDocument(body)
    said = " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
    return said.replace("\u00a0", " ")
