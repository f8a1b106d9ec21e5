"""A real portal and a real bank on this machine's loopback, and a real browser in front of them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.install import chromium

ROOT = Path(__file__).parent.parent.parent
UNTIL = date(2026, 11, 21)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Demo:
    """Where the portal and the bank answer."""

    portal: str
    bank: str


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def wait_for(address, process, log):
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"the demo ended with {process.returncode}:\n{log.read_text()}")
        try:
            urllib.request.urlopen(address, timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} did not answer within a minute:\n{log.read_text()}")


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo as `make demo` starts it, with its three years of data, on ports of its own."""
    folder = tmp_path_factory.mktemp("demo")
    log = folder / "demo.log"
    port, bank_port = free_port(), free_port()
    command = [sys.executable, "-W", "error", "-m", "portal", "demo"]
    ports = ["--port", str(port), "--bank-port", str(bank_port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, *ports, "--data", str(folder / "data"), "--until", UNTIL.isoformat()],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment | {"PORTAL_ENV": "demo"},
        )
        try:
            wait_for(f"http://localhost:{port}/livez", process, log)
            yield Demo(f"http://localhost:{port}", f"http://localhost:{bank_port}")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="module")
def chrome():
    """A headless Chromium. Playwright keeps an event loop running, which no test of another module may meet."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def page(chrome, demo, request):
    """A page of a new browser, with scripts and without; it fails on anything that the browser complains about."""
    with new_page(chrome, demo, java_script_enabled=request.param) as page:
        yield page


@contextmanager
def new_page(chrome, demo, **options):
    """A page of a new browser; it notes complaints: refused scripts, broken requests, foreign hosts."""
    context = chrome.new_context(base_url=demo.portal, locale="fi-FI", **options)
    complaints = []

    def asked(request):
        if not request.url.startswith((demo.portal, demo.bank, "data:")):
            complaints.append(f"asked {request.url}")

    def said(message):
        if message.type == "error" and not message.location["url"].endswith("/nowhere"):  # a 404 asked for on purpose
            complaints.append(f"{message.text} {message.location['url']}")

    page = context.new_page()
    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", asked)
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert complaints == []


def sign_in(page, name, *, start="/"):
    """Through the bank wall and the test bank, as a person."""
    page.goto(start)
    page.get_by_role("button", name="Testipankki").click()
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/overview")
