"""Shorthand for tests of clashes: an office with a house of rooms, and events by their hours."""

from datetime import date, time
from typing import Any

from events.domain.programme import clashes
from events.domain.programme.clashes import Clash
from events.models import Attendee, Event, Person, Place, Team, User
from tests import factories
from tests.factories import days

SHANGHAI = "Asia/Shanghai"


def hours(start: str, end: str = "", *, day: int = 2, **columns: Any) -> dict[str, Any]:
    """Return columns of hours in December 2026: “09:00”, “10:30”; without an end it is unknown."""
    on = date(2026, 12, day)
    values = {"start_on": on, "start_time": time.fromisoformat(start), "end_time": None}
    if end:
        values |= {"end_on": on, "end_time": time.fromisoformat(end)}
    return {"kind": Event.Kind.SESSION, "timezone": SHANGHAI, **values, **columns}


class Office:
    """A team with an organiser, a conference centre with two rooms, and a second team."""

    def __init__(self) -> None:
        self.team: Team = factories.team(name="Ours")
        self.user: User = factories.user(member_of=self.team)
        self.others: Team = factories.team(name="Theirs")
        self.stranger: User = factories.user(member_of=self.others)
        self.city = factories.place(kind=Place.Kind.CITY)
        self.house = factories.place(kind=Place.Kind.VENUE, name="Centre", parent=self.city)
        self.hall = self.room("Hall")
        self.salon = self.room("Salon")

    def room(self, name: str, **columns: Any) -> Place:
        values = {"kind": Place.Kind.ROOM, "parent": self.house, "timezone": "", **columns}
        return factories.place(name=name, **values)

    def event(self, *clock: str, day: int = 2, **columns: Any) -> Event:
        return factories.event(**{"team": self.team, **hours(*clock, day=day, **columns)})

    def whole(self, first: int, last: int | None = None, **columns: Any) -> Event:
        return factories.event(**{"team": self.team, **days(first, last), **columns})

    def attend(self, person: Person | None, *events: Event, **columns: Any) -> list[Attendee]:
        return [factories.attendee(person=person, event=event, **columns) for event in events]

    def of(self, *events: Event, user: User | None = None) -> list[Clash]:
        fresh = User.objects.get(pk=(user or self.user).pk)
        return clashes.of(events=[event.pk for event in events], user=fresh)

    def told(self, *events: Event, user: User | None = None) -> list[tuple[str, bool]]:
        """Return kind and softness of each clash of the events."""
        return [(clash.kind.value, clash.soft) for clash in self.of(*events, user=user)]
