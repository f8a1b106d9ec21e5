"""The socket that visitors knock at: whoever got in is heard, whoever did not is told."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from portal.operating.sockets import bound, take_nobody_new
from tests.running import PATIENCE_S

KNOCKS = 40


def turn_away(listening):
    if not take_nobody_new(listening):
        pytest.skip("this system takes newcomers until the socket closes")


def knock(port):
    """What becomes of a visitor: answered, refused before they sent anything, or cut off."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
            connection.sendall(b"?")
            return "answered" if connection.recv(1) == b"!" else "cut off"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "cut off"


def answer_those_who_wait(listening):
    with suppress(TimeoutError):
        while True:
            visitor, _ = listening.accept()
            with visitor:
                visitor.recv(1)
                visitor.sendall(b"!")


def test_who_waits_at_the_door_is_let_in_and_who_comes_later_is_refused():
    with bound("127.0.0.1", 0) as listening:
        listening.settimeout(0.25)
        with socket.create_connection(listening.getsockname()) as waiting:
            turn_away(listening)
            with pytest.raises(TimeoutError):
                socket.create_connection(listening.getsockname(), timeout=0.2)
            let_in, address = listening.accept()
            with let_in:
                assert address == waiting.getsockname()
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize("_", range(4))
def test_nobody_is_cut_off_among_many_who_come_while_the_door_closes(_):
    with bound("127.0.0.1", 0) as listening, ThreadPoolExecutor(KNOCKS) as visitors:
        listening.settimeout(0.25)
        port = listening.getsockname()[1]
        early = [visitors.submit(knock, port) for _ in range(KNOCKS // 2)]
        turn_away(listening)
        late = [visitors.submit(knock, port) for _ in range(KNOCKS // 2)]
        answer_those_who_wait(listening)
        listening.close()
        assert {one.result() for one in early} <= {"answered", "refused"}  # how many of each is chance
        assert {one.result() for one in late} == {"refused"}


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_in_use_is_not_given_twice(host):
    with bound(host, 0) as first, pytest.raises(OSError, match="in use"):
        bound(host, first.getsockname()[1])
