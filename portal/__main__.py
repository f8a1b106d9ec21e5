"""`python -m portal` is `portal`."""

import sys

from portal.cli import main

sys.exit(main())
