"""An installation of its own: settings, a migrated database, and the real command as a process."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.running import PATIENCE_S

ROOT = Path(__file__).parents[2]


class Installation:
    """The portal as an operator has it: a folder, an environment, and commands."""

    def __init__(self, folder, **environ):
        self.folder, self.port, self.inside = folder, free_port(), free_port()
        self.environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
            "PORTAL_ENV": "test",
            "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.db",
            "PORTAL_INTERNAL_PORT": str(self.inside),
        } | environ

    def run(self, *arguments, **environ):
        """A command that ends by itself."""
        command = [sys.executable, "-m", "portal", *arguments]
        environ = self.environ | environ
        return subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=PATIENCE_S)

    @contextmanager
    def running(self, *arguments):
        """A command that runs until the block ends."""
        command = [sys.executable, "-m", "portal", *arguments]
        log = self.folder / "log"
        with log.open("wb") as said:
            process = subprocess.Popen(command, cwd=self.folder, env=self.environ, stderr=said)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE_S)
            finally:
                process.kill()
                process.wait()

    @contextmanager
    def serving(self, *more):
        """The portal, answering."""
        with self.running("serve", "--port", str(self.port), *more) as process:
            self.wait_until_ready(process)
            yield process

    def wait_until_ready(self, process):
        """Come back as soon as the portal answers."""
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends and process.poll() is None:
            try:
                return self.get("/livez")
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"not served within {PATIENCE_S} s: {(self.folder / 'log').read_text()}")

    def get(self, path, port=None):
        """Status and text of an answer, over a connection of its own."""
        connection = http.client.HTTPConnection(
            "localhost" if port is None else "127.0.0.1", port or self.port, timeout=PATIENCE_S
        )
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture
def installation(tmp_path, empty_sqlite):
    """A portal with an empty, migrated database."""
    shutil.copy(empty_sqlite, tmp_path / "portal.db")
    return Installation(tmp_path)
