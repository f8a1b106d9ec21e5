"""Until when a contract can be withdrawn from, as its page says it."""

from collections.abc import Sequence
from datetime import date

from portal.contracts.records import HeldContract
from portal.requests.kinds.withdrawal import WITHDRAWAL, last_day
from portal.requests.records import HeldRequest
from portal.requests.rules import State


def still_until(contract: HeldContract, asked: Sequence[HeldRequest], today: date) -> date | None:
    """The last day, where it is not over and nobody has withdrawn, of those requests that were made about it."""
    last = last_day(contract)
    is_granted = any(one.kind.code == WITHDRAWAL.code and one.state in {State.ACCEPTED, State.DONE} for one in asked)
    return None if last is None or today > last or is_granted else last
