"""What waits for organisers: kinds of work, each a query for the rows that wait.

The start page counts the rows of each kind, and the list of the table is filtered by the same
query, so both show the same number. `now` is local to the user: its date is their today.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from events.domain.access import access
from events.domain.overview import mails, standings
from events.domain.overview.standings import Standing
from events.domain.programme import clashes
from events.models import Attendee, Delivery, Event, ReminderOccurrence, Reply, Viewer
from events.models.events.events import EventQuerySet
from events.models.people.attendees import AttendeeQuerySet
from events.values import dates

AHEAD: Final = timedelta(days=14)  # in which clashes are urgent
SILENCE: Final = timedelta(days=7)  # after so long without an answer somebody should ask again


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: its name, a label, the table, and which of its rows wait at a moment."""

    name: str
    label: Any
    model: type[Model]
    narrow: Callable[[Any, datetime], Any]


def rows(*, task: Task, user: Viewer, now: datetime) -> QuerySet[Any]:
    """Return the rows that wait for the user, who may change them."""
    return task.narrow(access.changeable(user=user, model=task.model), now)


def _upcoming(rows: EventQuerySet, now: datetime) -> EventQuerySet:
    """Events of ours that are not over."""
    ours = rows.filter(origin=Event.Origin.MANAGED)
    return ours.exclude(rows.ended(now))


def _standing(now: datetime) -> EventQuerySet:
    """Upcoming events to which people can be invited: parts only if they have their own guests."""
    rows = _upcoming(Event.objects.filter(precision__in=dates.EXACT), now)
    own = Q(parent=None) | Q(audience=Event.Audience.INVITED) & ~Q(kind=Event.Kind.LEG)
    return rows.filter(own, status__in=Event.STANDING)


def _answered(rows: AttendeeQuerySet, now: datetime) -> AttendeeQuerySet:
    yesterday = datetime.combine(now.date() - timedelta(days=1), time(), now.tzinfo)
    return rows.filter(answered_at__gte=yesterday)


def _uninvited(rows: AttendeeQuerySet, now: datetime) -> AttendeeQuerySet:
    there = rows.reachable().filter(event__in=_standing(now))
    return standings.among(rows=there, standing=Standing.UNINVITED)


def _silent(rows: EventQuerySet, now: datetime) -> EventQuerySet:
    guests = Attendee.objects.filter(event=OuterRef("pk"))
    sent = Delivery.objects.out().filter(kind=Delivery.Kind.REQUEST, event=OuterRef("pk"))
    asked = sent.filter(
        attendee__partstat=Attendee.Partstat.NEEDS_ACTION, sent_at__lte=now - SILENCE
    )
    heard = guests.filter(answered_at__gt=now - SILENCE)
    there = rows.filter(pk__in=_standing(now))
    return there.filter(Exists(asked), ~Exists(heard))


def _unannounced(rows: EventQuerySet, now: datetime) -> EventQuerySet:
    drafts = rows.filter(status=Event.Status.DRAFT, parent__status__in=Event.STANDING)
    return _upcoming(drafts, now)


def _clashing(rows: EventQuerySet, now: datetime) -> EventQuerySet:
    """Events of the next days that have a clash which nobody has accepted."""
    near = rows.filter(start_at__lt=now + AHEAD).exclude(rows.ended(now)).order_by()
    found = clashes.keys(events=list(near.values_list("pk", flat=True)))
    return rows.filter(pk__in=found)


def _drafts(rows: EventQuerySet, now: datetime) -> EventQuerySet:
    return _upcoming(rows.filter(status=Event.Status.DRAFT, parent=None), now)


def _reminded(rows: EventQuerySet, now: datetime) -> EventQuerySet:
    begin = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    due = ReminderOccurrence.objects.queued().filter(
        due_at__gte=begin, due_at__lt=begin + timedelta(days=1)
    )
    return rows.filter(pk__in=due.values("event"))


def _open(rows: QuerySet[Reply], now: datetime) -> QuerySet[Reply]:
    return rows.filter(state=Reply.State.OPEN)


def _held(rows: QuerySet[Delivery], now: datetime) -> QuerySet[Delivery]:
    return rows.filter(state=Delivery.State.HELD)


def _failed(rows: QuerySet[Delivery], now: datetime) -> QuerySet[Delivery]:
    """Deliveries that failed and would still be of use if they were sent again."""
    return rows.filter(state__in=mails.FAILED, expires_at__gt=now)


ANSWERED: Final = Task("answered", _("answered since yesterday"), Attendee, _answered)
UNINVITED: Final = Task("uninvited", _("listed but not invited"), Attendee, _uninvited)
SILENT: Final = Task("silent", _("no answer for a week"), Event, _silent)
UNANNOUNCED: Final = Task(
    "unannounced", _("not announced, though part of what is"), Event, _unannounced
)
CLASHING: Final = Task("clashing", _("clashing within two weeks"), Event, _clashing)
DRAFTS: Final = Task("drafts", _("drafts to come"), Event, _drafts)
REMINDED: Final = Task("reminded", _("reminded of tomorrow"), Event, _reminded)
REPLIES: Final = Task("replies", _("set aside"), Reply, _open)
HELD: Final = Task("held", _("held back"), Delivery, _held)
FAILED: Final = Task("failed", _("failed, and still of use"), Delivery, _failed)
# In the order in which they are worked off.
TASKS: Final = (
    REPLIES, HELD, FAILED, CLASHING, ANSWERED, UNINVITED, SILENT, UNANNOUNCED, DRAFTS, REMINDED,
)  # fmt: skip
