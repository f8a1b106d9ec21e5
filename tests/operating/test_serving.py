"""The portal as a process: what it says to those who watch over it, and how it ends."""

import http.client
import json
import os
import re
import signal
import threading
import time

import pytest

from portal import VERSION
from tests.running import PATIENCE_S


class Crowd:
    """Visitors who ask without a pause, each over a new connection, until nobody listens any more."""

    def __init__(self, installation, visitors=4):
        self._installation = installation
        self.lost = []
        self._each_was_answered = threading.Barrier(visitors + 1, timeout=PATIENCE_S)
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(visitors)]

    def __enter__(self):
        """Come back when each has been answered and asks on."""
        for thread in self._threads:
            thread.start()
        self._each_was_answered.wait()
        return self

    def __exit__(self, *_):
        for thread in self._threads:
            thread.join(PATIENCE_S)
        assert not any(thread.is_alive() for thread in self._threads), "somebody still listens"

    def _ask(self):
        assert self._installation.get("/sign-in")[0] == 200
        self._each_was_answered.wait()
        while True:
            try:
                status, _ = self._installation.get("/sign-in")
            except ConnectionRefusedError:
                return  # told before anything was sent
            except (OSError, http.client.HTTPException) as failed:
                self.lost.append(repr(failed))
            else:
                if status != 200:
                    self.lost.append(status)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_portal_tells_of_itself_inside_and_ends_without_losing_a_request(installation, workers):
    with installation.serving("--workers", str(workers)) as process:
        installation.get("/invoices/1f0c7a2e-0000-4000-8000-000000000000?who=Aino")
        tells_of_itself_on_the_internal_port_only(installation)
        with Crowd(installation) as crowd:
            process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert crowd.lost == []
    logs_a_line_of_json_for_each_request(installation)
    says_what_it_is_when_it_starts(installation, workers)


def test_a_worker_that_dies_is_replaced_and_told_of(installation):
    with installation.serving("--workers", "2") as process:
        known = processes_of(installation)
        os.kill(max(known - {process.pid}), signal.SIGKILL)
        ends = time.monotonic() + PATIENCE_S
        while len(now := processes_of(installation)) < len(known) or now == known:
            assert time.monotonic() < ends, now
            time.sleep(0.1)
    assert '"event": "worker", "ended": -9' in (installation.folder / "log").read_text()


def processes_of(installation):
    figures = installation.get("/metrics", installation.inside)[1]
    return {int(number) for number in re.findall(r'resident_memory_bytes{process="(\d+)"}', figures)}


def tells_of_itself_on_the_internal_port_only(installation):
    assert installation.get("/readyz", installation.inside) == (200, "ready\n")
    asked = '\nportal_requests_total{route="/invoices/{id}",status="3xx"} 1\n'
    ends = time.monotonic() + PATIENCE_S
    while asked not in (figures := installation.get("/metrics", installation.inside)[1]):
        assert time.monotonic() < ends, figures
        time.sleep(0.1)  # several processes leave their figures every second
    assert '\nportal_outbox_waiting{kind="letter"} 0\n' in figures
    assert '\nportal_request_seconds_count{route="/invoices/{id}"} 1\n' in figures
    assert '\nportal_request_seconds_bucket{route="/invoices/{id}",le="+Inf"} 1\n' in figures
    assert "\nportal_requests_waiting 0\n" in figures
    assert f'\nportal_info{{version="{VERSION}"}} 1\n' in figures
    for path in ("/readyz", "/metrics"):
        assert installation.get(path)[0] == 404
    assert installation.get("/sign-in", installation.inside)[0] == 404


def says_what_it_is_when_it_starts(installation, workers):
    log = (installation.folder / "log").read_text()
    (begun,) = [json.loads(line) for line in log.splitlines()[1:] if '"event": "serving"' in line]
    told = {name: begun[name] for name in ("at", "workers", "version", "database")}
    at = f"http://127.0.0.1:{installation.port}"
    assert told == {"at": at, "workers": workers, "version": VERSION, "database": "sqlite"}
    assert installation.environ["PORTAL_DATABASE_URL"] not in log


def logs_a_line_of_json_for_each_request(installation):
    lines = [json.loads(line) for line in (installation.folder / "log").read_text().splitlines()[1:]]
    [asked] = [line for line in lines if line.get("route") == "/invoices/{id}"]
    assert set(asked) >= {"time", "level", "log", "request", "method", "route", "status", "ms"}
    assert asked["status"] == 303
    assert "Aino" not in json.dumps(lines)
    assert "1f0c7a2e" not in json.dumps(lines)
