"""Read replies to invitations: one mail from standard input, or the new mails of a mailbox."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events.domain.attendance import mailboxes, replies, replymails
from events.models.base import clock


class Command(BaseCommand):
    help = (
        "Reads one mail from its input, as a mail server pipes it; with --mailbox, all that is"
        " new in IMAP_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", action="store_true")

    def handle(self, *args: Any, mailbox: bool, **options: Any) -> None:
        if mailbox:
            self.fetch()
        else:
            raw = sys.stdin.buffer.read(replymails.MAX_MAIL_BYTES + 1)
            row = replies.read(raw=raw, now=clock.now())
            self.stdout.write(f"{row.state} {row.reason}".rstrip())

    def fetch(self) -> None:
        if not settings.IMAP_URL:
            raise CommandError("IMAP_URL is not set (see .env.example).")
        try:
            number = mailboxes.read(url=settings.IMAP_URL, now=clock.now())
        except mailboxes.BadAddress as error:
            raise CommandError("IMAP_URL names no mailbox (see .env.example).") from error
        except mailboxes.NotAnswered as error:
            raise CommandError(f"The mailbox does not answer: {error}") from error
        self.stdout.write(f"read: {number}")
