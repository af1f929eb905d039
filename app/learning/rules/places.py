"""The neighbourhood of an address: wide enough that it names no single customer."""

import ipaddress


def neighbourhood(address: str) -> str | None:
    """The /24 of an IPv4 address, the /48 of an IPv6 one or network; None for what is neither."""
    try:
        network = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return None
    prefix = 24 if network.version == 4 else 48
    if network.prefixlen < prefix:
        return None
    return str(network.supernet(new_prefix=prefix))
