"""A mission of two legs, and users in all roles, to test who may see and change what."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from delegations.models import Application, Delegate, Delegation, Leg, Nominee
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
    """Parse a table that says what each role may do to each row."""
    lines = [line.split() for line in text.strip().splitlines()]
    assert tuple(lines[0]) == ROLES
    return {name: dict(zip(ROLES, cells, strict=True)) for name, *cells in lines[1:]}


EVENTS = table("""
           organiser  viewer  liaison  secretary  outsider  superuser
mission    changes    sees    sees     sees       –         changes
one        changes    sees    sees     sees       –         changes
one_visit  changes    sees    changes  sees       –         changes
one_cue    changes    –       –        changes    –         changes
two        changes    sees    –        –          –         changes
two_visit  changes    sees    –        –          –         changes
briefing   changes    –       –        changes    –         changes
dinner     changes    sees    –        –          –         changes
fair       changes    sees    –        –          –         changes
draft      changes    sees    –        –          –         changes
shared     sees       sees    sees     sees       sees      changes
foreign    –          –       –        –          –         changes
""")

ATTENDEES = table("""
                   organiser  viewer  liaison  secretary  outsider  superuser
head@mission       changes    sees    –        sees       –         changes
member@mission     changes    sees    –        sees       –         changes
two_only@mission   changes    sees    –        sees       –         changes
head@one           changes    sees    changes  sees       –         changes
member@one         changes    sees    changes  sees       –         changes
unknown@one_cue    changes    –       –        changes    –         changes
two_only@two       changes    sees    –        –          –         changes
at_dinner@dinner   changes    sees    –        –          –         changes
guest@fair         changes    sees    –        –          –         changes
shared@shared      sees       sees    sees     sees       sees      changes
foreign@foreign    –          –       –        –          –         changes
""")

PEOPLE = table("""
           organiser  viewer  liaison  secretary  outsider  superuser
head       changes    sees    sees     sees       –         changes
member     changes    sees    sees     sees       –         changes
two_only   changes    sees    –        sees       –         changes
at_dinner  changes    sees    –        –          –         changes
guest      changes    sees    –        –          –         changes
unknown    changes    sees    –        sees       –         changes
officer    changes    sees    sees     sees       –         changes
secretary  changes    sees    –        sees       –         changes
shared     sees       sees    sees     sees       sees      changes
foreign    –          –       –        –          –         changes
""")

# Whose phone and mail they may see.
REACHED = table("""
           organiser  viewer  liaison  secretary  outsider  superuser
head       sees       –       sees     sees       –         sees
member     sees       –       sees     sees       –         sees
two_only   sees       –       –        sees       –         sees
at_dinner  sees       –       –        –          –         sees
guest      sees       –       –        –          –         sees
unknown    sees       –       –        sees       –         sees
officer    sees       –       sees     sees       –         sees
secretary  sees       –       –        sees       –         sees
shared     sees       –       –        –          sees      sees
foreign    –          –       –        –          –         sees
""")

DELEGATIONS = table("""
            organiser  viewer  liaison  secretary  outsider  superuser
delegation  changes    sees    sees     sees       –         changes
shared      sees       sees    sees     sees       sees      changes
foreign     –          –       –        –          –         changes
other       changes    sees    –        –          –         changes
""")
LEGS = table("""
     organiser  viewer  liaison  secretary  outsider  superuser
one  changes    sees    sees     sees       –         changes
two  changes    sees    –        –          –         changes
""")
# The member has no chosen leg, so they are on all of them.
DELEGATES = table("""
          organiser  viewer  liaison  secretary  outsider  superuser
head      changes    sees    sees     sees       –         changes
member    changes    sees    sees     –          –         changes
two_only  changes    sees    –        –          –         changes
""")
APPLICATIONS = table("""
      organiser  viewer  liaison  secretary  outsider  superuser
