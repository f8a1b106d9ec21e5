"""`portal` that is killed at work: `python -m tests.feeds.dying 2 import FILE` dies with its second portion written."""

import os
import signal
import sys

from portal.cli import main
from portal.consumption import recording
from portal.feeds import readings

PORTION = 100  # readings


def dying(at):
    """`record_all` that ends the process after so many times, with all rows written and nothing committed."""
    record_all, lives = recording.record_all, iter(range(1, at))

    def recorded(*told):
        done = record_all(*told)
        if next(lives, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return recorded


if __name__ == "__main__":
    readings.PORTION = PORTION
    recording.record_all = dying(int(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
