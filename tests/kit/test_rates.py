"""Turnstiles: so often from one network, so often in all, and how long who comes too often has to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit import rates
from portal.kit.rates import Rate, Rates, Turnstile, network

RATES = Rates(network=Rate(60), everybody=Rate(120))
HOME, NEIGHBOUR, ELSEWHERE = "192.0.2.7", "192.0.2.200", "198.51.100.7"


class Clock:
    def __init__(self, seconds=1000.0):
        self.seconds = seconds

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def turnstile(clock):
    return Turnstile(RATES, clock)


def test_half_a_minutes_worth_goes_through_at_once_and_then_one_at_a_time(turnstile, clock):
    assert [turnstile.wait_s(HOME) for _ in range(31)] == [0] * 30 + [1]
    clock.seconds += 1
    assert [turnstile.wait_s(HOME) for _ in range(2)] == [0, 1]


def test_who_waits_is_not_counted(turnstile, clock):
    for _ in range(200):
        turnstile.wait_s(HOME)
    clock.seconds += 1
    assert turnstile.wait_s(HOME) == 0


def test_a_network_shares_its_rate_and_another_has_its_own(turnstile):
    assert [turnstile.wait_s(HOME) for _ in range(30)] == [0] * 30
    assert turnstile.wait_s(NEIGHBOUR) == 1
    assert turnstile.wait_s(ELSEWHERE) == 0


def test_many_networks_have_a_rate_together(turnstile, clock):
    came = [turnstile.wait_s(f"192.0.{n}.1") for n in range(61)]
    assert came == [0] * 60 + [1]
    clock.seconds += 0.5
    assert turnstile.wait_s(ELSEWHERE) == 0


@pytest.mark.parametrize("address", [None, "", "testclient", "/run/portal.sock"])
def test_who_has_no_address_is_counted_among_all(turnstile, address):
    assert [turnstile.wait_s(address) for _ in range(61)] == [0] * 60 + [1]


def test_a_rate_below_one_in_half_a_minute_lets_one_through(clock):
    turnstile = Turnstile(Rates(Rate(1), Rate(1)), clock)
    assert [turnstile.wait_s(HOME) for _ in range(2)] == [0, 60]
    clock.seconds += 60
    assert turnstile.wait_s(HOME) == 0


def test_no_more_networks_are_kept_in_mind_than_there_is_room_for(monkeypatch, clock):
    monkeypatch.setattr(rates, "MOST_NETWORKS", 3)
    turnstile = Turnstile(Rates(Rate(60), Rate(60_000)), clock)
    for n in range(10):
        assert [turnstile.wait_s(f"192.0.{n}.1") for _ in range(31)] == [0] * 30 + [1]
    assert [turnstile.wait_s(f"192.0.{n}.1") for n in (9, 8, 7, 6)] == [1, 1, 1, 0]


@given(st.lists(st.floats(0, 20), min_size=1, max_size=200))
def test_never_more_than_a_rate_and_a_half_in_any_minute(pauses):
    clock = Clock()
    turnstile = Turnstile(RATES, clock)
    passed = []
    for pause in pauses:
        clock.seconds += pause
        if turnstile.wait_s(HOME) == 0:
            passed.append(clock.seconds)
    for at in passed:
        assert sum(at <= one < at + 60 for one in passed) <= 91  # one for what is lost in rounding


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("2001:db8:1:300::1", "2001:db8:1:300::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("::1", "::/56"),
        ("127.0.0.1", "127.0.0.0/24"),
        ("localhost", None),
        (None, None),
    ],
)
def test_how_far_one_hand_reaches(address, name):
    assert network(address) == name
