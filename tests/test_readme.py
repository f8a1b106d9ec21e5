"""What operators are told to write is what the portal reads."""

import re
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text as statement
from sqlmodel import select

from portal import brand, cli, migrations
from portal.auth.brokers import BrokerProfile, for_production, load
from portal.contracts.models import Contract
from portal.kit.db import Database
from portal.settings import Settings
from tests.postgres import as_url
from tests.settings import DATA_KEYS

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "first-customer.md").read_text(encoding="utf-8")
PAGES = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))


def blocks(kind):
    """(what stands after the kind, text) of each fenced block of a kind in the guide to the first customer."""
    return re.findall(rf"^```{kind} ?(\w*)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def toml(beginning):
    """The one TOML block that begins so."""
    [found] = [text for _, text in blocks("toml") if text.startswith(beginning)]
    return found


def test_the_readme_is_read_in_one_sitting():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_the_brand_file_is_read(tmp_path):
    path = tmp_path / "brand.toml"
    path.write_text(toml("company"), encoding="utf-8")
    assert brand.load(path).company == "Esimerkki Energia Oy"


def test_the_broker_profile_is_fit_for_production(tmp_path):
    path = tmp_path / "broker.toml"
    path.write_text(toml("name"), encoding="utf-8")
    assert for_production(load(str(path))).client_id == "your-client-id"


def test_the_broker_profile_is_fit_for_its_test_environment(tmp_path):
    path = tmp_path / "broker.toml"
    path.write_text(re.sub("^# (acr_values|accepted_acr)", r"\1", toml("name"), flags=re.MULTILINE), encoding="utf-8")
    profile = load(str(path))
    assert all("loatest" in acr for acr in (*profile.acr_values, *profile.accepted_acr))
    assert [one.id for one in profile.banks] == ["fi-bank"]


def test_every_field_of_a_profile_is_explained():
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = re.search(r"## The broker's profile\n.*?\n(\| field.*?)\n\n", page, re.DOTALL)[1].splitlines()[2:]
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(told) == sorted(BrokerProfile.model_fields)


def test_the_database_is_made_as_it_says(postgres):
    [script] = [text for _, text in blocks("sql")]
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        for line in script.splitlines():
            connection.execute(line)
    database = Database(as_url(postgres.get_uri("portal")).replace("postgres:@", "portal:secret@"))
    migrations.upgrade(database.engine)
    assert migrations.state(database.engine) is migrations.SchemaState.CURRENT
    with database.reading() as db:
        assert db.execute(statement("SELECT current_user")).scalar_one() == "portal"
    database.engine.dispose()
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE portal")
        connection.execute("DROP ROLE portal")


def test_the_broker_profile_may_have_plain_http_where_it_says(tmp_path):
    path = tmp_path / "broker.toml"
    trial = re.sub("^# (acr_values|accepted_acr|allow_http)", r"\1", toml("name"), flags=re.MULTILINE)
    path.write_text(trial.replace("https://broker.example.fi", "http://localhost:5555"), encoding="utf-8")
    assert load(str(path)).allow_http


def test_the_settings_file_is_taken(tmp_path):
    [script] = [text for _, text in blocks("sh") if "PORTAL_ENV" in text]
    told = subprocess.run(
        ["sh", "-e", "-c", f"{script.replace('/etc/portal', str(tmp_path))}\nenv"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (tmp_path / "settings").stat().st_mode & 0o077 == 0
    (tmp_path / "brand.toml").write_text(toml("company"), encoding="utf-8")
    settings = Settings.from_environment(dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line))
    assert (settings.dangers, settings.made_up) == ((), ())


def test_the_readings_that_the_feeds_page_shows_are_taken_in(tmp_path, sqlite_url, monkeypatch, capsys):
    page = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    (tmp_path / "readings.csv").write_text(re.search(r"```csv\n(.*?)```", page, re.DOTALL)[1], encoding="utf-8")
    monkeypatch.setenv("PORTAL_DATABASE_URL", sqlite_url)
    assert cli.main(["import", "--create-points", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "accepted=2 unchanged=0 refused=0"


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


def anchors(page):
    """What a page's headings can be linked by."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_links_to_is_there(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if "://" in path or path.startswith("/"):  # elsewhere, or in a text of the portal
            continue
        there = page.parent / path if path else page
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


def test_the_recipes_name_files_that_are_there():
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:portal|templates|tests|docs)/[^`\s]+)`", recipes)
    assert len(named) > 30
    for name in named:
        assert [*ROOT.glob(re.sub(r"<\w+>", "*", name))], f"CONTRIBUTING.md names {name}, which is not there"


def test_a_page_is_made_of_eight_files():
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [recipe] = re.findall(r"^\*\*A page in a slice\*\*(.+?)^\*\*", recipes, flags=re.MULTILINE | re.DOTALL)
    edited = [name for names in re.findall(r"^\d\. ([^:]+):", recipe, flags=re.MULTILINE) for name in names.split(", ")]
    assert recipe.startswith(" (eight files")
    assert len(edited) == 8, edited
