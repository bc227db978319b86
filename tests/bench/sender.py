"""A worker for `tests/bench/reminders.py`: waits for a line, sends due mails, prints its work."""

import os
import sys

from django.conf import settings

from events.domain.delivery import delivery
from events.domain.mail import transport
from tests.bench import rows
from tests.bench.databases import clocks


def main() -> None:
    settings.EMAIL_BACKEND = transport.SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["SINK"])
    clocks()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    _wall, own, database = clocks()
    while delivery.tick(now=rows.NOW).results:
        pass
    _later, own_after, database_after = clocks()
    sys.stdout.write(f"{(own_after - own + database_after - database) / 1000}\n")


if __name__ == "__main__":
    main()
