"""A fixed measure of machines: a page of plain Jinja, from a record in memory. What pages cost is told in it.

Figures of different days compare only while it stays as it is: nothing here is ever changed, and it refuses if it was.
"""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader

HERE = Path(__file__).parent
PRINTED = "ce47c6c989713cf1d741dec5d2acfa4c3073f6777c44845fcd893d2f1ae215e4"


class Yardstick:
    """The page, compiled, and its record."""

    def __init__(self):
        self._template = Environment(loader=FileSystemLoader(HERE), autoescape=True).get_template("page.html")
        self._record = json.loads(
            (HERE / "record.json").read_text(), object_hook=lambda values: SimpleNamespace(**values)
        )
        assert hashlib.sha256(self.render()).hexdigest() == PRINTED, "the yardstick was changed: bring it back"

    def render(self):
        """The page, as bytes."""
        return self._template.render(record=self._record).encode()
