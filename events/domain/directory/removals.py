"""What was removed from an event, read from the history, and how it is put back.

Only attendees of whom nothing is recorded and drafts are ever removed, so no mail follows from
putting them back. A row comes back under its own key, with the history that it had.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Model, QuerySet
from django.utils.translation import gettext_noop

from events.domain.access import access
from events.domain.attendance import attendees
from events.domain.lifecycle import lifecycle
from events.domain.refusals import Name, Refusal
from events.models import (
    Attendee,
    Event,
    EventOrganisation,
    EventPlace,
    Person,
    ReminderRule,
    User,
)
from events.models.base import history, slugs
from events.models.base.teams import sees_all

MAX_SHOWN: Final = 100  # removed attendees, and removed parts, that are offered
TOGETHER: Final = timedelta(minutes=1)  # what was removed within it was removed by one deletion
# Details that come back with a part; hubs before attendees, who join there.
DETAILS: Final[tuple[type[Model], ...]] = (EventPlace, EventOrganisation, ReminderRule, Attendee)
# Links among parts, which cannot be set before all are back.
LINKS: Final = ("after_id", "previous_related_id", "registration_closes_id")


class Gone(Refusal):
    """What was removed is back already, or lacks a row without which it cannot stand."""

    event: Event
    text = gettext_noop(
        "This cannot be put back into “%(event)s”: it is back already, or what it needs is gone."
    )

    def words(self, name: Name) -> dict[str, object]:
        return {"event": name(self.event)}


def removed_attendees(*, event: Event, user: User) -> list[Any]:
    """Return the latest record of each attendee who was removed and is not on the list again.

    Attendees of a person whom the user may not see are left out, and so are merged ones.
    """
    records = _removed(Attendee, event=event)
    there = Attendee.objects.filter(event=event).exclude(person=None)
    again = records.filter(person__in=there.values("person")).values("history_id")
    seen = Person.objects.visible_to(user).filter(erased_at=None)
    rows = records.exclude(history_id__in=again)
    known = rows.filter(person__in=seen) | rows.filter(person=None)
    return list(known.order_by("-history_date", "-history_id")[:MAX_SHOWN])


def removed_parts(*, event: Event, user: User) -> list[Any]:
    """Return the latest record of each part that was deleted, for organisers of its team.

    A leg is a row of its mission, which is added there.
    """
    records = _removed(Event, parent=event).exclude(kind=Event.Kind.LEG)
    if not sees_all(user):
        records = records.filter(team__in=access.own_teams(user=user))
    return list(records.order_by("-history_date", "-history_id")[:MAX_SHOWN])


def put_back(*, event: Event, kind: str, number: int, user: User, now: datetime) -> Model:
    """Put back what a record (`number`) of an attendee or a part (`kind`) says was removed.

    Raises Gone, what `attendees.save` raises, and what `lifecycle.save` raises.
    """
    with transaction.atomic():
        lifecycle.hold()
        if kind == Attendee._meta.model_name:
            record = _find(removed_attendees(event=event, user=user), number, event)
            return _put_attendee(record, event, now)
        record = _find(removed_parts(event=event, user=user), number, event)
        parts = list(_put_part(record, event, now))
        _link(parts, now)
        return parts[0][0]


def _removed(model: type[Model], **of: Model) -> QuerySet[Any]:
    """Return the latest record of each removed row, if it was not merged into another."""
    records = history.of(model)
    assert records is not None  # noqa: S101 -- both tables keep a history
    gone = records.filter(history_type="-", **of)
    gone = gone.exclude(id__in=model._default_manager.order_by().values("pk"))
    gone = gone.exclude(history_change_reason__startswith=history.MERGED)
    latest = gone.order_by().values("id").annotate(last=Max("history_id")).values("last")
    return gone.filter(history_id__in=latest)


def _find(records: list[Any], number: int, event: Event) -> Any:
    found = next((record for record in records if record.pk == number), None)
    if found is None:
        raise Gone(event)
    return found


def _put_attendee(record: Any, event: Event, now: datetime) -> Attendee:
    attendee: Attendee = _row(record, event)
    attendees.save(attendee=attendee, now=now)
    return attendee


def _put_part(record: Any, parent: Event, now: datetime) -> Iterator[tuple[Event, Any]]:
    """Store a part as the draft that it was, with its details, then its own parts.

    Yields each with its record.
    """
    part: Event = _row(record, parent)
    part.slug = slugs.free(rows=Event.objects.all(), stem=part.slug)
    lifecycle.save(event=part, now=now)
    for model in DETAILS:
        for detail in _with(record, _removed(model, event=part)):
            _row(detail, part).save()
    yield part, record
    for below in _with(record, _removed(Event, parent=part)):
        yield from _put_part(below, part, now)


def _link(parts: Sequence[tuple[Event, Any]], now: datetime) -> None:
    """Set the links of parts to others that came back later."""
    back = {part.pk for part, _record in parts}
    for part, record in parts:
        links = {name: getattr(record, name) for name in LINKS}
        lost = {name: key for name, key in links.items() if key in back}
        if any(getattr(part, name) != key for name, key in lost.items()):
            for name, key in lost.items():
                setattr(part, name, key)
            lifecycle.save(event=part, now=now)


def _with(record: Any, others: QuerySet[Any]) -> Iterator[Any]:
    """Yield the records of what was removed together with the record, in order of the keys."""
    span = (record.history_date - TOGETHER, record.history_date + TOGETHER)
    yield from others.filter(history_date__range=span).order_by("id")


def _row(record: Any, event: Event) -> Any:
    """Return the row of a record, unsaved, without links to rows that are gone. Raises Gone."""
    row = record.instance
    for field in row._meta.concrete_fields:
        key = getattr(row, field.attname)
        if not field.is_relation or key is None:
            continue
        if not QuerySet(field.related_model).filter(pk=key).exists():
            if not field.null or field.name == "person":
                raise Gone(event)
            setattr(row, field.attname, None)
    return row
