"""The socket that visitors knock at: how it opens, and how it turns newcomers away before it closes.

To close a listening socket cuts every connection that the system has accepted and nobody has taken yet. So the last
thing before it is that no more are accepted, while those who wait are still let in.
"""

import ctypes
import socket
import struct
import sys

# Linux: include/uapi/asm-generic/socket.h, and Documentation/networking/filter.rst for the program.
_SO_ATTACH_FILTER = 26
_FLAGS, _SYN = 13, 0x02  # the byte of a TCP header with its flags (RFC 9293, 3.1), and the flag of one who knocks
_LOAD_BYTE, _JUMP_IF_SET, _RETURN = 0x30, 0x45, 0x06
_NOTHING, _ALL = 0, 0xFFFFFFFF
_WITHOUT_SYN = (
    (_LOAD_BYTE, 0, 0, _FLAGS),
    (_JUMP_IF_SET, 0, 1, _SYN),
    (_RETURN, 0, 0, _NOTHING),
    (_RETURN, 0, 0, _ALL),
)


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 is any free one. Raises OSError where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def take_nobody_new(listening: socket.socket) -> bool:
    """Let nobody new connect, in whichever process the socket is held; who has connected is still let in.

    A newcomer's call is not answered. Their system calls again after a second, and is refused once the socket is
    closed: told before anything was sent. False where the system knows no such thing (it is not Linux, or a sandbox
    that pretends to be): then newcomers are taken until it is closed.
    """
    if sys.platform != "linux":
        return False
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _WITHOUT_SYN))
    where = struct.pack("HP", len(_WITHOUT_SYN), ctypes.addressof(program))
    try:
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, where)
    except OSError:
        return False
    return True
