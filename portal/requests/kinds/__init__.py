"""Every kind of request, in the order in which they are offered. A kind is a file here and a line below."""

from collections.abc import Mapping
from typing import Any, Final

from portal.requests.kind import Kind
from portal.requests.kinds.billing_rhythm import BILLING_RHYTHM
from portal.requests.kinds.change_product import CHANGE_PRODUCT
from portal.requests.kinds.correction import CORRECTION
from portal.requests.kinds.due_date import DUE_DATE
from portal.requests.kinds.end import END
from portal.requests.kinds.meter_work import METER_WORK
from portal.requests.kinds.move_in import MOVE_IN
from portal.requests.kinds.payment_plan import PAYMENT_PLAN
from portal.requests.kinds.reading import READING
from portal.requests.kinds.refund_account import REFUND_ACCOUNT
from portal.requests.kinds.withdrawal import WITHDRAWAL

KINDS: Final[tuple[Kind[Any], ...]] = (
    MOVE_IN,
    CHANGE_PRODUCT,
    END,
    WITHDRAWAL,
    DUE_DATE,
    PAYMENT_PLAN,
    BILLING_RHYTHM,
    REFUND_ACCOUNT,
    READING,
    METER_WORK,
    CORRECTION,
)
BY_CODE: Final[Mapping[str, Kind[Any]]] = {kind.code: kind for kind in KINDS}
