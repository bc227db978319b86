"""The client's network, for rate limits: the part of its address that it cannot forge."""

from collections.abc import Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

# Length of an IPv6 prefix. A client usually has a whole /64, and can use all of its addresses.
HOME: Final = 64


def of_caller(*, environ: Mapping[str, str], proxies: int) -> str:
    """Return the client's IPv4 address or IPv6 network, behind this number of proxies of ours.

    Each proxy appends the address of its peer to X-Forwarded-For; earlier entries may be forged.
    """
    heard = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    told = heard[-proxies].strip() if 0 < proxies <= len(heard) else ""
    return _network(told) or _network(environ.get("REMOTE_ADDR", ""))


def is_this_machine(*, environ: Mapping[str, str], proxies: int) -> bool:
    """Whether the client runs on this machine; a proxy on this machine is not the client."""
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
    """Return the network of an address; '' for other texts, such as the peer of a Unix socket."""
    try:
        ip = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((int(ip), HOME), strict=False))
