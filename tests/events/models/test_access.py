"""Who may see and change what: a table of roles and rows for each kind of row."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.domain.access import access
from events.models import (
    Appointment,
    Attendee,
    Delivery,
    Event,
    EventPlace,
    Figure,
    Membership,
    Person,
    Place,
    Sector,
    Source,
    Team,
    User,
)
from tests import factories, missions
from tests.events.admin import screens
from tests.missions import (
    ATTENDEES,
    EVENTS,
    PEOPLE,
    REACHED,
    ROLES,
    Mission,
    rights,
    rights_of_all,
    table,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def mission(db: None) -> Mission:
    return missions.build()


def test_events(mission: Mission) -> None:
    assert rights_of_all(mission, mission.events) == EVENTS


def test_attendees(mission: Mission) -> None:
    rows = {name: mission.attendees[name] for name in ATTENDEES}
    assert rights_of_all(mission, rows) == ATTENDEES


def test_people(mission: Mission) -> None:
    rows = {name: mission.people[name] for name in PEOPLE}
    assert rights_of_all(mission, rows) == PEOPLE


def test_phone_and_mail(mission: Mission) -> None:
    reached = {role: set(Person.objects.reached_by(user)) for role, user in mission.users.items()}
    found = {
        name: {role: "sees" if mission.people[name] in reached[role] else "–" for role in ROLES}
        for name in REACHED
    }
    assert found == REACHED


def test_figures_and_places_of_events_follow_their_event(mission: Mission) -> None:
    figures, hubs = {}, {}
    for name, event in mission.events.items():
        figures[name] = screens.figure(None, "figure", event=event)
        hubs[name] = EventPlace.objects.create(event=event, place=factories.place(), role="hub")
    assert rights_of_all(mission, figures) == EVENTS
    assert rights_of_all(mission, hubs) == EVENTS


def test_offices_follow_their_holder(mission: Mission) -> None:
    rows = {
        name: Appointment.objects.create(person=mission.people[name], title_en="Minister")
        for name in PEOPLE
    }
    assert rights_of_all(mission, rows) == PEOPLE


def test_mails_are_for_those_who_run_the_event(mission: Mission) -> None:
    for name, event in mission.events.items():
        screens.delivery(None, name, event=event)
    for role, user in mission.users.items():
        seen = Delivery.objects.visible_to(user).values_list("event", flat=True)
        runs = {row.pk for name, row in mission.events.items() if EVENTS[name][role] == "changes"}
        assert set(seen) == (runs if role in {"organiser", "superuser"} else set()), role


ADDRESS_BOOK = table("""
         organiser  viewer  liaison  secretary  outsider  superuser
