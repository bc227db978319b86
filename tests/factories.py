"""Valid rows in one line: every argument has a default, any column can be given.

Factories plan and send nothing and raise no SEQUENCE; `lifecycle.save` and `reminders.plan` do.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from delegations.models import Application, Delegation, Nominee
from events.models import (
    Attendee,
    Event,
    EventOrganisation,
    EventPlace,
    EventSeries,
    Membership,
    Organisation,
    Person,
    Place,
    ReminderRule,
    Team,
    User,
)

# The moment of all tests, unless they set another.
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
# The number of rows that counts as many; `make queries` uses more, which takes long.
MANY = int(os.environ.get("ROWS", "12"))
_numbers = count(1)


def number() -> int:
    """Return a new number on every call, for names that must be unique."""
    return next(_numbers)


def team(**columns: Any) -> Team:
    n = number()
    return Team.objects.create(**{"name": f"Team {n}", "slug": f"team-{n}", **columns})


def user(*, member_of: Team | None = None, role: str = "organiser", **columns: Any) -> User:
    """Return a member of the staff, in a team if one is given; the password is `secret`."""
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
    """Return a confirmed public event of a team: 2 December 2026, 09:30 to 17:00 in Shanghai.

    Another precision drops the times of day; a reported event has no team.
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


def hub(**columns: Any) -> EventPlace:
    """Return a hub, a place that joins an event by live stream."""
    values = {"role": EventPlace.Role.HUB, **columns}
    values["event"] = columns.get("event") or event()
    values["place"] = columns.get("place") or place(name="Manila", timezone="Asia/Manila")
    return EventPlace.objects.create(**values)


def attendee(**columns: Any) -> Attendee:
    """Return an attendee who accepted; event and person are made if not given."""
    values = {"partstat": Attendee.Partstat.ACCEPTED, "created_at": NOW, **columns}
    values["event"] = columns.get("event") or event()
    values["person"] = columns["person"] if "person" in columns else person()
    return Attendee.objects.create(**values)


def rule(**columns: Any) -> ReminderRule:
    """Return a rule: one day before, at 09:00 at the event."""
    return ReminderRule.objects.create(**{**columns, "event": columns.get("event") or event()})


def days(first: int, last: int | None = None, **columns: Any) -> dict[str, Any]:
    """Return columns of whole days in December 2026; the last is the first if not given."""
    return {
        "precision": Event.Precision.DAY,
        "start_on": date(2026, 12, first),
        "end_on": date(2026, 12, last or first),
        **columns,
    }


def organiser(event: Event, **columns: Any) -> EventOrganisation:
    """Return the role of an organisation as organiser, which confirming an event requires."""
    values = {"role": EventOrganisation.Role.ORGANISER, **columns}
    body = values.pop("organisation", None) or organisation()
    return EventOrganisation.objects.create(event=event, organisation=body, **values)


def delegation(**columns: Any) -> Delegation:
    """Return a trade mission of a team, 10 to 15 November 2026, that takes applications.

    The deadline is 31 July 2026, 18:00 in Hong Kong. Mission and deadline are made if not given.
    """
    n = number()
    values = {
        "slug": f"delegation-{n}",
        "name_en": f"Delegation {n}",
        "kind": Delegation.Kind.TRADE_MISSION,
        "status": Delegation.Status.RECRUITING,
        "purpose_en": "To meet buyers",
        "quota": 10,
        "team": columns["team"] if "team" in columns else team(),
        **columns,
    }
    home = {"team": values["team"], "timezone": "Asia/Hong_Kong"}
    if "mission" not in columns:
        days = {"start_on": date(2026, 11, 10), "end_on": date(2026, 11, 15)}
        values["mission"] = event(kind="trade_mission", precision="day", **days, **home)
    if "applications_close" not in columns:
        moment = {"start_on": date(2026, 7, 31), "start_time": time(18), "end_time": None}
        values["applications_close"] = event(kind="deadline", **moment, **home)
    return Delegation.objects.create(**values)


def application(*, seats: int = 1, **columns: Any) -> Application:
    """Return a submitted application of an organisation for so many unnamed delegates.

    Each is submitted a minute after the one before.
    """
    n = number()
    values = {"status": "submitted", "submitted_at": NOW + timedelta(minutes=n), **columns}
    if values["status"] == Application.Status.ACCEPTED:
        values = {"confirm_by": NOW + timedelta(days=30), **values}
    if values["status"] == Application.Status.DRAFT:
        values["submitted_at"] = None
    values["delegation"] = columns.get("delegation") or delegation()
    values["organisation"] = columns.get("organisation") or organisation(name=f"Company {n}")
    row = Application.objects.create(**values)
    for seat in range(seats):
        Nominee.objects.create(application=row, label_en=f"Member {n}.{seat + 1}")
    return row
