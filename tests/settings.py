"""The settings that tests run with."""

import atexit
import shutil
import tempfile
from functools import cache

from portal.settings import Settings


@cache
def settings():
    """Settings of PORTAL_ENV=test with made-up secrets, the same for a whole run."""
    keys = tempfile.mkdtemp(prefix="portal-keys-")
    atexit.register(shutil.rmtree, keys, ignore_errors=True)
    return Settings.from_environment(
        {"PORTAL_ENV": "test", "PORTAL_BASE_URL": "https://portal.test", "PORTAL_KEYS_DIR": keys}
    )
