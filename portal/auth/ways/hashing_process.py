"""The process in which passwords are hashed: it sees neither a password nor a pepper, only what became of both.

`hashing.py` starts it by its path, with nothing of the portal.
"""

import json
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from argon2.exceptions import VerificationError
from argon2.low_level import Type, hash_secret, verify_secret


def main(pipe: str) -> None:
    """Hash, or compare with a hash, what comes through a pipe; an answer that is empty says that it does not fit."""
    with Connection(int(pipe)) as asked, suppress(EOFError):
        while True:
            asked.send_bytes(answer(**json.loads(asked.recv_bytes())).encode())


def answer(secret: str, salt: str, known: str, kib: int, passes: int) -> str:
    """The hash of a secret in hexadecimal digits, with a salt; or the known one, where the secret fits."""
    if not known:
        made = hash_secret(bytes.fromhex(secret), bytes.fromhex(salt), passes, kib, 1, 32, Type.ID)
        return made.decode()
    try:
        verify_secret(known.encode(), bytes.fromhex(secret), Type.ID)
    except VerificationError:
        return ""
    return known


if __name__ == "__main__":
    main(*sys.argv[1:])
