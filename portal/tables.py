"""Every table of the portal, for foreign keys and migrations."""

import portal.audit.models
import portal.auth.models
import portal.auth.passkeys.models
import portal.auth.passwords.models
import portal.consents.authorisations.models
import portal.consents.models
import portal.consumption.models
import portal.consumption.registers.models
import portal.contracts.models
import portal.customers.models
import portal.feeds.models
import portal.invoices.models
import portal.messages.models
import portal.outages.models
import portal.outbox.models
import portal.payments.models
import portal.privacy.models
import portal.requests.models
import portal.sites.models
import portal.weather.models  # noqa: F401