team     changes    sees    sees     sees       –         changes
shared   sees       sees    sees     sees       sees      changes
foreign  –          –       –        –          –         changes
""")


@pytest.mark.parametrize("make", [screens.place, screens.organisation, screens.series])
def test_address_books_are_open_to_the_whole_team(make: Any, mission: Mission) -> None:
    rows = {
        "team": make(mission.team, "row"),
        "shared": make(None, "row"),
        "foreign": make(factories.team(), "row"),
    }
    assert rights_of_all(mission, rows) == ADDRESS_BOOK


SHARED = dict.fromkeys(ROLES, "sees") | {"superuser": "changes"}


def test_sectors_and_sources_are_open_to_all_and_for_superusers_to_change(
    mission: Mission,
) -> None:
    for make in (screens.sector, screens.source):
        assert rights_of_all(mission, {"row": make(None, "row")}) == {"row": SHARED}


def test_a_figure_of_no_event_is_shared(mission: Mission) -> None:
    row = Figure.objects.create(slug="loose", value=3, unit_en="projects")
    assert rights_of_all(mission, {"row": row}) == {"row": SHARED}


# ---------------------------------------------------------------- roles


def leave(user: User, **columns: Any) -> User:
    User.objects.filter(pk=user.pk).update(**columns)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("columns", [{"is_active": False}, {"is_staff": False}], ids=str)
def test_who_has_left_or_is_not_on_the_staff_sees_what_the_world_sees(
    columns: dict[str, bool], mission: Mission
) -> None:
    public = {mission.events["shared"].pk, mission.events["fair"].pk}
    for stays in mission.users.values():
        user = leave(stays, **columns)
        assert set(Event.objects.visible_to(user).values_list("pk", flat=True)) == public
        assert not Event.objects.changeable_by(user).exists()
        for model in (Attendee, Person, Figure, Delivery, Team):
            assert not access.visible(user=user, model=model).exists()
            assert not access.changeable(user=user, model=model).exists()
        assert not Person.objects.reached_by(user).exists()
        assert not access.may_enter(user=user)
        assert not access.may_add(user=user, model=Event)


def test_who_is_not_signed_in_sees_what_the_world_sees(mission: Mission) -> None:
    factories.team(name="A team without members")
    nobody = AnonymousUser()
    public = {mission.events["shared"].pk, mission.events["fair"].pk}
    assert set(Event.objects.visible_to(nobody).values_list("pk", flat=True)) == public
    assert not Event.objects.changeable_by(nobody).exists()
    assert not Team.objects.visible_to(nobody).exists()
    for model in (Attendee, Person, Figure, Delivery):
        assert not access.visible(user=nobody, model=model).exists()


def test_a_role_counts_in_its_own_team_alone(mission: Mission) -> None:
    user = mission.users["viewer"]
    elsewhere = factories.event(team=factories.team(), visibility="internal")
    Membership.objects.create(user=user, team=elsewhere.team, role="organiser")
    rows = {**mission.events, "elsewhere": elsewhere}
    expected = {name: cells["viewer"] for name, cells in EVENTS.items()}
    expected["elsewhere"] = "changes"
    assert rights(user, rows) == expected


@pytest.mark.parametrize(
    ("role", "attendee"),
    [("liaison", "officer@one"), ("secretary", "secretary@mission")],
)
@pytest.mark.parametrize(
    "columns", [{"seat": "cancelled"}, {"partstat": "declined"}, {"role": "staff"}], ids=str
)
def test_who_loses_the_part_loses_the_sight(
    role: str, attendee: str, columns: dict[str, str], mission: Mission
) -> None:
    Attendee.objects.filter(pk=mission.attendees[attendee].pk).update(**columns)
    seen = set(rights(mission.users[role], mission.events).items())
    assert {name for name, may in seen if may != "–"} == {"shared"}


@pytest.mark.parametrize(
    ("role", "attendee"),
    [("liaison", "officer@one"), ("secretary", "secretary@mission")],
)
def test_a_part_at_an_event_is_nothing_without_the_role_in_the_team(
    role: str, attendee: str, mission: Mission
) -> None:
    other = "secretary" if role == "liaison" else "liaison"
    user = mission.users[role]
    Membership.objects.filter(user=user).update(role=other)
    seen = rights(user, mission.events)
    assert {name for name, may in seen.items() if may != "–"} == {"shared"}


def test_the_secretary_follows_the_head_who_leads_now(mission: Mission) -> None:
    before, after = mission.attendees["head@mission"], mission.attendees["two_only@mission"]
    Attendee.objects.filter(pk=before.pk).update(role="delegate", seat="cancelled")
    Attendee.objects.filter(pk=after.pk).update(role="head")
    seen = rights(mission.users["secretary"], mission.events)
    assert {name for name, may in seen.items() if may != "–"} == {
        "mission", "briefing", "two", "two_visit", "shared",
    }  # fmt: skip


def test_what_the_head_declined_stays_in_sight_and_what_they_lost_does_not(
    mission: Mission,
) -> None:
    user = mission.users["secretary"]
    row = Attendee.objects.filter(pk=mission.attendees["head@one"].pk)
    row.update(partstat="declined", seat="none")
    assert rights(user, mission.events)["one"] == "sees"
    row.update(partstat="accepted", seat="cancelled")
    later = User.objects.get(pk=user.pk)
    assert rights(later, mission.events)["one"] == "–"


@pytest.mark.parametrize("role", ["liaison", "secretary"])
def test_another_teams_event_on_the_mission_stays_theirs(role: str, mission: Mission) -> None:
    theirs = {"team": factories.team(), "visibility": "delegation"}
    above = factories.event(**theirs)
    Event.objects.filter(pk=mission.events["mission"].pk).update(parent=above)
    part = factories.event(**theirs, parent=mission.events["one"])
    stranger = factories.attendee(event=part, person=factories.person(team=part.team))
    user = mission.users[role]
    assert rights(user, {"above": above, "part": part}) == {"above": "–", "part": "–"}
    assert rights(user, {"attendee": stranger}) == {"attendee": "–"}
    assert rights(user, {"person": stranger.person}) == {"person": "–"}


# ---------------------------------------------------------------- adding


def test_who_may_add_what(mission: Mission) -> None:
    workers = {"organiser", "liaison", "secretary", "outsider", "superuser"}
    organisers = {"organiser", "outsider", "superuser"}
    expected = {
        Event: workers, Attendee: workers, Person: organisers, Place: organisers,
        Figure: organisers, Delivery: organisers,
    }  # fmt: skip
    may: dict[Any, set[str]] = {
        model: {
            role for role, user in mission.users.items() if access.may_add(user=user, model=model)
        }
        for model in expected
    }
    assert may == expected


def part(mission: Mission, parent: str | None, visibility: str, **columns: Any) -> Event:
    above = mission.events[parent] if parent else None
    return Event(parent=above, visibility=visibility, **{"team": mission.team, **columns})


WHERE = {
    (None, "public"): {"organiser"},
    (None, "internal"): {"organiser"},
    ("mission", "delegation"): {"organiser"},
    ("mission", "internal"): {"organiser", "secretary"},
    ("one", "delegation"): {"organiser", "liaison"},
    ("one", "internal"): {"organiser", "secretary"},
    ("one_visit", "participants"): {"organiser", "liaison"},
    ("two", "delegation"): {"organiser"},
    ("two", "internal"): {"organiser"},
    ("dinner", "internal"): {"organiser"},
    ("shared", "delegation"): {"organiser"},
    ("shared", "internal"): {"organiser"},
}


def test_where_a_part_may_be_added(mission: Mission) -> None:
    found = {
        where: {
            role
            for role, user in mission.users.items()
            if access.may_store(user=user, event=part(mission, *where))
        }
        for where in WHERE
    }
    assert found == {where: who | {"superuser"} for where, who in WHERE.items()}


def test_a_part_belongs_to_the_team_of_what_it_is_part_of(mission: Mission) -> None:
    event = part(mission, "one", "delegation", team=factories.team())
    assert not access.may_store(user=mission.users["liaison"], event=event)
    assert not access.may_store(user=mission.users["organiser"], event=event)


def test_attendees_are_added_where_they_may_be_changed(mission: Mission) -> None:
    field = Attendee._meta.get_field("event")
    offered = {
        role: set(access.choices(user=mission.users[role], field=field))
        for role in ("viewer", "liaison", "secretary")
    }
    events = mission.events
    assert offered == {
        "viewer": set(),
        "liaison": {events["one"], events["one_visit"]},
        "secretary": {events["one_cue"], events["briefing"]},
    }


def test_a_relation_to_a_table_that_does_not_say_whose_it_is_offers_nothing(
    mission: Mission,
) -> None:
    field = Membership._meta.get_field("user")
    for role, user in mission.users.items():
        offered = access.choices(user=user, field=field)
        assert offered.exists() is (role == "superuser")
    assert Sector.objects.visible_to(AnonymousUser()).count() == Sector.objects.count()
    assert not Source.objects.changeable_by(mission.users["organiser"]).exists()


# ---------------------------------------------------------------- queries


def test_the_memberships_of_a_user_are_read_once(mission: Mission) -> None:
    for role, stale in mission.users.items():
        user = User.objects.get(pk=stale.pk)
        with CaptureQueriesContext(connection) as asked:
            for _ in range(3):
                list(Event.objects.visible_to(user))
                list(Attendee.objects.changeable_by(user))
        memberships = [one for one in asked if "events_membership" in one["sql"]]
        assert len(memberships) == (role != "superuser"), role


def test_an_organiser_asks_for_nothing_but_their_teams(mission: Mission) -> None:
    user = mission.users["organiser"]
    for rows in (Event.objects.visible_to(user), Event.objects.changeable_by(user)):
        sql = str(rows.query)
        assert sql.count("SELECT") == 1
        assert "JOIN" not in sql
