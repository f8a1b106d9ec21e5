"""The ports that a command listens at: free, or named together with what names another one."""

import os
import socket
from dataclasses import replace

from portal.cli.arguments import LOOPBACK
from portal.cli.console import NotDone, aside
from portal.settings import Environment, Settings


def check_free(host: str, port: int, named_by: str) -> None:
    """Raise NotDone where the port is taken, or not ours to take."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as refused:
        why = os.strerror(refused.errno or 0)  # its own words name the address again
        raise NotDone(f"Port {port} of {host} cannot be used ({why}); {named_by} names another one") from None


def with_internal_port(settings: Settings) -> Settings:
    """The settings, without an internal port where it is taken and this is but a trial."""
    if settings.internal_port == 0:
        return settings
    try:
        check_free(LOOPBACK, settings.internal_port, "PORTAL_INTERNAL_PORT")
    except NotDone as taken:
        if settings.environment is Environment.PRODUCTION:
            raise
        aside(f"{taken}. It is left out now.")
        return replace(settings, internal_port=0)
    return settings
