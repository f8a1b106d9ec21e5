"""What the README tells operators to write is what the portal reads."""

import re
from pathlib import Path

import pytest
from sqlmodel import select

from portal import brand, cli
from portal.auth.brokers import for_production, load
from portal.contracts.models import Contract
from portal.kit.db import Database
from tests.settings import DATA_KEYS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(kind):
    """(what stands after the kind, text) of each fenced block of a kind."""
    return re.findall(rf"^```{kind} ?(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def toml(beginning):
    """The one TOML block that begins so."""
    [found] = [text for _, text in blocks("toml") if text.startswith(beginning)]
    return found


def test_the_brand_file_is_read(tmp_path):
    path = tmp_path / "brand.toml"
    path.write_text(toml("company"), encoding="utf-8")
    assert brand.load(path).company == "Esimerkki Energia Oy"


def test_the_broker_profile_is_fit_for_production(tmp_path):
    path = tmp_path / "broker.toml"
    path.write_text(toml("name"), encoding="utf-8")
    assert for_production(load(str(path))).client_id == "your-client-id"


def test_the_smallest_feed_makes_a_customer_with_a_contract(tmp_path, sqlite_url, monkeypatch, capsys):
    for kind, text in blocks("jsonl"):
        (tmp_path / f"{kind}.jsonl").write_text(text, encoding="utf-8")
    for name, value in {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": sqlite_url, **DATA_KEYS}.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["import", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "accepted=6 unchanged=0 refused=0"
    database = Database(sqlite_url)
    with database.reading() as db:
        assert db.exec(select(Contract.number)).all() == ["700001"]
    database.engine.dispose()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)#/][^)#]*)\)", README))))
def test_what_it_links_to_is_there(path):
    assert (ROOT / path).exists()
