"""Previews of imports: a calendar is stored for an hour, until its user confirms the import."""

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

RETENTION: Final = timedelta(hours=1)


class Gone(Refusal):
    """The preview expired, was confirmed, is another user's, or the user lost the team."""

    text = gettext_noop("This preview is no longer there. Choose the calendar again.")


@dataclass(frozen=True, slots=True)
class Preview:
    """A stored calendar that waits for confirmation, and the plan of its import."""

    calendar: ImportPreview
    plan: Plan


def open_file(*, calendar: Calendar, choices: Choices, user: User, now: datetime) -> Preview:
    """Store a calendar for an hour and return the plan of its import.

    Raises what `imports.preview` raises; then nothing is stored.
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
    return Preview(kept, plan)


def open_address(*, address: str, choices: Choices, user: User, now: datetime) -> Preview:
    """The same for the calendar at a URL. Raises fetching.NotFetched as well."""
    calendar = imports.fetch(address=address)
    return open_file(calendar=calendar, choices=choices, user=user, now=now)


def reopen(*, key: str, user: User, now: datetime) -> Preview:
    """Return a preview once more, with the plan of its import as of now. Raises Gone."""
    kept = _kept(key, user, now)
    plan = imports.preview(calendar=_calendar(kept), choices=_choices(kept), now=now)
    return Preview(kept, plan)


def confirm(*, key: str, user: User, now: datetime) -> Plan:
    """Confirm a preview: import it, for a team that the user still runs. Raises Gone."""
    kept = _kept(key, user, now)
    plan = imports.apply(calendar=_calendar(kept), choices=_choices(kept), now=now)
    kept.delete()
    return plan


def _kept(key: str, user: User, now: datetime) -> ImportPreview:
    teams = access.own_teams(user=user).values("pk")
    rows = ImportPreview.objects.filter(user=user, opened_at__gte=now - RETENTION)
    kept = rows.select_related("team").filter(key=key, team__in=teams).first()
    if kept is None:
        raise Gone
    return kept


def _choices(kept: ImportPreview) -> Choices:
    return Choices(
        team=kept.team,
        language=kept.language,
        timezone=kept.timezone,
        kind=kept.kind,
        visibility=kept.visibility,
    )


def _calendar(kept: ImportPreview) -> Calendar:
    return Calendar(name=kept.source, body=bytes(kept.body))


def prune(*, now: datetime) -> int:
    """Delete expired previews, as they may contain other people's data; return how many."""
    number, _rows = ImportPreview.objects.filter(opened_at__lt=now - RETENTION).delete()
    return number
