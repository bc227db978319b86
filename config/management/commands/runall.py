"""The command behind `make run`: all processes of Attaché in one terminal."""

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection

from config import static_files
from config.runtime import preflight, processes, valkey
from config.runtime.supervisor import Child, Supervisor
from events.models import User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that look alike


class Command(BaseCommand):
    """Prepare the data, start all processes, and supervise them until Ctrl-C."""

    help = "Start the web server, worker and beat, with an embedded broker unless REDIS_URL is set."

    def handle(self, *args: Any, **options: Any) -> None:
        self.port = preflight.port(os.environ.get("PORT") or "8000")
        env = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.supervisor = Supervisor(env, settings.BASE_DIR, self.say)
        stop_like_ctrl_c(signal.SIGTERM, signal.SIGHUP)
        try:
            self.bring_up()
            while True:
                self.supervisor.watch(0.5)
        except KeyboardInterrupt:
            self.say("\nStopping ...")
        finally:
            self.supervisor.stop()
        self.say("Stopped.")

    def bring_up(self) -> None:
        preflight.database()
        preflight.schema()
        self.start_broker()
        with self.step("Preparing the database"):
            call_command("migrate", interactive=False, verbosity=0)
        preflight.schema()
        with self.step("Collecting static files"):
            static_files.collect(settings.STATIC_ROOT)
        password = self.make_admin()
        self.load_catalogue(with_sample=bool(password))
        connection.close()
        with self.step("Starting web server, worker and beat"):
            self.start_processes()
        self.show_banner(password)

    def start_broker(self) -> None:
        url = os.environ["REDIS_URL"]
        if url != valkey.url(settings.DATA):
            preflight.broker(url)
            return
        with self.step("Starting the embedded broker"):
            valkey.stop_leftover(settings.DATA)
            child = self.supervisor.add(processes.broker(settings.DATA))
            self.wait_for(child, lambda: valkey.answers(settings.DATA))

    def make_admin(self) -> str:
        """Create the first superuser; return its password, or "" if there is one already."""
        if User.objects.filter(is_superuser=True).exists():
            return ""
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
        User.objects.create_superuser("admin", settings.DEFAULT_FROM_EMAIL, password)
        return password

    def load_catalogue(self, *, with_sample: bool) -> None:
        """Load or refresh the catalogue; the sample mission is loaded on the first start only."""
        report = StringIO()
        with self.step("Loading the catalogue"):
            call_command("seed", sample=with_sample, stdout=report)
        self.say("".join(f"  {line}\n" for line in report.getvalue().splitlines()), ending="")

    def start_processes(self) -> None:
        web = self.supervisor.add(processes.web(self.port))
        self.supervisor.add(processes.worker())
        self.supervisor.add(processes.beat(settings.DATA))
        host = "127.0.0.1" if "127.0.0.1" in settings.ALLOWED_HOSTS else settings.SITE_HOST
        self.wait_for(web, lambda: processes.web_answers(self.port, host))

    def wait_for(self, child: Child, is_ready: Callable[[], bool]) -> None:
        if not self.supervisor.wait_for(child, is_ready, seconds=60):
            raise preflight.Refusal(f"The {child.name} process fails: {child.last_words()}")

    def show_banner(self, password: str) -> None:
        address = f"http://127.0.0.1:{self.port}"
        reset = f"{self.command_line()} changepassword admin"
        login = f"admin, password {password} (shown only now)" if password else "admin"
        mail = f"written to {settings.MAIL_FOLDER}, and listed in the admin under Deliveries"
        if "EMAIL_URL" in os.environ:
            mail = "sent through the server of EMAIL_URL, and listed in the admin under Deliveries"
        self.say(f"""
Attaché is running.

  Calendar        {address}/
  Administration  {address}/admin/
  Log in as       {login}
  New password    {reset}
  Feed            {address}/calendar/public.ics
  Mail            {mail}
  Stop            Ctrl-C
""")

    def command_line(self) -> str:
        """Return the command line of manage.py for the same data folder."""
        folder = settings.DATA
        prefix = "" if folder == settings.BASE_DIR / "var" else f"ATTACHE_DATA={folder} "
        return f"{prefix}.venv/bin/python manage.py"

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        began = time.monotonic()
        self.say(f"{text} ...")
        with preflight.explained():
            yield
        self.say(f"  done in {time.monotonic() - began:.1f} s")

    def say(self, text: str, ending: str = "\n") -> None:
        try:
            self.stdout.write(text, ending=ending)
            self.stdout.flush()
        except BrokenPipeError:  # as in `make run | head`: continue without output
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def stop_like_ctrl_c(*numbers: int) -> None:
    for number in numbers:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup has set SIGHUP to be ignored
            signal.signal(number, signal.default_int_handler)
