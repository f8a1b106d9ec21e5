"""`portal demo`: the portal with made-up people, and a test bank beside it."""

import argparse
import os
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

from portal.cli.arguments import LOOPBACK, Commands, port
from portal.cli.console import DONE, NotDone


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add("demo", "Show the portal with made-up people and a test bank.", "demo --port 8080", run)
    command.add_argument("--host", default=LOOPBACK, help="address to listen at (%(default)s)")
    command.add_argument("--port", type=port, default=8000, help="port of the portal (%(default)s)")
    command.add_argument("--bank-port", type=port, default=8001, help="port of the test bank (%(default)s)")
    command.add_argument(
        "--data", type=Path, default=Path("demo-data"), metavar="DIR", help="where the demo lives (%(default)s)"
    )
    command.add_argument("--fresh", action="store_true", help="forget an earlier demo first")
    command.add_argument("--until", type=_day, metavar="DATE", help="last day with data (yesterday)")


def run(asked: argparse.Namespace) -> int:
    """Make up what is missing, then serve until told to stop."""
    if find_spec("portal.demo") is None:
        raise NotDone("This is the production image, which has no demo; its target `demo` has (README.md)")
    from portal.app import create_app
    from portal.cli.ports import check_free, with_internal_port
    from portal.demo import run as demos
    from portal.kit import clock
    from portal.kit.db import Database
    from portal.kit.jobs import Shift
    from portal.kit.metrics import Meter
    from portal.kit.threads import Threads
    from portal.operating import jobs
    from portal.operating.measures import counting, watch
    from portal.operating.serving import inside

    until = asked.until + timedelta(days=1) if asked.until else clock.day_of(clock.now())
    check_free(asked.host, asked.port, "--port")
    check_free(asked.host, asked.bank_port, "--bank-port")
    if asked.fresh:
        _forget(asked.data)
    demo = demos.Demo(asked.host, asked.port, asked.bank_port, asked.data, until)
    settings, database = demos.prepare(demo, os.environ, print)
    settings, meter, threads = with_internal_port(settings), Meter(), Threads()
    watch(meter, threads)
    served = Database(settings.database_url) if settings.databases.has_roles else database
    app = create_app(settings, served, count=counting(meter), threads=threads)
    with (
        inside(settings, database, lambda: meter.counts, lambda: [os.getpid()]),
        jobs.beside(settings, Shift(database, clock.now)),
    ):
        demos.serve(demo, settings, app, print)
    return DONE


def _forget(folder: Path) -> None:
    """Remove an earlier demo, and nothing that is not one."""
    from portal.demo import run as demos

    if folder.exists() and any(folder.iterdir()) and not (folder / demos.SECRETS).exists():
        raise NotDone(f"{folder} holds something else than a demo; --fresh does not remove it")
    demos.remove(folder)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day such as 2026-11-20") from None
