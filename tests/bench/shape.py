"""How much there is to read: dataclasses and lines of portal/, and how often three pages lead from file to file.

`python -m tests.bench.shape` prints it for the tree in which it stands. A change of file is a function of one file of
portal/ that calls one of another while a handler makes its page, counted once however often it happens; what runs
around the handler, and its template, are not counted. What stands within a function is a part of it.
"""

import ast
import asyncio
import tempfile
import threading
from pathlib import Path

from tests.bench.pages import Portal
from tests.counted import showing

PORTAL = Path(__file__).parents[2] / "portal"


class Changes:
    """Listens to the calls of a thread from the moment a handler is called until it returns."""

    def __init__(self):
        self.found, self._handler = set(), None

    def __call__(self, frame, event, _):
        if self._handler is None and event == "call" and frame.f_code.co_filename.endswith("pages.py"):
            self._handler = frame
        elif frame is self._handler and event == "return":
            self._handler = False
        elif self._handler and event == "call" and _is_ours(frame):
            self._hear(frame)

    def _hear(self, frame):
        caller = frame.f_back
        while not _is_ours(caller):
            caller = caller.f_back
        if caller.f_code.co_filename != frame.f_code.co_filename:
            self.found.add((_function(caller), _function(frame)))

    @property
    def files(self):
        """The files that take part."""
        return {file for pair in self.found for file, _ in pair}


def changes(portal, path):
    """The changes of file of a page, asked for once before, so that nothing is counted that is done once."""
    asyncio.run(portal._ask(path))
    heard = Changes()
    threading.setprofile(heard)  # handlers run in threads, which a new loop starts anew
    try:
        asyncio.run(portal._ask(path))
    finally:
        threading.setprofile(None)
    return heard


def dataclasses():
    """How many classes of portal/ are dataclasses."""
    classes = (node for tree in map(_parsed, _files()) for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return sum(any("dataclass" in ast.unparse(mark) for mark in one.decorator_list) for one in classes)


def lines():
    """How many lines portal/ has, migrations left out."""
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in _files())


def newest_invoice(portal):
    """The address of an invoice."""
    with showing(portal.house.app) as shown:
        asyncio.run(portal._ask("/invoices"))
    return f"/invoices/{shown[-1][1].sections[0].invoices[0].id}"


def _files():
    return [file for file in sorted(PORTAL.rglob("*.py")) if "migrations" not in file.parts]


def _parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def _is_ours(frame):
    return frame.f_code.co_filename.startswith(f"{PORTAL}/")


def _function(frame):
    return frame.f_code.co_filename, frame.f_code.co_qualname.partition(".<")[0]


def main():
    """Print it."""
    print(f"{dataclasses():>6} dataclasses\n{lines():>6} lines")
    with tempfile.TemporaryDirectory(prefix="portal-shape-") as folder:
        portal = Portal(f"sqlite:///{Path(folder) / 'portal.db'}")
        for path in ("/invoices", newest_invoice(portal), "/consumption?at=2026-10"):
            heard = changes(portal, path)
            print(f"{len(heard.found):>6} changes of file, {len(heard.files)} files: {path}")


if __name__ == "__main__":
    main()
