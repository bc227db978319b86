"""Run nginx with docs/nginx.conf, in which only paths and ports are changed."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from django.conf import settings

from tests.calendars.readers import absent
from tests.conftest import process, wait_until

SAMPLE = settings.BASE_DIR / "docs" / "nginx.conf"
# The configuration of a distribution around a site; all files are written below the prefix.
AROUND = """
daemon off;
master_process off;  # one process of our own account, which no orphan survives
pid nginx.pid;
error_log logs/around.log info;
events {{ }}
http {{
    include {types};
    default_type application/octet-stream;
    access_log logs/around.access.log;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include site.conf;
}}
"""
TYPES = "types { text/css css; application/javascript js; image/svg+xml svg; }"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@dataclass(kw_only=True)
class Site:
    """A running nginx: how to send requests to it, and its logs."""

    folder: Path
    pid: int
    secure: int
    plain: int
    trust: ssl.SSLContext = field(repr=False)

    def ask(self, path: str, method: str = "GET", *, plain: bool = False, **headers: str) -> Answer:
        """Send a request without following or decompressing; `a_b` is the header `a-b`."""
        if plain:
            connection = HTTPConnection("127.0.0.1", self.plain, timeout=30)
        else:
            connection = HTTPSConnection("127.0.0.1", self.secure, context=self.trust, timeout=30)
        with closing(connection):
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(
                method, path, skip_host="host" in names, skip_accept_encoding=True
            )
            for name, value in names.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def log(self, count: int) -> list[str]:
        """Return the log lines of so many requests; nginx writes them after it has answered."""
        path = self.folder / "logs" / "attache.access.log"
        wait_until(lambda: path.read_text().count("\n") >= count, seconds=10, log=path)
        lines = path.read_text().splitlines()
        assert len(lines) == count
        return lines

    def everything_logged(self) -> str:
        return "".join(path.read_text() for path in (self.folder / "logs").iterdir())


@contextmanager
def serving(folder: Path, upstream: str) -> Iterator[Site]:
    """Run the sample in front of an application, with its data and logs in the folder."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        raise absent("nginx: install the Debian package nginx-light")
    (folder / "logs").mkdir()
    trust = certify(folder)
    secure, plain = free_port(), free_port()
    (folder / "site.conf").write_text(adapted(folder, upstream, secure, plain))
    (folder / "types").write_text(TYPES)
    (folder / "nginx.conf").write_text(AROUND.format(types=folder / "types"))
    command = [program, "-e", "stderr", "-p", f"{folder}/", "-c", f"{folder}/nginx.conf"]
    with process(command, folder / "output", {"LC_ALL": "C.UTF-8"}) as running:
        wait_until(lambda: running.poll() is not None or answers(plain), log=folder / "output")
        assert running.poll() is None, (folder / "output").read_text()
        yield Site(folder=folder, pid=running.pid, secure=secure, plain=plain, trust=trust)


def adapted(folder: Path, upstream: str, secure: int, plain: int) -> str:
    """Return the sample with its paths below the folder, on loopback ports."""
    text = SAMPLE.read_text()
    for old, new in {
        r"listen 80;": f"listen 127.0.0.1:{plain};",
        r"listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        r"listen \[::\]:[0-9]+( ssl)?;": "",
        r"server 127\.0\.0\.1:8000;": f"server {upstream};",
        r"/etc/letsencrypt/live/events\.example\.org": str(folder),
        r"/var/log/nginx": f"{folder}/logs",
        r"/srv/attache": f"{folder}/data",
    }.items():
        text, count = re.subn(old, new, text)
        assert count, f"{SAMPLE.name} has no {old} any more"
    return text


def certify(folder: Path) -> ssl.SSLContext:
    """Make a certificate for the loopback; return a context that trusts only this one."""
    if not shutil.which("openssl"):
        raise absent("openssl: install the Debian package openssl")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        " -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        " -keyout privkey.pem -out fullchain.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
