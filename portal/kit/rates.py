"""How often a thing may begin that costs something before we know who asks: from one network, and from all.

Counted in memory, by each process for itself: with several workers as many times as there are workers.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Final

MINUTE_S: Final = 60.0
MOST_NETWORKS: Final = 10_000  # kept in mind; who is forgotten begins anew, and the rate of all holds them

# What one holder is usually given: a hosting customer has many IPv4 addresses of a /24, and a phone company spreads one
# person's requests over neighbouring ones; a home has an IPv6 /56 (RIPE-690, 4.2).
IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 56


@dataclass(frozen=True)
class Rate:
    """So many a minute, half of them at once: a token bucket that holds half a minute's worth."""

    a_minute: int

    @property
    def apart_s(self) -> float:
        """How long it takes for one token to come."""
        return MINUTE_S / self.a_minute

    @property
    def room_s(self) -> float:
        """How long an empty bucket takes to be full again; it holds one token at least."""
        return max(self.apart_s, MINUTE_S / 2)


@dataclass(frozen=True)
class Rates:
    """What one network may, and what all together."""

    network: Rate
    everybody: Rate


class Turnstile:
    """Lets through at these rates. It stands in the event loop: not for several threads at once."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates, self._clock = rates, clock
        # Of each bucket we know when it will be full again; one that is full takes no place.
        self._networks: OrderedDict[str, float] = OrderedDict()
        self._everybody = 0.0

    def wait_s(self, address: str | None) -> int:
        """0 for somebody who goes through now; for others the seconds after which they may, and nothing is counted.

        An address that is none, as on a socket file, is counted among everybody only.
        """
        now, name = self._clock(), network(address)
        full_at = 0.0 if name is None else self._networks.get(name, 0.0)
        waits = _lacks(full_at, self._rates.network, now), _lacks(self._everybody, self._rates.everybody, now)
        if max(waits) > 0:
            return math.ceil(max(waits))
        self._everybody = max(self._everybody, now) + self._rates.everybody.apart_s
        if name is not None:
            self._remember(name, max(full_at, now) + self._rates.network.apart_s, now)
        return 0

    def _remember(self, name: str, full_at: float, now: float) -> None:
        self._networks[name] = full_at
        self._networks.move_to_end(name)
        while len(self._networks) > MOST_NETWORKS or next(iter(self._networks.values())) <= now:
            self._networks.popitem(last=False)


def network(address: str | None) -> str | None:
    """The network of an address, as far as one holder's hand usually reaches; None for what is no address."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return str(IPv4Network((int(found), IPV4_PREFIX), strict=False))
    if found.ipv4_mapped is not None:
        return network(str(found.ipv4_mapped))
    return str(IPv6Network((int(found), IPV6_PREFIX), strict=False))


def retry_after_s(seconds: int) -> dict[str, str]:
    """The header that tells a program after how many seconds to come again (RFC 9110, 10.2.3)."""
    return {"Retry-After": str(seconds)}


def _lacks(full_at: float, rate: Rate, now: float) -> float:
    """For how many seconds a bucket has no whole token, zero or less where it has one."""
    return full_at + rate.apart_s - rate.room_s - now
