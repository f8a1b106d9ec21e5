"""Real files from public sources, beside the repository. Tests that need them are skipped where they are not."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


def real(name):
    """The path of a real file, such as `datahub/consumption-test.csv`."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real file {name} is not beside this copy of the project")
    return path
