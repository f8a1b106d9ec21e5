"""Finds a browser for the tests or installs one: of the system, by its package manager when root, or Playwright's.

`python -m tests.install` says which one the tests will use.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"  # without the window that the others draw though nobody looks: half the processes
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def chromium() -> str | None:
    """The path of the browser for tests; None leaves the choice to Playwright's own download."""
    named = os.environ.get("PORTAL_TEST_CHROMIUM")
    if named:
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


def install() -> str:
    """Make sure that there is a browser; the sentence says which."""
    if chromium() is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium with apt-get ...", flush=True)
        quietly = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "check": False}
        subprocess.run(["apt-get", "update"], **quietly)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for name in (SHELL, "chromium"):
            if chromium() is None:
                wanted = ["apt-get", "install", "-y", "--no-install-recommends", name]
                subprocess.run(wanted, env=environment, **quietly)
    found = chromium()
    if found is None:
        print("No browser on this system; asking Playwright for its own ...", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    return f"Browser for the tests: {found or 'the one of Playwright'}"


if __name__ == "__main__":
    try:
        print(install())
    except subprocess.CalledProcessError:
        sys.exit("No browser could be installed. Install Chromium, or name one with PORTAL_TEST_CHROMIUM.")
