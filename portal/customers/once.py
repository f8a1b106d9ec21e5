"""What a mandate is once a day: whom one customer lets act, and in what, is told by one mandate."""

from collections.abc import Collection, Iterator
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from portal.customers.importing import MandateEntry
from portal.customers.models import Mandate, Party
from portal.kit.db import table_of
from portal.kit.feed import days_of
from portal.kit.mirror import portions
from portal.kit.once import DatedRow, Key, Once
from portal.kit.ranges import Range

MANDATE, GRANTOR, GRANTEE = table_of(Mandate), table_of(Party).alias(), table_of(Party).alias()
GIVEN: Final = (
    sa.select(GRANTOR.c.customer_number, GRANTEE.c.customer_number, *MANDATE.c["valid_from", "valid_to"])
    .join_from(MANDATE, GRANTOR, MANDATE.c.grantor_id == GRANTOR.c.id)
    .join(GRANTEE, MANDATE.c.grantee_id == GRANTEE.c.id)
)


def _mandate(row: MandateEntry) -> DatedRow:
    return _standing(row.grantor, row.grantee, days_of(row))


def _mandates(db: Session, keys: Collection[Key]) -> Iterator[DatedRow]:
    for some in portions(grantor for grantor, _ in keys):
        for grantor, grantee, first, last in db.execute(GIVEN.where(GRANTOR.c.customer_number.in_(some))):
            if (grantor, grantee) in keys:
                yield _standing(grantor, grantee, Range.of_days(first, last))


def _standing(grantor: str, grantee: str, days: Range) -> DatedRow:
    return DatedRow((grantor, grantee), f"the mandate of {grantor} to {grantee} of {days.start}", days)


def _one_mandate(key: Key) -> str:
    grantor, grantee = key
    return f"customer {grantee} has one mandate of customer {grantor} on a day, for all its themes and sites"


MANDATE_ONCE: Final = Once(_mandate, _mandates, _one_mandate)
