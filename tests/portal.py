"""The portal that tests open: the real one, put together on a test's database."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from portal import app
from portal.kit.files import Files
from portal.settings import Settings

ROOT = Path(__file__).parent.parent


@cache
def settings():
    """Settings of PORTAL_ENV=test with made-up secrets, the same for a whole run."""
    keys = tempfile.mkdtemp(prefix="portal-keys-")
    atexit.register(shutil.rmtree, keys, ignore_errors=True)
    return Settings.from_environment(
        {"PORTAL_ENV": "test", "PORTAL_BASE_URL": "https://portal.test", "PORTAL_KEYS_DIR": keys}
    )


@cache
def files():
    """The static files."""
    return Files(ROOT / "static")


@cache
def html():
    """The templates in three languages."""
    return app.html(settings(), files())


@cache
def desk():
    """Where people identify themselves, with keys made for this run."""
    return app.desk(settings())


@cache
def routes():
    """Every route of the portal."""
    return tuple(app.routes(desk()))
