"""A mission of two legs and everybody who works on it, to ask who may see and change what."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from delegations.models import Application, Delegate, Delegation, Leg
from events.models import Attendee, Event, Person, Team, User
from tests import factories

ROLES = ("organiser", "viewer", "liaison", "secretary", "outsider", "superuser")
SEES, CHANGES, NOTHING = "sees", "changes", "–"


@dataclass(frozen=True)
class Mission:
    """The rows by name, and a user for each role."""

    team: Team
    users: dict[str, User]
    events: dict[str, Event]
    people: dict[str, Person]
    attendees: dict[str, Attendee]
    delegation: Delegation
    legs: dict[str, Leg]
    delegates: dict[str, Delegate]
    applications: dict[str, Application]


def table(text: str) -> dict[str, dict[str, str]]:
    """Read a table of rows by roles: what each role may do to each row."""
    lines = [line.split() for line in text.strip().splitlines()]
    assert tuple(lines[0]) == ROLES
    return {name: dict(zip(ROLES, cells, strict=True)) for name, *cells in lines[1:]}


def rights(user: Any, rows: dict[str, Any]) -> dict[str, str]:
    """Return what the user may do to each of the rows."""
    manager = type(next(iter(rows.values())))._default_manager.all()
    seen, changed = _keys(manager.visible_to(user)), _keys(manager.changeable_by(user))
    return {
        name: CHANGES if row.pk in changed & seen else SEES if row.pk in seen else NOTHING
        for name, row in rows.items()
    }


def rights_of_all(mission: Mission, rows: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return what each role may do to each of the rows, as the tables say it."""
    by_role = {role: rights(mission.users[role], rows) for role in ROLES}
    return {name: {role: by_role[role][name] for role in ROLES} for name in rows}


def _keys(rows: QuerySet[Model]) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def build(team: Team | None = None, word: str = "") -> Mission:
    """Make a mission of the team; the word stands in every text of what is out of reach.

    The liaison officer looks after leg one. The head attends the mission and leg one, so neither
    leg two nor the dinner is part of the day that the secretary keeps.
    """
    team = team or factories.team()
    people = _people(team, word)
    events = _events(team, word)
    delegation = Delegation.objects.create(
        slug=f"delegation-{factories.number()}",
        name_en="Mission",
        team=team,
        mission=events["mission"],
        kind=Delegation.Kind.TRADE_MISSION,
        quota=20,
    )
    legs = {
        name: Leg.objects.create(delegation=delegation, stay=events[name])
        for name in ("one", "two")
    }
    return Mission(
        team=team,
        users=_users(team, people),
        events=events,
        people=people,
        attendees=_attendees(events, people),
        delegation=delegation,
        legs=legs,
        delegates=_delegates(delegation, people, legs),
        applications=_applications(delegation, word),
    )


def _users(team: Team, people: dict[str, Person]) -> dict[str, User]:
    outsider = factories.user(member_of=factories.team(), role="organiser")
    return {
        "organiser": factories.user(member_of=team, role="organiser"),
        "viewer": factories.user(member_of=team, role="viewer"),
        "liaison": factories.user(member_of=team, role="liaison", person=people["officer"]),
        "secretary": factories.user(member_of=team, role="secretary", person=people["secretary"]),
        "outsider": outsider,
        "superuser": factories.user(is_superuser=True),
    }


def _people(team: Team, word: str) -> dict[str, Person]:
    far = {"two_only", "at_dinner", "guest", "unknown"}
    names = ("head", "member", "two_only", "at_dinner", "guest", "unknown", "officer", "secretary")
    rows = {
        name: factories.person(
            team=team, family_name=f"{word} {name}".strip() if name in far else name
        )
        for name in names
    }
    shared = factories.person(family_name="shared", team=None)
    foreign = factories.person(family_name=f"{word} foreign", team=factories.team())
    return {**rows, "shared": shared, "foreign": foreign}


def _events(team: Team, word: str) -> dict[str, Event]:
    """The tree of the mission, an event beside it, a shared one and another team's."""
    rows: dict[str, Event] = {}

    def add(name: str, parent: str = "", near: bool = True, **columns: Any) -> None:
        values = {
            "team": team,
            "title_en": name if near else f"{word} {name}".strip(),
            "parent": rows.get(parent),
            "visibility": "delegation",
            "kind": "session",
            "end_on": date(2026, 12, 2),
            **columns,
        }
        rows[name] = factories.event(**values)

    stay = {"kind": "leg", "audience": "invited"}
    add("mission", kind="trade_mission")
    add("one", "mission", **stay)
    add("one_visit", "one")
    add("one_cue", "one_visit", near=False, visibility="internal")
    add("two", "mission", near=False, **stay)
    add("two_visit", "two", near=False)
    add("briefing", "mission", near=False, visibility="internal")
    add("dinner", "mission", near=False, audience="invited")
    add("fair", near=False, visibility="public")
    add("draft", near=False, visibility="public", status="draft")
    add("shared", team=None, origin="reported", visibility="public")
    add("foreign", near=False, team=factories.team(), visibility="participants")
    return rows


def _attendees(events: dict[str, Event], people: dict[str, Person]) -> dict[str, Attendee]:
    """Who is where, by “person@event”."""
    there: dict[str, dict[str, str]] = {
        "mission": {"head": "head", "member": "delegate", "two_only": "delegate"},
        "one": {"head": "head", "member": "delegate", "officer": "liaison"},
        "one_cue": {"unknown": "staff"},
        "two": {"two_only": "delegate"},
        "dinner": {"at_dinner": "delegate"},
        "fair": {"guest": "speaker"},
        "shared": {"shared": "speaker"},
        "foreign": {"foreign": "speaker"},
    }
    there["mission"]["secretary"] = "secretary"
    return {
        f"{person}@{event}": factories.attendee(
            event=events[event], person=people[person], role=role
        )
        for event, party in there.items()
        for person, role in party.items()
    }


def _delegates(
    delegation: Delegation, people: dict[str, Person], legs: dict[str, Leg]
) -> dict[str, Delegate]:
    rows = {
        name: Delegate.objects.create(delegation=delegation, person=people[name])
        for name in ("head", "member", "two_only")
    }
    rows["head"].capacity = Delegate.Capacity.HEAD
    rows["head"].save()
    rows["head"].legs.add(legs["one"])
    rows["two_only"].legs.add(legs["two"])
    return rows


def _applications(delegation: Delegation, word: str) -> dict[str, Application]:
    firm = factories.organisation(team=delegation.team, name_en="Firm")
    row = Application.objects.create(
        delegation=delegation, organisation=firm, statement=f"{word} statement"
    )
    return {"firm": row}
