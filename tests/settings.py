"""The settings that tests run with."""

import atexit
import base64
import shutil
import tempfile
from functools import cache

from portal.installation import Installation
from portal.kit.crypto import Vault
from portal.settings import Settings

DATA_KEYS = {
    "PORTAL_DATA_KEYS": base64.b64encode(b"d" * 32).decode(),
    "PORTAL_INDEX_KEY": base64.b64encode(b"i" * 32).decode(),
}
PAYMENTS = {
    "PORTAL_PAYMENT_PROVIDER": "demo",
    "PORTAL_PAYMENT_ADDRESS": "https://pay.test/checkout",
    "PORTAL_PAYMENT_ACCOUNT": "375900",
    "PORTAL_PAYMENT_SECRET": "of-both-sides" * 3,
}
PASSWORDS = {"PORTAL_WAYS": "password, passkey", "PORTAL_PEPPER": base64.b64encode(bytes(range(32))).decode()}


@cache
def settings():
    """Settings of PORTAL_ENV=test. Each worker has the same data keys, so that all can read one seeded database."""
    keys = tempfile.mkdtemp(prefix="portal-keys-")
    atexit.register(shutil.rmtree, keys, ignore_errors=True)
    return Settings.from_environment(
        {
            "PORTAL_ENV": "test",
            "PORTAL_BASE_URL": "https://portal.test",
            "PORTAL_KEYS_DIR": keys,
            **DATA_KEYS,
            **PAYMENTS,
            **PASSWORDS,
        }
    )


@cache
def installation():
    """The installation that tests stand in; nobody keeps anything there."""
    from portal import app  # noqa: PLC0415 - the settings are wanted by whoever loads nothing else

    known = settings()
    vault = Vault(known.data_keys, known.index_key)
    return Installation(known.brand, known.base_url, vault, known.payment_terms, app.typesetter(known.brand))
