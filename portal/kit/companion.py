"""A process beside the portal's own for one kind of work: what hangs, dies or grows there takes nothing else with it.

It runs one of our files by its path, with an empty environment, for that of the portal holds keys; it ends when its
pipe does, which is when nobody holds it any more.
"""

import subprocess
import sys
import weakref
from collections.abc import Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Timer

from portal.kit.errors import Busy


class CompanionGone(Busy):
    """It was too slow, or died."""


class Companion:
    """One process, for as long as somebody holds this; one question at a time."""

    def __init__(self, program: Path, told: Sequence[str] = ()) -> None:
        """Start a program of ours; it is told the number of its pipe, and what else it needs."""
        self._pipe, theirs = Pipe()
        number = theirs.fileno()
        self._process = subprocess.Popen(  # noqa: S603 - our own file, by the interpreter that runs us
            (sys.executable, "-P", str(program), str(number), *told),
            env={},
            pass_fds=[number],
            start_new_session=True,  # Ctrl-C at a terminal is for the portal
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what a crash prints may be personal
        )
        theirs.close()
        self.end = weakref.finalize(self, _ended, self._process, self._pipe)

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def answer(self, asked: bytes, limit_s: float) -> bytes:
        """What it answers within so many seconds.

        Raises CompanionGone; it has ended then.
        """
        watch = Timer(limit_s, self._process.kill)  # ends what waits for it, too
        watch.start()
        try:
            self._pipe.send_bytes(asked)
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            raise CompanionGone from None
        finally:
            watch.cancel()


def _ended(process: "subprocess.Popen[bytes]", pipe: Connection) -> None:
    pipe.close()
    process.kill()
    process.wait()
