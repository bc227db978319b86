"""Fetching a file from a URL given by a user, protected against requests to inner servers (SSRF).

The host name is resolved once, all of its addresses must be public, and the connection is made to
one of these addresses. So the name cannot be changed to an inner address in between. Redirects are
not followed.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from django.utils.translation import gettext_noop

from events.domain.refusals import Name, Refusal

TIMEOUT_SECONDS: Final = 5.0
MAX_BYTES: Final = 5 * 2**20
PORTS: Final = {"http": 80, "https": 443}
# IPv6 ranges that embed an IPv4 address, which may be an inner one (RFC 6052, 3056, 4380).
TUNNELS: Final = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
SAFE: Final = "!#$%&'()*+,/:;=?@[]~"
AGENT: Final = "Attache-Calendar-Import"

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


class NotFetched(Refusal):
    """Base of the reasons why nothing was read."""


class BadAddress(NotFetched):
    """The URL is not of http, https or webcal at port 80 or 443, or it contains a user name."""

    text = gettext_noop(
        "Write an address that begins with https:// or http://, without a port or password."
    )


class Unknown(NotFetched):
    """The host name has no address, or the resolver did not answer in time."""

    text = gettext_noop("There is no server of this name.")


class Inside(NotFetched):
    """The host name has an address that is not public."""

    text = gettext_noop("This address does not lie on the public internet.")


class Unreachable(NotFetched):
    """The connection failed, or its certificate is not valid."""

    text = gettext_noop("The server does not answer, or its certificate is not valid.")


class TooSlow(NotFetched):
    """The whole file did not arrive within TIMEOUT_SECONDS."""

    text = gettext_noop("The server takes too long.")


class TooLarge(NotFetched):
    """The file has more than MAX_BYTES bytes."""

    text = gettext_noop("The calendar is larger than %(size)s MB.")

    def words(self, name: Name) -> dict[str, object]:
        return {"size": MAX_BYTES // 2**20}


class Redirected(NotFetched):
    """The server redirects to another URL."""

    text = gettext_noop("The server refers to another address. Write that one.")


class BadAnswer(NotFetched):
    """The status is not 200, or the body is compressed."""

    status: int
    text = gettext_noop("The server does not give out the calendar: it answers %(status)s.")


@dataclass(frozen=True, slots=True)
class _Target:
    """The parts of a URL."""

    is_secure: bool
    host: str
    port: int
    path: str


def look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(entry[4][0]) for entry in found]


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """Return a connection to an IP address."""
    return socket.create_connection((address, port), timeout=seconds)


def fetch(
    *,
    address: str,
    resolve: Resolve = look_up,
    connect: Connect = connect,
    trust: ssl.SSLContext | None = None,
    seconds: float = TIMEOUT_SECONDS,
) -> bytes:
    """Return the file at a URL. Raises NotFetched; webcal: is treated as https:."""
    target = _target(address)
    addresses = _resolved(target, resolve, seconds)
    with _deadline(seconds) as deadline:
        connection = _connected(target, addresses, connect, seconds)
        deadline.watch(connection)
        try:
            if target.is_secure:
                connection = _secured(connection, target, trust)
                deadline.watch(connection)
                connection.do_handshake()
            return _answer(connection, target, deadline)
        except (OSError, http.client.HTTPException) as error:
            raise (TooSlow if deadline.is_over else Unreachable) from error
        finally:
            connection.close()


def host_of(address: str) -> str:
    """Return the host name of a URL; the rest may be secret."""
    return _target(address).host


def _target(address: str) -> _Target:
    try:
        parts = urlsplit(address.strip().replace("webcal://", "https://", 1))
        port = parts.port or PORTS[parts.scheme]
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, KeyError) as error:
        raise BadAddress from error
    if not host or port not in PORTS.values() or "@" in parts.netloc:
        raise BadAddress
    return _Target(parts.scheme == "https", host, port, _path(parts))


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=SAFE)
    return f"{path}?{quote(parts.query, safe=SAFE)}" if parts.query else path


def _resolved(target: _Target, resolve: Resolve, seconds: float) -> list[str]:
    """Return the IP addresses of the host name, all of them public.

    getaddrinfo() has no timeout, so it runs in a thread, which is abandoned after `seconds`.
    """
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(resolve(target.host, target.port))
        except (OSError, UnicodeError):
            found.clear()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    addresses = [] if asking.is_alive() else list(dict.fromkeys(found))
    if not addresses:
        raise Unknown
    if not all(map(is_public, addresses)):
        raise Inside
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is a public unicast address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and (ip.ipv4_mapped or any(ip in tunnel for tunnel in TUNNELS)):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _connected(
    target: _Target, addresses: list[str], connect: Connect, seconds: float
) -> socket.socket:
    """Return a connection to the first address that accepts one."""
    for address in addresses:
        try:
            return connect(address, target.port, seconds / len(addresses))
        except OSError:
            continue
    raise Unreachable


def _secured(
    connection: socket.socket, target: _Target, trust: ssl.SSLContext | None
) -> ssl.SSLSocket:
    """Wrap the connection in TLS; the certificate must be valid for the host name."""
    context = trust or ssl.create_default_context()
    return context.wrap_socket(
        connection, server_hostname=target.host, do_handshake_on_connect=False
    )


def _answer(connection: socket.socket, target: _Target, deadline: "_Deadline") -> bytes:
    talk = http.client.HTTPConnection(target.host, target.port)
    talk.sock = connection
    headers = {"Host": target.host, "User-Agent": AGENT, "Accept": "text/calendar, */*;q=0.1"}
    talk.request("GET", target.path, headers=headers)
    with talk.getresponse() as answer:
        if 300 <= answer.status < 400:
            raise Redirected
        # A compressed body may be far larger than MAX_BYTES when it is unpacked.
        if answer.status != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
            raise BadAnswer(answer.status)
        body = answer.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise TooLarge
        if deadline.is_over or answer.length:
            raise TooSlow
        return body


class _Deadline:
    """Shuts the connection down when the time is over, even if the server keeps sending slowly."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self.connection: socket.socket | None = None
        self.timer = threading.Timer(seconds, self._end)
        self.timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        self.connection = connection
        if self.is_over:
            self._end()

    def _end(self) -> None:
        self.is_over = True
        if self.connection is not None:
            try:
                # SSLSocket.shutdown() drops the TLS object while another thread reads from it.
                socket.socket.shutdown(self.connection, socket.SHUT_RDWR)
            except OSError:
                return


@contextmanager
def _deadline(seconds: float) -> Iterator[_Deadline]:
    deadline = _Deadline(seconds)
    deadline.timer.start()
    try:
        yield deadline
    finally:
        deadline.timer.cancel()
