"""Every slice's keeper of personal data, in the order in which a customer reads what they keep."""

from collections.abc import Sequence
from typing import Final

from portal.audit import privacy as audit
from portal.auth import privacy as auth
from portal.consents import privacy as consents
from portal.consumption import privacy as consumption
from portal.contracts import privacy as contracts
from portal.customers import privacy as customers
from portal.feeds import privacy as feeds
from portal.invoices import privacy as invoices
from portal.kit.privacy import Keeper
from portal.messages import privacy as messages
from portal.outages import privacy as outages
from portal.outbox import privacy as outbox
from portal.payments import privacy as payments
from portal.privacy import privacy as rights
from portal.requests import privacy as requests
from portal.sites import privacy as sites
from portal.weather import privacy as weather

KEEPERS: Final[Sequence[Keeper]] = (
    customers,
    sites,
    contracts,
    weather,
    outages,
    consumption,
    invoices,
    payments,
    messages,
    consents,
    rights,
    requests,
    auth,
    audit,
    outbox,
    feeds,
)
