"""How much there is to read: dataclasses and lines of portal/, and how often three pages lead from file to file.

`python -m tests.bench.shape` prints it for the tree in which it stands. Whoever follows a request reads each function
where it is called first; a change of file is that the next one stands in another file of portal/. Counted is what a
handler calls, not what runs around it, nor its template; properties read as values. What stands within a function is
a part of it.
"""

import ast
import asyncio
import tempfile
import threading
from itertools import groupby
from pathlib import Path

from tests.bench.pages import Portal
from tests.counted import showing

PORTAL = Path(__file__).parents[2] / "portal"


class Calls:
    """The functions that a thread calls from the moment a handler is called until it returns, each once, in order."""

    def __init__(self):
        self.functions, self._handler = {}, None

    def __call__(self, frame, event, _):
        file = frame.f_code.co_filename
        if self._handler is None and event == "call" and file.endswith("pages.py"):
            self._handler = frame
        elif frame is self._handler and event == "return":
            self._handler = False
        if self._handler and event == "call" and file.startswith(f"{PORTAL}/"):
            self.functions.setdefault((file, frame.f_code.co_qualname.partition(".<")[0]))


def files(portal, path):
    """The files that a page leads to, one after the other. It is asked for once before: what is kept is there then."""
    asyncio.run(portal._ask(path))
    heard = Calls()
    threading.setprofile(heard)  # handlers run in threads, which a new loop starts anew
    try:
        asyncio.run(portal._ask(path))
    finally:
        threading.setprofile(None)
    values = {one for file in _files() for one in _properties(file)}
    return [file for file, _ in groupby(file for file, name in heard.functions if (file, name) not in values)]


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


def _properties(file):
    """The functions of a file that are called without being named."""
    for of in (node for node in ast.walk(_parsed(file)) if isinstance(node, ast.ClassDef)):
        for one in (node for node in of.body if isinstance(node, ast.FunctionDef)):
            if one.name.startswith("__") or any("property" in ast.unparse(mark) for mark in one.decorator_list):
                yield str(file), f"{of.name}.{one.name}"


def main():
    """Print it."""
    print(f"{dataclasses():>6} dataclasses\n{lines():>6} lines")
    with tempfile.TemporaryDirectory(prefix="portal-shape-") as folder:
        portal = Portal(f"sqlite:///{Path(folder) / 'portal.db'}")
        for path in ("/invoices", newest_invoice(portal), "/consumption?at=2026-10"):
            visited = files(portal, path)
            print(f"{len(visited) - 1:>6} changes of file, {len(set(visited))} files: {path}")


if __name__ == "__main__":
    main()
