"""Where real files from public sources lie; a clone without them skips the tests that read them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real files of ../shared/data are not here")
