"""Where a request comes from: the network of the client, as far as it cannot be made up."""

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

# Who has one address of version 6 has the whole network, and may ask from each of its addresses.
HOME: Final = 64


def of_caller(*, environ: Mapping[str, str], proxies: int) -> str:
    """Return the IPv4 address or the IPv6 network of who asks, behind so many proxies of ours.

    Each proxy adds to X-Forwarded-For whom it has heard; what stands before is a mere claim.
    """
    heard = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    told = heard[-proxies].strip() if 0 < proxies <= len(heard) else ""
    return _network(told) or _network(environ.get("REMOTE_ADDR", ""))


def is_this_machine(*, environ: Mapping[str, str], proxies: int) -> bool:
    """Whether the request comes from this machine, not merely through a proxy on it."""
    heard = environ.get("HTTP_X_FORWARDED_FOR")
    if heard is None:
        return _is_loopback(environ.get("REMOTE_ADDR", ""))
    hops = heard.split(",")
    return 0 < proxies <= len(hops) and _is_loopback(hops[-proxies].strip())


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


def _network(text: str) -> str:
    """Return '' for what is no address, as of a Unix socket."""
    try:
        ip = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((int(ip), HOME), strict=False))
