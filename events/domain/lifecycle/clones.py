"""Clones: a copy of an event on other days, such as the next edition of an expo."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext_noop

from events.domain.lifecycle import lifecycle
from events.domain.programme import revisions, tree
from events.domain.refusals import Name, Refusal
from events.models import (
    Basis,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    InvitationText,
    ReminderRule,
    Team,
)
from events.models.base import slugs
from events.models.base.locks import hold_tree
from events.values import dates

# Columns that a clone does not take over: it is a new draft of ours, which no report describes.
FRESH: Final = frozenset(
    {
        *revisions.MANAGED,
        "id", "uid", "slug", "status", "cancellation_reason", "origin", "team_id", "edition",
        "parent_id", "after_id", "previous_related_id", "registration_closes_id", "basis",
        "qualifier", "date_text", "start_at", "end_at", "search_key", "vehicle_id",
        "title", "description",  # the columns of the active language
    }
)  # fmt: skip
DETAILS: Final[tuple[type[Model], ...]] = (
    EventOrganisation,
    EventPlace,
    ReminderRule,
    InvitationText,
)
Row = TypeVar("Row", bound=Model)


class NoTeam(Refusal):
    """The event is reported and has no team, and no team was given for the clone."""

    event: Event
    text = gettext_noop("Choose the team that the clone of “%(title)s” belongs to.")

    def words(self, name: Name) -> dict[str, object]:
        return {"title": name(self.event)}


class EditionTaken(Refusal):
    """The series has this edition already."""

    series: EventSeries
    edition: int
    text = gettext_noop("“%(series)s” has an edition %(edition)s already.")


def make(
    *,
    event: Event,
    days: int,
    now: datetime,
    team: Team | None = None,
    series_edition: int | None = None,
) -> Event:
    """Return a draft copy of the event and its programme, `days` later at the same wall times.

    It copies organisations, places, sectors, reminder rules, the texts of invitations and the
    deadline of registration, but no attendees. `series_edition` defaults to the next one of the
    series, `team` to that of the event. Raises NoTeam, EditionTaken, tree.NoSuchTime and what
    `tree.check` raises.
    """
    team = team or event.team
    if team is None:
        raise NoTeam(event)
    with transaction.atomic():
        hold_tree()
        copies: dict[int, Event] = {}
        for row in _originals(event, team):
            edition = _edition(row, series_edition if row == event else None)
            copies[row.pk] = _copy(row, days, team=team, edition=edition)
            if row.parent_id:
                copies[row.pk].parent = copies.get(row.parent_id, row.parent)
            lifecycle.save(event=copies[row.pk], now=now)
            _copy_details(row, copies[row.pk])
        _link(copies, now)
    return copies[event.pk]


def programme_of(*, event: Event, team: Team) -> list[Event]:
    """The parts that are copied along, parents first.

    Left out are parts that were cancelled although the event was not, and parts of other teams,
    each with all that is below it.
    """
    kept = {event.pk: event}
    for part in tree.below(event=event):
        dropped = part.status == Event.Status.CANCELLED != event.status
        if part.parent_id in kept and part.team_id in (None, team.pk) and not dropped:
            kept[part.pk] = part
    return list(kept.values())[1:]


def _originals(event: Event, team: Team) -> list[Event]:
    """The event, its programme and the deadlines of registration, parents first."""
    kept = [Event.objects.get(pk=event.pk), *programme_of(event=event, team=team)]
    deadlines = [row.registration_closes for row in kept if row.registration_closes]
    return list({row.pk: row for row in (*kept, *deadlines)}.values())


def _copy(row: Event, days: int, **changes: Any) -> Event:
    """Return an unsaved draft of the event, `days` later."""
    copy = _again(row, FRESH, origin=Event.Origin.MANAGED, **changes)
    tree.shift(event=copy, by=days * dates.DAY)
    copy.when = replace(copy.when, qualifier="")
    copy.basis = Basis.ENTERED if copy.start_on else ""
    copy.slug = _slug(row, copy)
    return copy


def _again(row: Row, without: Iterable[str], **changes: Any) -> Row:
    """Return an unsaved copy; of a translated text the columns, not that of the active language."""
    names = {column.attname for column in row._meta.concrete_fields} - {*without}
    names -= {name for name in names if f"{name}_en" in names}
    return type(row)(**{name: getattr(row, name) for name in names}, **changes)


def _slug(row: Event, copy: Event) -> str:
    """Return a slug such as ciie-2026 for ciie-2025, with a number if that is taken."""
    stem = row.slug
    if row.start_on and copy.start_on:
        stem = stem.replace(str(row.start_on.year), str(copy.start_on.year))
    return slugs.free(rows=Event.objects.all(), stem=stem)


def _edition(row: Event, wanted: int | None) -> int | None:
    """Return the edition asked for, or else the next one of the series; raise EditionTaken.

    None if the event has no series, or if it has no edition and none is asked for.
    """
    if row.series is None or (row.edition is None and wanted is None):
        return None
    editions = Event.objects.filter(series=row.series)
    if wanted is None:
        return int(editions.aggregate(latest=Max("edition"))["latest"]) + 1
    if editions.filter(edition=wanted).exists():
        raise EditionTaken(row.series, wanted)
    return wanted


def _copy_details(row: Event, copy: Event) -> None:
    copy.sectors.set(row.sectors.all())
    for model in DETAILS:
        for detail in model._default_manager.filter(event=row).order_by("pk"):
            _again(detail, ("id", "event_id"), event=copy).save()


def _link(copies: dict[int, Event], now: datetime) -> None:
    """Link the clones with each other (`after`, deadline) as their originals are linked."""
    links = ("after_id", "registration_closes_id")
    for row in Event.objects.filter(pk__in=copies).order_by("pk"):
        copy = copies[row.pk]
        for name in links:
            if target := copies.get(getattr(row, name)):
                setattr(copy, name, target.pk)
        if copy.after_id or copy.registration_closes_id:
            lifecycle.save(event=copy, now=now)
