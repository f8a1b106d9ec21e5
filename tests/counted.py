"""What a page costs in things that can be counted: the same on every machine, on every day."""

import sys
from contextlib import contextmanager
from dataclasses import dataclass

import markupsafe

from portal.kit.html import printed
from tests.asked import asking


@dataclass(frozen=True)
class Counts:
    """Statements sent for a page (beginnings of transactions are none), and what its template did.

    escaped: values that were searched for what must be escaped
    macros: macros and their blocks that were called, not those that stand in the template's own code
    """

    statements: int
    escaped: int
    macros: int

    def __le__(self, most):
        return self.statements <= most.statements and self.escaped <= most.escaped and self.macros <= most.macros


@contextmanager
def showing(app):
    """A list that is filled, for each page the block opens, with the templates, its values and what it may know."""
    html = app.app.app.app.state.platform.html
    kept, render = [], html.render

    def keep(page, here, block=None):
        kept.append((html, page, here))
        return render(page, here, block)

    html.render = keep
    try:
        yield kept
    finally:
        del html.render


def counted(app, database, ask) -> Counts:
    """What a page costs that `ask` opens. It is opened once before, as what is kept for the process is no page's."""
    ask()
    with asking(database) as statements, showing(app) as shown:
        ask()
    escaped, macros = _rendering(*shown[-1])
    return Counts(sum(not one.startswith("BEGIN") for one in statements), escaped, macros)


def _rendering(html, page, here):
    calls = {"escaped": 0, "macros": 0}

    def heard(frame, event, _):
        code = frame.f_code
        if event != "call":
            return
        if code is printed.__code__ and not _is_safe(frame.f_locals["value"]):
            calls["escaped"] += 1
        elif code is markupsafe.escape.__code__ and frame.f_back.f_code is not printed.__code__:
            calls["escaped"] += not _is_safe(frame.f_locals["s"])
        elif code.co_name == "macro" and code.co_filename.endswith(".html"):
            calls["macros"] += 1

    before = sys.getprofile()
    sys.setprofile(heard)
    try:
        html.render(page, here)
    finally:
        sys.setprofile(before)
    return calls["escaped"], calls["macros"]


def _is_safe(value):
    return isinstance(value, int) or hasattr(value, "__html__")
