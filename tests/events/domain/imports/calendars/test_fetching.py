"""Fetching from URLs: one file, from the public internet only."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from events.domain.imports.calendars import fetching

PUBLIC = "93.184.216.34"
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Internet:
    """A resolver, with a real server behind each public IP address; it records all requests."""

    def __init__(self, port: int, *addresses: str) -> None:
        self.port = port
        self.addresses = list(addresses or [PUBLIC])
        self.looked_up: list[tuple[str, int]] = []
        self.connected: list[tuple[str, int]] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append((host, port))
        return self.addresses

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connected.append((address, port))
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def fetch(self, address: str = "http://example.org/a.ics", **values: Any) -> bytes:
        return fetching.fetch(address=address, resolve=self.resolve, connect=self.connect, **values)


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def server(answer: Answer, certificate: tuple[Path, Path] | None = None) -> Iterator[int]:
    """Run a real HTTP server, or HTTPS with a certificate; yield its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *args: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            running.socket = context.wrap_socket(running.socket, server_side=True)
            running.handle_error = lambda *args: None  # type: ignore[method-assign]
        threading.Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield running.server_address[1]
        finally:
            running.shutdown()


def send(body: bytes = BODY, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def test_a_file_is_read_from_the_address_that_was_looked_up_once() -> None:
    asked = {}

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.update(path=request.path, host=request.headers["Host"])
        send()(request)

    with server(answer) as port:
        internet = Internet(port)
        assert internet.fetch("http://Example.org/my calendar.ics?key=ä&b=1") == BODY
    assert internet.looked_up == [("example.org", 80)]
    assert internet.connected == [(PUBLIC, 80)]
    assert asked == {"path": "/my%20calendar.ics?key=%C3%A4&b=1", "host": "example.org"}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::",
        "fe80::1", "fe80::1%eth0", "fc00::1", "ff0e::1", "::ffff:127.0.0.1",
        "::ffff:93.184.216.34", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
        "2001:db8::1", "not an address",
    ],
)  # fmt: skip
def test_inner_addresses_are_refused_even_beside_a_public_one(address: str) -> None:
    internet = Internet(1, PUBLIC, address)
    with pytest.raises(fetching.Inside):
        internet.fetch()
    assert internet.connected == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"]
)
def test_this_machine_is_refused_however_it_is_spelt(host: str) -> None:
    with pytest.raises((fetching.Inside, fetching.Unknown)):
        fetching.fetch(address=f"http://{host}/")


def test_a_name_that_turns_inwards_after_the_look_up_gains_nothing() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    with server(send()) as port:
        internet = Internet(port)
        body = fetching.fetch(
            address="http://example.org/",
            resolve=lambda host, port: next(answers),
            connect=internet.connect,
        )
    assert body == BODY
    assert internet.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "address",
    [
        "", "a.ics", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/",
        "http://example.org:22/", "http://example.org:8000/", "http://me:secret@example.org/",
        "http://", "https:///x", "http://example.org:99999/", "http://[::1", "http://a..b/",
        f"http://{'a' * 64}.org/",
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_at_its_own_ports_are_read(address: str) -> None:
    internet = Internet(1)
    with pytest.raises(fetching.BadAddress):
        internet.fetch(address)
    assert internet.looked_up == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_followed(status: int) -> None:
    with server(send(b"", status, Location="http://127.0.0.1/")) as port:
        internet = Internet(port)
        with pytest.raises(fetching.Redirected):
            internet.fetch()
    assert len(internet.connected) == 1


@pytest.mark.parametrize("status", [204, 401, 404, 500])
def test_what_is_no_file_is_refused_by_its_status(status: int) -> None:
    with server(send(b"", status)) as port, pytest.raises(fetching.BadAnswer) as refusal:
        Internet(port).fetch()
    assert refusal.value.status == status


def test_what_is_packed_is_not_unpacked() -> None:
    with server(send(Content_Encoding="gzip")) as port, pytest.raises(fetching.BadAnswer):
        Internet(port).fetch()


def test_too_much_is_refused() -> None:
    body = b"x" * (fetching.MAX_BYTES + 1)
    with server(send(body)) as port, pytest.raises(fetching.TooLarge):
        Internet(port).fetch()


def drip_body(request: BaseHTTPRequestHandler) -> None:
    send(b"", Content_Length="1000")(request)
    drip(request)


def drip_head(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(request)


def drip(request: BaseHTTPRequestHandler) -> None:
    try:
        for _ in range(600):
            request.wfile.write(b"x")
            time.sleep(0.1)
    except OSError:
        CUT_OFF.set()


CUT_OFF = threading.Event()


@pytest.mark.parametrize("answer", [drip_body, drip_head])
def test_who_drips_is_cut_off(answer: Answer) -> None:
    CUT_OFF.clear()
    with server(answer) as port:
        with pytest.raises(fetching.TooSlow):
            Internet(port).fetch(seconds=0.5)
        assert CUT_OFF.wait(30)  # half of the time of all pieces


def test_a_name_that_nobody_knows_or_answers_for_is_refused() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    def slow(host: str, port: int) -> list[str]:
        time.sleep(3)
        return [PUBLIC]

    for resolve in (unknown, slow):
        with pytest.raises(fetching.Unknown):
            fetching.fetch(address="http://example.org/", resolve=resolve, seconds=0.3)


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with server(send()) as port:
        internet = Internet(port, "93.184.216.33", PUBLIC)

        def connect(address: str, port: int, seconds: float) -> socket.socket:
            if address != PUBLIC:
                raise ConnectionRefusedError
            return internet.connect(address, port, seconds)

        body = fetching.fetch(
            address="http://example.org/", resolve=internet.resolve, connect=connect
        )
    assert body == BODY


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a self-signed certificate for example.org and its key."""
    if not shutil.which("openssl"):
        pytest.skip("There is no openssl.")
    folder = tmp_path_factory.mktemp("tls")
    paths = (folder / "certificate.pem", folder / "key.pem")
    options = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -addext"
    command = ["openssl", *options.split(), "subjectAltName=DNS:example.org"]
    files = ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return paths


def test_the_certificate_must_bear_the_name(certificate: tuple[Path, Path]) -> None:
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    with server(send(), certificate) as port:
        internet = Internet(port)
        assert internet.fetch("webcal://example.org/a.ics", trust=trust) == BODY
        with pytest.raises(fetching.Unreachable):
            internet.fetch("https://example.com/a.ics", trust=trust)
        with pytest.raises(fetching.Unreachable):
            internet.fetch("https://example.org/a.ics")
    assert internet.connected == [(PUBLIC, 443)] * 3


def test_a_server_without_a_valid_certificate_is_not_read() -> None:
    with server(send()) as port:
        internet = Internet(port)
        with pytest.raises(fetching.Unreachable):
            internet.fetch("webcal://example.org/a.ics")
    assert internet.connected == [(PUBLIC, 443)]
