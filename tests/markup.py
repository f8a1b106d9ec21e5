"""What a page says: the words of what an XPath finds, and the rows of a table."""

import re

from lxml import etree, html

WITHIN_SENTENCES = frozenset({"b", "strong", "time"})
UNREAD = frozenset({etree.Comment, "script", "style", "svg"})  # what a drawing shows is said beside it
BLANKS = str.maketrans({"\u00a0": " ", "\u00ad": None})


def found(answer, path):
    """What an XPath finds in an answer, in order: elements, or attributes where it ends in one."""
    return html.fromstring(answer.text).xpath(path)


def words(answer, path="."):
    """The words of what an XPath finds, in one line: those of each element apart, with plain blanks."""
    return " ".join(map(said, found(answer, path)))


def table(answer, path="//table"):
    """The rows of a table, each as the words of its cells."""
    return [[said(cell) for cell in row.xpath("./th | ./td")] for row in found(answer, f"{path}//tr")]


def said(element):
    """The words of an element, as its reader hears them: what stands within a sentence belongs to it."""
    words = " ".join("".join(_texts(element)).translate(BLANKS).split())
    return re.sub(r" (?=[,.:;?](?: |$))", "", words)


def _texts(element):
    yield element.text or ""
    for part in element:
        apart = "" if part.tag in WITHIN_SENTENCES else " "
        yield apart
        if part.tag not in UNREAD:
            yield from _texts(part)
        yield apart + (part.tail or "")
