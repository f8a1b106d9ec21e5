"""Which hosts are this one: what is said to them crosses no network."""

from ipaddress import ip_address


def is_here(host: str) -> bool:
    """Whether a host is this machine's loopback. No name at all is a socket, or the machine itself."""
    if host in {"", "localhost"}:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
