"""What the demo has written: complete, in its time, and in a state that its messages bear out."""

from collections import defaultdict
from datetime import date, timedelta

import pytest

from portal.demo import bulletins
from portal.kit.clock import start_of
from portal.kit.db import Database
from portal.messages.models import Message, MessageThread
from portal.messages.rules import CONTACTS, FRESH

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def threads(empty_sqlite):
    """Each thread with its messages, without those about bills, of which an empty register has none."""
    database = Database(f"sqlite:///{empty_sqlite}")
    with database.reading() as db:
        rows = list(bulletins.rows(db, TODAY))
    database.engine.dispose()
    messages = defaultdict(list)
    for row in rows:
        if isinstance(row, Message):
            messages[row.thread_id].append(row)
    return [(row, messages[row.id]) for row in rows if isinstance(row, MessageThread)]


def test_a_thread_says_what_its_messages_say(threads):
    for thread, messages in threads:
        assert [one.sent_at for one in messages] == sorted(one.sent_at for one in messages)
        assert thread.last_at == messages[-1].sent_at < start_of(TODAY)
        to_read = [one.sent_at for one in messages if one.kind not in {"question", *CONTACTS}]
        assert thread.told_at == (to_read[-1] if to_read else None)
        assert (thread.status == "open") is (messages[-1].kind == "question")
        assert (thread.number is None) is (thread.status is None)
        assert not [one for one in messages if "{" in one.body + thread.subject]


def test_everybody_begins_with_news_of_the_day_before(threads):
    fresh = start_of(TODAY) - FRESH
    news = defaultdict(int)
    for thread, _ in threads:
        news[thread.party_id] += thread.told_at is not None and thread.told_at > fresh
    assert sorted(news.values()) == [1, 2, 2, 2]  # Aino's second is the bill of the register
    newest = [
        max(thread.told_at for thread, _ in threads if thread.party_id == party and thread.told_at) for party in news
    ]
    assert all(start_of(TODAY) - at < timedelta(days=1) for at in newest)
