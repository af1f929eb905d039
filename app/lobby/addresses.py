"""Where a call comes from: the peer, or what trusted proxies in front of us say of it."""

import ipaddress
from collections.abc import Sequence


def client_address(peer: str, forwarded: Sequence[str], *, trusted_proxies: int) -> str:
    """Name the caller's network: an IPv4 address, or the /64 that one IPv6 customer holds.

    `forwarded` are the values of X-Forwarded-For in the order they came. Each trusted proxy adds
    the address it was called from at the end; whatever stands before those was written by the
    caller and is not believed. Without trusted proxies the peer is the caller.
    """
    hops = [hop.strip() for value in forwarded for hop in value.split(",")] + [peer]
    place = max(0, len(hops) - 1 - trusted_proxies)
    return _network(hops[place]) or _network(peer) or peer


def _network(text: str) -> str | None:
    """None for what is no address; a port is left out."""
    host = text.rpartition(":")[0] if text.count(":") == 1 else text
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))
