"""An environment of their own for those whom we are measured against: DuckDB, Polars and Django."""

import json
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parents[2] / ".bench"
PYTHON = FOLDER / "bin" / "python"
WANTED = HERE / "requirements.txt"


class Missing(Exception):
    """They cannot be installed here; the rows that need them are left out, with this reason."""


def are_there() -> bool:
    """Whether they are installed, as they are wanted now."""
    done = FOLDER / "installed"
    return done.exists() and done.read_text() == WANTED.read_text()


@cache
def python() -> Path:
    """The interpreter of their environment, made and filled at the first call.

    Raises Missing.
    """
    if are_there():
        return PYTHON
    print("Installing DuckDB, Polars and Django for the comparison ...", file=sys.stderr)
    venv.create(FOLDER, with_pip=True)
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        WANTED,
    ]
    if subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
        raise Missing("DuckDB, Polars and Django could not be installed")
    (FOLDER / "installed").write_text(WANTED.read_text())
    return PYTHON


def ask(script: str, *arguments: object) -> dict[str, float]:
    """What one of their scripts measured. Raises Missing."""
    command = [python(), HERE / script, *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