firm  changes    sees    –        –          –         changes
""")

# The text that marks rows which a role may not see; no response to that role may contain it.
MARKS = {
    "organiser": "CANARYO",
    "viewer": "CANARYV",
    "liaison": "CANARYL",
    "secretary": "CANARYS",
}


def marked(name: str, rows: dict[str, dict[str, str]], key: str = "") -> str:
    """Return a text for a row: its name, and the marks of the roles that may not see it."""
    cells = rows[key or name]
    return " ".join([name, *(mark for role, mark in MARKS.items() if cells[role] == NOTHING)])


def rights(user: Any, rows: dict[str, Any]) -> dict[str, str]:
    """Return what the user may do to each of the rows."""
    manager = type(next(iter(rows.values())))._default_manager.all()
    seen, changed = _keys(manager.visible_to(user)), _keys(manager.changeable_by(user))
    return {
        name: CHANGES if row.pk in changed & seen else SEES if row.pk in seen else NOTHING
        for name, row in rows.items()
    }


def rights_of_all(mission: Mission, rows: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return what each role may do to each of the rows, in the form of the tables."""
    by_role = {role: rights(mission.users[role], rows) for role in ROLES}
    return {name: {role: by_role[role][name] for role in ROLES} for name in rows}


def _keys(rows: QuerySet[Model]) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def build(team: Team | None = None) -> Mission:
    """Make a mission of the team; each row is marked for roles that may not see it.

    The liaison officer is assigned to leg one. The head attends the mission and leg one, so neither
    leg two nor the dinner belongs to the day that the secretary manages.
    """
    team = team or factories.team()
    people = _people(team)
    events = _events(team)
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
        applications=_applications(delegation),
    )


def _users(team: Team, people: dict[str, Person]) -> dict[str, User]:
    return {
        "organiser": factories.user(member_of=team, role="organiser"),
        "viewer": factories.user(member_of=team, role="viewer"),
        "liaison": factories.user(member_of=team, role="liaison", person=people["officer"]),
        "secretary": factories.user(member_of=team, role="secretary", person=people["secretary"]),
        "outsider": factories.user(member_of=factories.team(), role="organiser"),
        "superuser": factories.user(is_superuser=True),
    }


def _people(team: Team) -> dict[str, Person]:
    teams = {"shared": None, "foreign": factories.team()}
    return {
        name: factories.person(
            team=teams.get(name, team),
            family_name=marked(name, PEOPLE),
            email=f"{marked(name, REACHED).replace(' ', '.')}@example.org",
        )
        for name in PEOPLE
    }


def _events(team: Team) -> dict[str, Event]:
    """The tree of the mission, an event beside it, a shared one and one of another team."""
    rows: dict[str, Event] = {}

    def add(name: str, parent: str = "", **columns: Any) -> None:
        values = {
            "team": team,
            "title_en": marked(name, EVENTS),
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
    add("one_cue", "one_visit", visibility="internal")
    add("two", "mission", **stay)
    add("two_visit", "two")
    add("briefing", "mission", visibility="internal")
    add("dinner", "mission", audience="invited")
    add("fair", kind="expo", visibility="public")
    add("draft", visibility="public", status="draft")
    add("shared", team=None, origin="reported", visibility="public")
    add("foreign", team=factories.team(), visibility="participants")
    return rows


def _attendees(events: dict[str, Event], people: dict[str, Person]) -> dict[str, Attendee]:
    """The attendees by “person@event”."""
    there: dict[str, dict[str, str]] = {
        "mission": {
            "head": "head", "member": "delegate", "two_only": "delegate", "secretary": "secretary",
        },
        "one": {"head": "head", "member": "delegate", "officer": "liaison"},
        "one_cue": {"unknown": "staff"},
        "two": {"two_only": "delegate"},
        "dinner": {"at_dinner": "delegate"},
        "fair": {"guest": "speaker"},
        "shared": {"shared": "speaker"},
        "foreign": {"foreign": "speaker"},
    }  # fmt: skip
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
    """The head is on leg one, one member on leg two, the other without a chosen leg on both."""
    rows = {
        name: Delegate.objects.create(
            delegation=delegation, person=people[name], label_en=marked(name, DELEGATES)
        )
        for name in DELEGATES
    }
    rows["head"].capacity = Delegate.Capacity.HEAD
    rows["head"].save()
    rows["head"].legs.add(legs["one"])
    rows["two_only"].legs.add(legs["two"])
    return rows


def _applications(delegation: Delegation) -> dict[str, Application]:
    firm = factories.organisation(team=delegation.team, name_en="Firm")
    row = Application.objects.create(
        delegation=delegation, organisation=firm, statement=marked("firm", APPLICATIONS)
    )
    Nominee.objects.create(application=row, label_en=row.statement)
    return {"firm": row}
