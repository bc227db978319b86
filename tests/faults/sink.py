"""A mail server with faults that the recipient asks for: `python -m tests.faults.sink PORT FILE`.

FILE gets one line for each mail that the server has accepted (Message-ID and recipient), and is
what the tests compare with. A mail counts as accepted once the final dot was read, even if the
client is dead by then. The part of the address before the `-` names the fault; with the prefix
`once.` it occurs at the first attempt only.
"""

import os
import sys
import time
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

REPLIES = {
    "rcpt451": ("RCPT", b"451 4.3.0 Later\r\n"),
    "rcpt550": ("RCPT", b"550 5.1.1 No such user\r\n"),
    "rcpt421": ("RCPT", b"421 4.3.2 Going down\r\n"),
    "data451": ("DATA", b"451 4.7.1 Greylisted\r\n"),
    "data554": ("DATA", b"554 5.7.1 Not wanted\r\n"),
    "dot451": ("DOT", b"451 4.3.0 Disk full\r\n"),
    "dot554": ("DOT", b"554 5.6.0 Not wanted\r\n"),
}
# Replies that no client understands; the mail was accepted.
NOISE = {
    "garbage": b"\xff\xfe\x00 250\r\n",
    "odd": b"354 Go on\r\n",
    "long": b"250 " + b"x" * 99_999,
}
WAITS = {"silent": 30.0, "slow": 0.5, "brief": 0.05}  # seconds before a reply; a client waits 1 s


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, port: int, path: Path) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.tries: Counter[str] = Counter()


class Conversation(StreamRequestHandler):
    server: Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say(b"220 sink\r\n")
        recipient = fault = ""
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"RCPT":
                recipient = line.split(b"<")[1].split(b">")[0].decode()
                fault = self.fault(recipient)
                if not self.refuses("RCPT", fault):
                    self.say(b"250 OK\r\n")
            elif word == b"DATA":
                if not self.refuses("DATA", fault):
                    self.say(b"354 Go on\r\n")
                    if not self.read(recipient, fault):
                        return
            elif word == b"QUIT":
                self.say(b"221 Bye\r\n")
                return
            else:
                self.say(b"250 OK\r\n")

    def fault(self, recipient: str) -> str:
        name, _, _ = recipient.partition("-")
        once, _, rest = name.partition(".")
        self.server.tries[recipient] += 1
        if once == "once":
            return rest if self.server.tries[recipient] == 1 else ""
        return name

    def refuses(self, step: str, fault: str) -> bool:
        where, reply = REPLIES.get(fault, ("", b""))
        if where == step:
            self.say(reply)
        return where == step

    def read(self, recipient: str, fault: str) -> bool:
        """Read a mail and reply; return whether the connection stays open."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # no final dot, so no mail
            lines.append(line)
            if fault == "bodycut":
                return False
        if self.refuses("DOT", fault):
            return True
        if fault != "lost":
            self.keep(b"".join(lines), recipient)
        return self.answer(fault)

    def answer(self, fault: str) -> bool:
        """Reply to a mail; return whether the connection stays open."""
        time.sleep(WAITS.get(fault, 0))
        if fault in ("cut", "lost", "silent"):
            return False
        while fault == "endless":
            self.wfile.write(b"250-and\r\n")
        self.say(NOISE.get(fault, b"250 Accepted\r\n"))
        return True

    def keep(self, text: bytes, recipient: str) -> None:
        message = message_from_bytes(text, policy=policy.default)
        line = f"{message['Message-ID']} {recipient} {message['Subject']}\n"
        os.write(self.server.file, line.encode())

    def say(self, reply: bytes) -> None:
        try:
            self.wfile.write(reply)
        except OSError:
            return  # the client has gone; an accepted mail stays accepted


if __name__ == "__main__":
    with Server(int(sys.argv[1]), Path(sys.argv[2])) as server:
        server.serve_forever(0.1)
