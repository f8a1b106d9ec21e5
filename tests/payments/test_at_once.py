"""Many who press at once, on either database: one payment begins."""

from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from portal.auth.models import Account
from portal.auth.reach import Reach
from portal.payments import actions
from portal.payments.actions import AlreadyBegun
from tests import days
from tests.people import user

PRESSES = 50


def test_of_fifty_who_press_at_once_one_begins(shop, books, aino):
    with shop.database.reading() as db:
        account = db.exec(select(Account.id)).one()
    who = user(Reach(frozenset({aino.party})), account_id=account)

    def press(_):
        try:
            with shop.database.writing() as db:
                return actions.begin(db, who, books.unpaid, "demo", days.now()).id
        except AlreadyBegun as other:
            return other.attempt_id

    with ThreadPoolExecutor(8) as many:
        led = set(many.map(press, range(PRESSES)))
    [attempt] = shop.attempts
    assert led == {attempt.id}
