"""The portal that tests open: the real one, put together on a test's database."""

from functools import cache
from pathlib import Path

from portal import app
from tests.settings import settings

ROOT = Path(__file__).parent.parent


def html():
    """The templates in three languages."""
    return app.html(settings().brand)


@cache
def identification():
    """Where people identify themselves, with keys made for this run."""
    return app.identification(settings())


@cache
def routes():
    """Every route of the portal."""
    return tuple(app.routes(settings(), identification(), app.payment_service(settings())))
