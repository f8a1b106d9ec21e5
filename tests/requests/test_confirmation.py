"""The confirmation of a request on paper: what it says, as the request stands."""

import io

import pikepdf
import pytest

from portal.kit.feed import ImportContext
from portal.requests.importing import RequestProgress, keep_request_progress
from portal.requests.models import ServiceRequest
from tests import days
from tests.papers import words
from tests.people import vault
from tests.requests.conftest import begin, fill_in, rows, send

pytestmark = pytest.mark.sqlite
ANSWER_BY = "Vastaamme viimeistään"


@pytest.fixture
def sent(aino, home):
    """The page of a request that was sent, of another rhythm of bills."""
    draft = begin(aino.browser, "billing-rhythm", customer=aino.party)
    assert aino.browser.get(f"{draft}/pdf").status_code == 404, "there is nothing to confirm yet"
    fill_in(aino.browser, draft, "quarterly", "15")
    assert send(aino.browser, draft).status_code == 303
    return draft


def test_a_request_is_confirmed_once_it_was_sent(aino, mikko, sent):
    answer = aino.browser.get(f"{sent}/pdf")
    said = words(answer.content)
    for told in ("Palvelupyynnön vahvistus", "Joka kolmas kuukausi", ANSWER_BY):
        assert told in said
    with pikepdf.open(io.BytesIO(answer.content)) as built:
        assert built.Root.MarkInfo.Marked
    assert mikko.browser.get(f"{sent}/pdf").status_code == 404


def test_by_when_we_answer_is_told_until_we_have(aino, database, sent):
    (request,) = rows(database, ServiceRequest)
    done = RequestProgress(request_number=request.number, state="done", at=f"{days.now():%Y-%m-%dT%H:%M:%S.%fZ}")
    with database.writing() as db:
        keep_request_progress(db, [done], ImportContext(vault, days.now()))
    said = words(aino.browser.get(f"{sent}/pdf").content)
    assert "Palvelupyynnön vahvistus" in said
    assert ANSWER_BY not in said
