"""Calendars that are looked at before they are imported: kept for an hour, for one user alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from events.domain.access import access
from events.domain.imports.calendars import imports
from events.domain.imports.calendars.importplans import Choices, Plan
from events.domain.imports.calendars.imports import Calendar
from events.domain.refusals import Refusal
from events.models import ImportPreview, User

KEPT_FOR: Final = timedelta(hours=1)


class Gone(Refusal):
    """The calendar was opened too long ago, by somebody else, or is imported already."""

    text = gettext_noop("This preview is no longer there. Choose the calendar again.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A calendar that waits for a yes, and what the yes would do."""

    calendar: ImportPreview
    plan: Plan


def open_file(*, calendar: Calendar, choices: Choices, user: User, now: datetime) -> Opened:
    """Keep a calendar for an hour and say what importing it would do.

    Raises what `imports.preview` raises; then nothing is kept.
    """
    plan = imports.preview(calendar=calendar, choices=choices, now=now)
    kept = ImportPreview.objects.create(
        user=user,
        team=choices.team,
        source=calendar.name,
        body=calendar.body,
        language=choices.language,
        timezone=choices.timezone,
        kind=choices.kind,
        visibility=choices.visibility,
        opened_at=now,
    )
    return Opened(kept, plan)


def open_address(*, address: str, choices: Choices, user: User, now: datetime) -> Opened:
    """The same for what lies at an address; raises fetching.NotFetched besides."""
    calendar = imports.fetch(address=address)
    return open_file(calendar=calendar, choices=choices, user=user, now=now)


def carry_out(*, key: str, user: User, now: datetime) -> Plan:
    """Import what was opened, for a team that the user still runs; raise Gone."""
    teams = access.own_teams(user=user).values("pk")
    rows = ImportPreview.objects.filter(user=user, opened_at__gte=now - KEPT_FOR)
    kept = rows.select_related("team").filter(key=key, team__in=teams).first()
    if kept is None:
        raise Gone
    choices = Choices(
        team=kept.team,
        language=kept.language,
        timezone=kept.timezone,
        kind=kept.kind,
        visibility=kept.visibility,
    )
    calendar = Calendar(name=kept.source, body=bytes(kept.body))
    plan = imports.apply(calendar=calendar, choices=choices, now=now)
    kept.delete()
    return plan


def prune(*, now: datetime) -> int:
    """Forget what was opened too long ago: it may say what is nobody's business here."""
    number, _rows = ImportPreview.objects.filter(opened_at__lt=now - KEPT_FOR).delete()
    return number
