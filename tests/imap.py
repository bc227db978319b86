"""A small IMAP server for tests (RFC 3501): one user, one folder, the commands of a fetcher."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PARTIAL = re.compile(r"BODY\.PEEK\[\]<0\.([0-9]+)>")


@dataclass
class Mailbox:
    """The mails in the folder by UID, and the UIDs of those that were read."""

    port: int = 0
    user: str = "calendar@example.org"
    password: str = "se cret"
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"imap://calendar%40example.org:se%20cret@127.0.0.1:{self.port}/Answers%20in"

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[len(self.mails) + 1] = mail


class Session(socketserver.StreamRequestHandler):
    """One client until it disconnects."""

    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self.say("* OK IMAP4rev1 ready")
        for line in self.rfile:
            tag, _space, command = line.decode(errors="replace").strip().partition(" ")
            if command.upper() == "LOGOUT":
                self.say("* BYE", f"{tag} OK done")
                return
            self.say(f"{tag} {self.do(box, command)}")

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def do(self, box: Mailbox, command: str) -> str:
        """Execute a command; return the end of the tagged response."""
        words = re.findall(r'"[^"]*"|\S+', command) or ["?"]
        name = " ".join(words[: 2 if words[0].upper() == "UID" else 1]).upper()
        if name == "CAPABILITY":
            self.say("* CAPABILITY IMAP4REV1")
        elif name == "LOGIN":
            is_right = [each.strip('"') for each in words[1:]] == [box.user, box.password]
            return "OK done" if is_right else "NO [AUTHENTICATIONFAILED] no"
        elif name == "SELECT":
            if words[1] != '"Answers in"':
                return "NO no such folder"
            self.say(f"* {len(box.mails)} EXISTS")
            return "OK [READ-WRITE] done"
        elif name == "UID SEARCH":
            self.say(f"* SEARCH {' '.join(str(key) for key in box.mails if key not in box.seen)}")
        elif name == "UID FETCH":
            self.fetch(box, int(words[2]), command)
        elif name == "UID STORE":
            box.seen.add(int(words[2]))
        else:
            return "BAD command"
        return "OK done"

    def fetch(self, box: Mailbox, key: int, command: str) -> None:
        match = PARTIAL.search(command)
        assert match, command
        body = box.mails[key][: int(match[1])]
        self.wfile.write(b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n" % (key, key, len(body)))
        self.wfile.write(body + b")\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run the server in a thread."""
    with Server(("127.0.0.1", 0), Session) as server:
        box = server.box = Mailbox(port=server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
