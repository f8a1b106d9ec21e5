"""A client that checks every page it opens, so that no test has to remember to."""

import re
from functools import cache
from html.parser import HTMLParser

from starlette.testclient import TestClient

from portal.kit.i18n import Language, catalogue, translate_plural

ORIGIN = "https://portal.test"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "line", "path", "use", "text"}


class Outline(HTMLParser):
    """What a page is made of, as far as every page must keep to it."""

    def __init__(self, source):
        super().__init__()
        self.headings, self.ids, self.links, self.posts, self.language = [], [], [], [], None
        self.unnamed_controls = 0
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "html":
            self.language = given.get("lang")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href"))
        if tag == "form" and given.get("method", "get").lower() == "post":
            self.posts.append(given.get("action"))


class Browser(TestClient):
    """Opens pages as a person would: same origin, one language, no automatic redirects."""

    def __init__(self, app, *, language="fi", cookies=None):
        super().__init__(
            app,
            base_url=ORIGIN,
            follow_redirects=False,
            raise_server_exceptions=False,
            headers={"Accept-Language": language, "Sec-Fetch-Site": "same-origin"},
            cookies=cookies,
        )
        self.language = language

    def open(self, path, *, status=200, **more):
        """A whole page, checked."""
        answer = self.get(path, **more)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.headers.get('location', '')}"
        check(answer, path)
        return answer

    def fragment(self, path, block, **more):
        """What htmx gets for a region."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": f"div#{block}"}
        answer = self.get(path, headers=headers, **more)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        assert "<html" not in answer.text
        assert f'id="{block}"' in answer.text
        return answer

    def submit(self, path, form=None, *, page, **more):
        """Post a form with the hidden fields that its page prints."""
        shown = self.get(page)
        return self.post(path, data=hidden(shown.text) | (form or {}), **more)


def hidden(source):
    """The hidden fields of a page's forms; one token serves them all."""
    return {"_token": re.search(r'name="_token" value="([^"]+)"', source)[1]}


def check(answer, path):
    """Hold a page to what every page keeps."""
    source = answer.text
    outline = Outline(source)
    assert outline.language == answer.headers["content-language"], path
    title = re.search(r"<title>(.+?)</title>", source, re.DOTALL)
    assert title, f"{path}: no title"
    assert title[1].strip(" –"), f"{path}: empty title"
    assert outline.headings.count(1) == 1, f"{path}: {outline.headings.count(1)} h1"
    for before, after in zip(outline.headings, outline.headings[1:], strict=False):
        assert after <= before + 1, f"{path}: a heading of level {after} after one of level {before}"
    doubled = {name for name in outline.ids if outline.ids.count(name) > 1}
    assert not doubled, f"{path}: ids used twice: {doubled}"
    assert None not in outline.links, f"{path}: a link without an address"
    assert not [link for link in outline.links if link.startswith("#") and link != "#" and link[1:] not in outline.ids]
    assert "no-store" in answer.headers["cache-control"], path
    assert not re.search(r"https?://(?!www\.w3\.org)", re.sub(r'(href|action)="[^"]*"', "", source)), (
        f"{path}: foreign host"
    )
    counted_nothing = counts_of_nothing(outline.language).search(re.sub(r"<[^>]+>", "\n", source))
    assert not counted_nothing, f"{path}: says “{counted_nothing[0]}”; nothing is told in words of its own"


@cache
def counts_of_nothing(language):
    """What a page would say that counted nothing: "0 suostumusta", of every sentence that counts."""
    pairs = catalogue(Language.FI).plurals
    said = {many if language == Language.EN else translate_plural(one, many, language)[1] for one, many in pairs}
    place = re.compile(r"%\\\((\w+)\\\)s")
    wordings = [
        place.sub(lambda found: "0" if found[1] == "n" else "[^\\n]+", re.escape(words))
        for words in sorted(said)
        if "%(n)s" in words
    ]
    return re.compile(rf"(?<![\d.,:\u00a0])(?:{'|'.join(wordings)})(?!\w)")
