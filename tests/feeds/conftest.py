"""The import as an operator meets it: rows written to files, the command run, what it says."""

import base64
import copy
import csv
import json
from dataclasses import dataclass

import pytest

from portal.cli import main
from portal.feeds.schema import kind_named, schema
from portal.kit.crypto import Vault

DATA_KEY, INDEX_KEY = b"d" * 32, b"i" * 32
VAULT = Vault([DATA_KEY], INDEX_KEY)


def row(kind, variant=0, /, **changes):
    """A row of a kind: its published example, changed."""
    return copy.deepcopy(schema(kind_named(kind))["examples"][variant]) | changes


def lines(*rows):
    return "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in rows)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def last(self):
        return self.out.splitlines()[-1] if self.out else ""


@pytest.fixture
def settings(monkeypatch, database_url, tmp_path):
    """An installation that can import anything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)
    monkeypatch.setenv("PORTAL_DATA_KEYS", base64.b64encode(DATA_KEY).decode())
    monkeypatch.setenv("PORTAL_INDEX_KEY", base64.b64encode(INDEX_KEY).decode())


@pytest.fixture
def portal(settings, capsys):
    """The command, run in this process."""

    def run(*arguments):
        code = main([str(one) for one in arguments])
        told = capsys.readouterr()
        return Answer(code, told.out, told.err)

    return run


@pytest.fixture
def take_in(portal, tmp_path):
    """Write rows to a file and import it."""
    folder = tmp_path / "feeds"
    folder.mkdir()

    def take(name, *rows, options=()):
        path = folder / name
        path.write_text(lines(*rows), encoding="utf-8")
        return portal("import", path, *options)

    return take


@pytest.fixture
def take_in_kinds(portal, tmp_path):
    """Write a file of rows for each kind and import them all at once: a command begins by comparing whole schemas."""

    def take(**kinds):
        folder = tmp_path / "register"
        folder.mkdir()
        for kind, rows in kinds.items():
            (folder / f"{kind}.jsonl").write_text(lines(*rows), encoding="utf-8")
        return portal("import", folder)

    return take


@pytest.fixture
def refused(tmp_path):
    """The refused lines of a feed: (line, reason, text)."""
    return lambda name: _remarked(tmp_path / "feeds" / f"{name}.refused.csv")


@pytest.fixture
def doubtful(tmp_path):
    """The doubtful lines of a feed: (line, reason, text)."""
    return lambda name: _remarked(tmp_path / "feeds" / f"{name}.doubtful.csv")


def _remarked(path):
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["line", "reason", "text"]
    return [tuple(one) for one in rows]
