"""A supervisor: starts processes in order, restarts those that end, and stops all of them."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

PR_SET_PDEATHSIG = 1
MAX_PAUSE_SECONDS = 30.0  # seconds: the maximum of the growing delay before a restart
STEADY = 60.0  # seconds after which a process counts as stable again


def die_with_parent() -> None:
    """Make the kernel kill this process when its parent ends; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Child:
    """A process in a group of its own, with a count of its unexpected ends."""

    def __init__(
        self, name: str, command: list[str], *, patience: float = 10.0, quiet: bool = False
    ) -> None:
        """Keep a command; `patience` is the seconds from SIGTERM to SIGKILL.

        The output of a quiet child is shown only if it ends unexpectedly.
        """
        self.name = name
        self.command = command
        self.patience = patience
        self.quiet = quiet
        self.falls = 0
        self.pause = 1.0
        self.resting_until = 0.0
        self.unread = b""
        self.words: deque[str] = deque(maxlen=10)

    def start(self, env: Mapping[str, str], cwd: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603 -- our own commands
            self.command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 -- safe, the supervisor has no threads
        )
        assert self.process.stdout  # noqa: S101 -- for the type checker
        self.output = self.process.stdout
        os.set_blocking(self.output.fileno(), False)
        self.started = time.monotonic()
        self.resting_until = 0.0

    def is_up(self) -> bool:
        return self.process.poll() is None

    def is_resting(self) -> bool:
        return self.resting_until > 0

    def lines(self, chunk: bytes) -> list[str]:
        """Add a chunk of output; return the lines that it completes."""
        *lines, self.unread = (self.unread + chunk).split(b"\n")
        texts = [line.decode(errors="replace") for line in lines]
        self.words.extend(filter(None, texts))
        return texts

    def last_words(self) -> str:
        return self.words[-1] if self.words else "it gives no answer"

    def rest(self) -> float:
        """Schedule the next start after a delay, which doubles each time; return its seconds."""
        if time.monotonic() - self.started > STEADY:
            self.pause = 1.0
        rest, self.pause = self.pause, min(self.pause * 2, MAX_PAUSE_SECONDS)
        self.resting_until = time.monotonic() + rest
        self.falls += 1
        return rest

    def kill(self) -> None:
        """Kill all that is left of its process group, including grandchildren."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """Keeps its children running; stops them in reverse order of their addition."""

    def __init__(self, env: Mapping[str, str], cwd: Path, say: Callable[[str], None]) -> None:
        """Keep the environment and folder of all children, and the function that prints."""
        self.env = env
        self.cwd = cwd
        self.say = say
        self.children: list[Child] = []
        self.selector = selectors.DefaultSelector()

    def add(self, child: Child) -> Child:
        self.start(child)
        self.children.append(child)
        return child

    def start(self, child: Child) -> None:
        child.start(self.env, self.cwd)
        self.selector.register(child.output, selectors.EVENT_READ, child)

    def wait_for(self, child: Child, is_ready: Callable[[], bool], seconds: float) -> bool:
        """Supervise until a child is ready; return False if it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            self.watch(0.1)
            if child.falls or time.monotonic() > deadline:
                return False
        return True

    def watch(self, seconds: float) -> None:
        """Relay output for some seconds, then restart children whose delay is over."""
        self.relay(seconds)
        for child in self.children:
            if child.is_resting():
                self.wake(child)
            elif not child.is_up():
                self.let_rest(child)

    def relay(self, seconds: float) -> None:
        for key, _ in self.selector.select(seconds):
            self.read(key.data)

    def read(self, child: Child) -> None:
        chunk = child.output.read()
        for line in child.lines(chunk or b""):
            if not child.quiet:
                self.say(f"{child.name:>6} | {line}")
        if chunk == b"":  # end of file; None means that there is no output yet
            self.forget(child)

    def forget(self, child: Child) -> None:
        if not child.output.closed:
            self.selector.unregister(child.output)
            child.output.close()

    def let_rest(self, child: Child) -> None:
        self.end(child)
        if child.quiet:
            self.say("\n".join(f"{child.name:>6} | {line}" for line in child.words))
        status = describe(child.process.returncode)
        self.say(f"{child.name} {status}; it starts again in {child.rest():.0f} s")

    def wake(self, child: Child) -> None:
        if time.monotonic() < child.resting_until:
            return
        try:
            self.start(child)
        except OSError as error:
            self.say(f"{child.name} cannot start ({error}); next try in {child.rest():.0f} s")

    def end(self, child: Child) -> None:
        """Kill what is left of a child, and relay the rest of its output."""
        child.kill()
        if not child.output.closed:
            self.read(child)
        self.forget(child)

    def stop(self) -> None:
        """Stop all children, the last added first, and ignore further signals meanwhile."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(self.children):
            child.process.terminate()
            deadline = time.monotonic() + child.patience
            while child.is_up() and time.monotonic() < deadline:
                self.relay(0.05)
            self.end(child)


def describe(status: int) -> str:
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended ({status})"
