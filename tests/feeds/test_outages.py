"""The feed of outages: what is taken in, what is told again, what is refused and why."""

import pytest
from sqlmodel import select

from portal.outages.models import Outage, OutageArea, OutageSite
from portal.outages.rules import said_of
from tests.feeds.conftest import row

OPEN = {"state": "ongoing", "ended_at": None}


def standing(database, table):
    with database.reading() as db:
        return db.exec(select(table)).all()


@pytest.fixture
def known(take_in_kinds):
    """A register with a site."""
    take_in_kinds(customers=[row("customers")], sites=[row("sites")])


def test_an_outage_is_told_again_until_it_is_over(known, take_in, database):
    began = row("outages", **OPEN)
    assert take_in("o.jsonl", began).last == "accepted=1 unchanged=0 refused=0"
    assert take_in("o.jsonl", began).last == "accepted=0 unchanged=1 refused=0"
    assert take_in("o.jsonl", row("outages")).last == "accepted=1 unchanged=0 refused=0"
    (outage,) = standing(database, Outage)
    assert (outage.state, said_of(outage.says)) == (
        "restored",
        "restored 2026-11-14T03:20 2026-11-14T18:00 2026-11-14T17:05",
    )
    assert outage.told is None  # customers are written to by `portal jobs`


def test_its_areas_and_sites_are_the_whole_list(known, take_in, database):
    take_in("o.jsonl", row("outages", postcodes=["20100", "20200"]))
    assert take_in("o.jsonl", row("outages", postcodes=["20200"], site_numbers=[])).last.startswith("accepted=1")
    assert [area.postcode for area in standing(database, OutageArea)] == ["20200"]
    assert standing(database, OutageSite) == []


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"site_numbers": ["999"]}, "unknown site 999"),
        ({"state": "ongoing"}, "ended_at: is told of an outage that is restored, and of no other"),
        ({"ended_at": None}, "ended_at: is told of an outage that is restored, and of no other"),
        ({"ended_at": "2026-11-14T03:19:59Z"}, "ended_at is before starts_at"),
        ({"expected_until": "2026-11-14T03:19:59Z"}, "expected_until is before starts_at"),
        ({"postcodes": [], "site_numbers": []}, "names neither postcodes nor site_numbers; say where the outage is"),
        ({"postcodes": ["20100", "20100"]}, "postcodes: names one twice"),
        ({"site_numbers": ["500001", "500001"]}, "site_numbers: names one twice"),
        ({"ended_at": "2198-01-01T00:00:00Z"}, "ended_at: lies in the future; send expected_until until energy flows"),
        (
            {**OPEN, "starts_at": "2198-01-01T00:00:00Z", "expected_until": None},
            'starts_at: lies in the future; an outage that is to come has the state "announced"',
        ),
        ({"energy": "production"}, "energy"),
        ({"state": "over"}, "state"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(known, take_in, tmp_path, database, changes, reason):
    answer = take_in("o.jsonl", row("outages", **changes))
    assert (answer.code, answer.last) == (1, "accepted=0 unchanged=0 refused=1")
    assert reason in (tmp_path / "feeds" / "o.jsonl.refused.csv").read_text(encoding="utf-8").replace('""', '"')
    assert standing(database, Outage) == []
