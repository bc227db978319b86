"""Import a foreign calendar into tentative events of a team."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext, override

from events.domain.ical import parsing
from events.domain.imports.calendars import fetching, foreignevents, imports
from events.domain.imports.calendars.importplans import Choices, Plan
from events.domain.imports.calendars.imports import Calendar
from events.models import Event, Team
from events.models.base import clock
from events.models.base.fields import validate_timezone


class Command(BaseCommand):
    help = "Reads an .ics file or address into tentative events; what you changed here stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FILE|ADDRESS")
        parser.add_argument("--team", required=True, help="the short name of the team")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=dict(settings.LANGUAGES),
            help="in which its texts are written; what is said here is in that of the settings",
        )
        parser.add_argument("--timezone", default=settings.TIME_ZONE)
        parser.add_argument("--kind", default="conference", choices=list(imports.KINDS))
        parser.add_argument("--visibility", default="internal", choices=Event.Visibility.values)

    def handle(self, *args: Any, source: str, dry_run: bool, **options: Any) -> None:
        with override(settings.LANGUAGE_CODE):
            self.read(source, dry_run, options)

    def read(self, source: str, dry_run: bool, options: dict[str, Any]) -> None:
        choices = _choices(options)
        do = imports.preview if dry_run else imports.apply
        try:
            plan = do(calendar=_calendar(source), choices=choices, now=clock.now())
        except (parsing.Unreadable, fetching.NotFetched, foreignevents.TooManyEvents) as error:
            why = f"{type(error).__name__} {error}"
            raise CommandError(f"Refused, nothing was imported: {why}") from error
        self.tell(plan)

    def tell(self, plan: Plan) -> None:
        for row in plan.rows:
            reason = gettext(row.reason) % row.values if row.reason else ""
            words = [row.name, reason, *row.changed]
            words += [f"kept {name}" for name in row.kept]
            words += [f"and {row.parts} of its parts"] if row.parts else []
            self.stdout.write(f"{row.outcome}: {row.title or row.uid} ({row.line}) ".rstrip())
            if any(words):
                self.stdout.write(f"  {' '.join(filter(None, words))}")
        counts = plan.counts().items()
        self.stdout.write(", ".join(f"{number} {outcome}" for outcome, number in counts))


def _choices(options: dict[str, Any]) -> Choices:
    try:
        validate_timezone(options["timezone"])
        team = Team.objects.get(slug=options["team"])
    except ValidationError as error:
        raise CommandError(f"{options['timezone']} is not an IANA time zone.") from error
    except Team.DoesNotExist as error:
        raise CommandError(f"There is no team {options['team']}.") from error
    names = ("language", "timezone", "kind", "visibility")
    return Choices(team=team, **{name: options[name] for name in names})


def _calendar(source: str) -> Calendar:
    if "://" in source:
        return imports.fetch(address=source)
    path = Path(source)
    try:
        with path.open("rb") as file:
            return Calendar(name=path.name[:200], body=file.read(parsing.MAX_BYTES + 1))
    except OSError as error:
        raise CommandError(f"{source} cannot be read: {error.strerror}.") from error
