"""Valid rows in one line: every argument has a default, any column may be given.

Nothing here plans, sends or raises a sequence; `lifecycle.save` and `reminders.plan` do.
"""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from events.models import (
    Attendee,
    Event,
    EventSeries,
    Membership,
    Organisation,
    Person,
    Place,
    ReminderRule,
    Team,
    User,
)

# The moment at which tests take place unless they say another.
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
_numbers = count(1)


def number() -> int:
    """Return another number on every call, for names that must be unique."""
    return next(_numbers)


def team(**columns: Any) -> Team:
    n = number()
    return Team.objects.create(**{"name": f"Team {n}", "slug": f"team-{n}", **columns})


def user(*, member_of: Team | None = None, role: str = "organiser", **columns: Any) -> User:
    """Return a staff user, in a team when one is given; the password is `secret`."""
    values = {"username": f"user-{number()}", "is_staff": True, "password": "secret", **columns}
    row = User.objects.create_user(**values)
    if member_of:
        Membership.objects.create(user=row, team=member_of, role=role)
    return row


def place(**columns: Any) -> Place:
    values = {"slug": f"place-{number()}", "name": "Shanghai", "timezone": "Asia/Shanghai"}
    return Place.objects.create(**{**values, **columns})


def organisation(**columns: Any) -> Organisation:
    values = {"slug": f"organisation-{number()}", "name": "Invest Promotion Agency"}
    return Organisation.objects.create(**{**values, **columns})


def person(**columns: Any) -> Person:
    n = number()
    values = {
        "slug": f"person-{n}",
        "family_name": "Chan",
        "given_name": "Siu-ming",
        "email": f"person-{n}@example.org",
    }
    return Person.objects.create(**{**values, **columns})


def series(**columns: Any) -> EventSeries:
    return EventSeries.objects.create(**{"slug": f"series-{number()}", "name": "Expo", **columns})


def event(**columns: Any) -> Event:
    """Return a confirmed public event of our own: 2 December 2026, 09:30 to 17:00 in Shanghai.

    Another precision drops the clock times; a reported event has no team.
    """
    values = {
        "slug": f"event-{number()}",
        "title": "Promotion Conference",
        "kind": Event.Kind.PROMOTION_CONFERENCE,
        "status": Event.Status.CONFIRMED,
        "visibility": Event.Visibility.PUBLIC,
        "precision": Event.Precision.TIME,
        "start_on": date(2026, 12, 2),
        "timezone": "Asia/Shanghai",
        "created_at": NOW,
        "changed_at": NOW,
        **columns,
    }
    if values["precision"] == Event.Precision.TIME:
        values = {"start_time": time(9, 30), "end_time": time(17), **values}
    if values.get("origin") != Event.Origin.REPORTED and "team" not in values:
        values["team"] = team()
    return Event.objects.create(**values)


def attendee(**columns: Any) -> Attendee:
    """Return somebody who accepted; event and person are made when not given."""
    values = {"answer": Attendee.Answer.ACCEPTED, "created_at": NOW, **columns}
    values["event"] = columns.get("event") or event()
    values["person"] = columns["person"] if "person" in columns else person()
    return Attendee.objects.create(**values)


def rule(**columns: Any) -> ReminderRule:
    """Return a rule: one day before, at 09:00 at the event."""
    return ReminderRule.objects.create(**{**columns, "event": columns.get("event") or event()})
