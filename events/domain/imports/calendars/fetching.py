"""A file from an address that somebody gave us, and from nowhere else.

The name is looked up once, each of its addresses must be one of the public internet, and it is
these that we connect to: nobody turns the name to an inner server in between. Nothing is followed.
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

SECONDS: Final = 5.0
LARGEST: Final = 5 * 2**20
PORTS: Final = {"http": 80, "https": 443}
# RFC 6052, 3056, 4380: an inner address of version 4 may hide in these.
TUNNELS: Final = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
SAFE: Final = "!#$%&'()*+,/:;=?@[]~"
AGENT: Final = "Attache-Calendar-Import"

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


class NotFetched(Refusal):
    """Nothing was read from the address."""


class BadAddress(NotFetched):
    """The address is not one of a file on the web, at port 80 or 443, without a password."""

    text = gettext_noop(
        "Write an address that begins with https:// or http://, without a port or password."
    )


class Unknown(NotFetched):
    """The name has no address, or nobody said so in time."""

    text = gettext_noop("There is no server of this name.")


class Inside(NotFetched):
    """The name leads to an address that is not of the public internet."""

    text = gettext_noop("This address does not lie on the public internet.")


class Unreachable(NotFetched):
    """No connection, or one that is not safe."""

    text = gettext_noop("The server does not answer, or its certificate is not valid.")


class TooSlow(NotFetched):
    """Not all of it came within SECONDS."""

    text = gettext_noop("The server takes too long.")


class TooLarge(NotFetched):
    """More bytes than LARGEST."""

    text = gettext_noop("The calendar is larger than %(size)s MB.")

    def words(self, name: Name) -> dict[str, object]:
        return {"size": LARGEST // 2**20}


class Redirected(NotFetched):
    """The server sends us elsewhere."""

    text = gettext_noop("The server refers to another address. Write that one.")


class BadAnswer(NotFetched):
    """The server answers with something else than a file: the status says what."""

    status: int
    text = gettext_noop("The server does not give out the calendar: it answers %(status)s.")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the file lies."""

    is_secure: bool
    host: str
    port: int
    path: str


def look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name."""
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
    seconds: float = SECONDS,
) -> bytes:
    """Return the file at an address; raise NotFetched. webcal: means https:."""
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
    """Return the name of the server, the part of an address that is no secret."""
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
    """Return the IP addresses of the name, all of them public.

    Looking up has no time limit of its own, so it is done aside; who waits too long goes on.
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
    """Whether an IP address belongs to one machine on the public internet."""
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
    """Return a connection to the first of the addresses that takes one."""
    for address in addresses:
        try:
            return connect(address, target.port, seconds / len(addresses))
        except OSError:
            continue
    raise Unreachable


def _secured(
    connection: socket.socket, target: _Target, trust: ssl.SSLContext | None
) -> ssl.SSLSocket:
    """Return the connection encrypted; the certificate must bear the name, not the IP address."""
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
        # What is packed may be far larger than it looks.
        if answer.status != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
            raise BadAnswer(answer.status)
        body = answer.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise TooLarge
        if deadline.is_over or answer.length:
            raise TooSlow
        return body


class _Deadline:
    """Cuts the connection when the time is over, however slowly it drips."""

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
                # Not SSLSocket's own, which forgets the encryption under the reader's hands.
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
