"""A real portal and a real bank on this machine's loopback: the demo as `make demo` starts it, on ports of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.days import UNTIL
from tests.ports import free_port

ROOT = Path(__file__).parent.parent
PATIENCE_S = 120  # a bound for what hangs, never a measure: no test asks how fast a machine is
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class DidNotStart(RuntimeError):
    """The demo ended early or did not answer; its words follow."""


@dataclass(frozen=True)
class Demo:
    """Where the portal and the bank answer, and what the demo says meanwhile."""

    portal: str
    bank: str
    log: Path

    @property
    def database(self) -> Path:
        """The file of its SQLite database."""
        return self.log.parent / "data" / "portal.db"


@contextmanager
def demo(folder: Path, *arguments: str, seeded: Path | None = None) -> Iterator[Demo]:
    """The demo, until the block is left. `seeded` is a data folder of another one to start from; it stays as it is.

    Raises DidNotStart, and AssertionError where the demo spoke of a traceback.
    """
    port, bank_port = free_port(), free_port()
    started = Demo(f"http://localhost:{port}", f"http://localhost:{bank_port}", folder / "demo.log")
    data = folder / "data"
    if seeded is not None:
        shutil.copytree(seeded, data)
    where = ["--port", str(port), "--bank-port", str(bank_port), "--data", str(data), "--until", UNTIL.isoformat()]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    with started.log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "portal", "demo", *where, *arguments],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment | {"PORTAL_ENV": "demo", "PORTAL_INTERNAL_PORT": "0"},
        )
        try:
            _wait_for(started, process)
            yield started
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
    assert "Traceback" not in started.log.read_text(), started.log.read_text()


def _wait_for(started: Demo, process: subprocess.Popen) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise DidNotStart(f"the demo ended with {process.returncode}:\n{started.log.read_text()}")
        try:
            urllib.request.urlopen(f"{started.portal}/livez", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise DidNotStart(f"{started.portal} did not answer within {PATIENCE_S} s:\n{started.log.read_text()}")
