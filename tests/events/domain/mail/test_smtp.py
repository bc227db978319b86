"""The phases of handing in a mail, with real servers on the loopback interface."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from events.domain.mail import smtp
from events.domain.mail.smtp import Connection, Phase, Server, Unavailable
from tests.smtp import Sink, free_port

FOREVER = float("inf")


def send(line: Connection, text: bytes | None = b"Subject: a\r\n\r\nb\r\n", **options: Any) -> Any:
    """Send a mail; return the reply and the noted phases."""
    phases: list[Phase] = []
    reply = line.send(
        sender="office@example.org",
        recipient="guest@example.org",
        body=lambda: text,
        note=phases.append,
        deadline=options.get("deadline", FOREVER),
    )
    return reply, phases


def at(sink: Sink, **options: Any) -> Connection:
    return Connection(Server(host="127.0.0.1", port=sink.port, **options))


def test_each_phase_is_noted_before_it_begins(smtp: Sink) -> None:
    line = at(smtp)
    assert send(line) == ("250 Accepted", [Phase.BODY, Phase.DOT, Phase.ACCEPTED])
    line.quit()
    [envelope] = smtp.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("office@example.org", ["guest@example.org"])


@pytest.mark.parametrize(
    ("text", "received"),
    [
        (b"a\r\n", b"a\r\n"),
        (b"a", b"a\r\n"),
        (b"a\nb\rc\r\n", b"a\r\nb\r\nc\r\n"),
        (b".\r\n..\r\n.a\r\n", b".\r\n..\r\n.a\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_lines_and_dots_arrive_as_they_were(smtp: Sink, text: bytes, received: bytes) -> None:
    line = at(smtp)
    send(line, text)
    line.quit()
    assert smtp.envelopes[0].content == received


def test_a_mail_without_a_body_is_none_and_the_next_one_is_sent(smtp: Sink) -> None:
    line = at(smtp)
    assert send(line, None) == (None, [Phase.BODY])
    send(line)
    line.quit()
    assert len(smtp.envelopes) == 1


def test_after_the_deadline_no_dot_is_sent(smtp: Sink) -> None:
    line, phases = at(smtp), []
    with pytest.raises(Unavailable):
        line.send(
            sender="office@example.org", recipient="guest@example.org", body=lambda: b"a",
            note=phases.append, deadline=time.monotonic() - 1,
        )  # fmt: skip
    assert phases == [Phase.BODY, Phase.DOT, Phase.NOT_DELIVERED]
    assert smtp.envelopes == []


def test_what_the_body_raises_ends_the_mail_before_the_dot(smtp: Sink) -> None:
    def fail() -> bytes:
        raise LookupError("no such row")

    line = at(smtp)
    with pytest.raises(LookupError):
        line.send(
            sender="office@example.org", recipient="guest@example.org", body=fail,
            note=lambda _phase: None, deadline=FOREVER,
        )  # fmt: skip
    send(line)
    line.quit()
    assert len(smtp.envelopes) == 1


def test_a_line_is_used_again_and_made_anew_where_the_server_has_hung_up(smtp: Sink) -> None:
    line = at(smtp)
    send(line)
    first = line.smtp
    send(line)
    assert line.smtp is first
    assert first
    assert first.sock
    first.sock.shutdown(socket.SHUT_RDWR)
    send(line)
    assert line.smtp is not first
    line.quit()
    assert len(smtp.envelopes) == 3


def test_a_line_is_not_used_for_ever(smtp: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.domain.mail.smtp.MAX_MAILS", 2)
    line, used = at(smtp), []
    for _ in range(4):
        send(line)
        used.append(line.smtp)
    line.quit()
    assert used[0] is used[1] is not used[2] is used[3]


def test_tls_that_is_wanted_and_not_offered_is_the_end(smtp: Sink) -> None:
    with pytest.raises(Unavailable):
        send(at(smtp, tls=True))
    assert smtp.envelopes == []


def test_a_certificate_that_nobody_vouches_for_is_the_end(tmp_path: Path) -> None:
    with secure(tmp_path) as sink:
        with pytest.raises(Unavailable, match="certificate"):
            send(at(sink, tls=True))
        assert sink.envelopes == []


@contextmanager
def secure(folder: Path) -> Iterator[Sink]:
    """Run a server with STARTTLS and a self-signed certificate."""
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(
        command.split(),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    sink = Sink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, tls_context=context)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def talking(*replies: bytes) -> Iterator[int]:
    """Run a server that sends these replies in turn, whatever it receives, then disconnects."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            client, _address = server.accept()
            with client, suppress(ConnectionError):
                for reply in replies:
                    client.sendall(reply)
                    client.recv(4096)

        thread = threading.Thread(target=talk)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


HELLO = (b"220 here\r\n", b"250 OK\r\n", b"250 OK\r\n", b"250 OK\r\n")


@pytest.mark.parametrize(
    ("replies", "failure"),
    [
        ((b"421 Going down\r\n",), Unavailable),
        ((b"220 here\r\n", b"250 OK\r\n", b"550 Not you\r\n"), Unavailable),
        ((*HELLO[:3], b"421 Too many\r\n"), Unavailable),
        ((*HELLO[:3], b"452 Too many recipients\r\n"), smtp.Deferred),
        ((*HELLO[:3], b"550 No such user\r\n"), smtp.NoSuchRecipient),
        ((*HELLO, b"451 Later\r\n"), smtp.Deferred),
        ((*HELLO, b"554 Never\r\n"), smtp.Refused),
        ((b"220 " + 20_000 * b"x" + b"\r\n",), Unavailable),
        ((b"\xff\xfe\x00\r\n",), Unavailable),
        ((b"",), Unavailable),
    ],
)
def test_a_refusal_is_told_by_the_step_and_the_class_of_the_reply(
    replies: tuple[bytes, ...], failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "CONNECTING", 1.0)  # the last of them stays silent
    with talking(*replies) as port, pytest.raises(failure) as caught:
        send(Connection(Server(host="127.0.0.1", port=port)))
    assert type(caught.value) is failure
