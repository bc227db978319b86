"""A login belongs to a person: made from the page of the person, shown on that of the team."""

from typing import Any

import pytest
from django.test import Client

from events.models import Event, Membership, Person, Team, User
from tests import factories
from tests.events.admin import screens
from tests.office import Office, address, form_of

pytestmark = pytest.mark.django_db

ADD = "/admin/events/user/add/"
PASSWORD = "between two harbours"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, row: Any) -> str:
    return client.get(address(row, "change")).content.decode()


def make_login(client: Client, person: Person, **more: Any) -> Any:
    """Follow the link on the page of the person, and type no more than a password."""
    url = f"{ADD}?person={person.pk}"
    assert url in page(client, person)
    passwords = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    return client.post(url, {**form_of(client.get(url)), **passwords, **more})


def member(team: Team, role: str, **columns: Any) -> User:
    return factories.user(member_of=team, role=role, **columns)


def test_a_login_is_made_on_the_page_of_the_person(ours: Team, superuser: Client) -> None:
    person = factories.person(
        team=ours, slug="amy-chan", family_name="Chan", given_name="Mei", language="zh-hant"
    )
    assert make_login(superuser, person).status_code == 302
    user = User.objects.get(person=person)
    assert (user.username, user.first_name, user.last_name) == ("amy-chan", "Mei", "Chan")
    assert (user.email, user.language, user.is_staff) == (person.email, "zh-hant", True)
    assert not user.is_superuser
    text = page(superuser, person)
    assert address(user, "change") in text
    assert "Make a login" not in text
    assert page(superuser, user).count(str(person)) >= 1


def test_one_login_is_for_one_person(ours: Team, superuser: Client) -> None:
    person = factories.person(team=ours)
    factories.user(person=person)
    other = factories.user()
    said = Office(superuser).refused(address(other, "change"), person=person.pk)
    assert "This person has a login already." in said


def test_a_person_who_was_erased_gets_no_login(ours: Team, superuser: Client) -> None:
    person = factories.person(team=ours, erased_at=factories.NOW)
    said = Office(superuser).refused(address(factories.user(), "change"), person=person.pk)
    assert "valid choice" in said
    assert "Make a login" not in page(superuser, person)


def test_nobody_else_makes_or_takes_a_login(ours: Team) -> None:
    person = factories.person(team=ours)
    for role in Membership.Role.values:
        user = member(ours, role)
        client = client_of(user)
        assert client.get(f"{ADD}?person={person.pk}").status_code == 403
        assert client.post(ADD, {"username": "more", "person": person.pk}).status_code == 403
        own = address(user, "change")
        assert client.post(own, {"person": person.pk, "is_superuser": "on"}).status_code == 403
        client.post(address(person, "change"), {"user": user.pk, "login": user.pk})
        user.refresh_from_db()
        assert (user.person_id, user.is_superuser) == (None, False)
    assert not User.objects.filter(person=person).exists()


def test_an_organiser_reads_whether_somebody_has_a_login(ours: Team, organiser: Client) -> None:
    person = factories.person(team=ours)
    assert "None. An administrator can make one." in page(organiser, person)
    factories.user(person=person, username="amy")
    text = page(organiser, person)
    assert "amy" in text
    assert "/admin/events/user/" not in text


def test_the_team_shows_whom_the_role_of_a_member_needs(
    ours: Team, theirs: Team, superuser: Client, organiser: Client
) -> None:
    lacks = "Nobody yet: sees nothing until the page of the login names a person."
    for role in ("liaison", "secretary"):
        member(ours, role)
    named = member(ours, "liaison", person=factories.person(team=ours, family_name="Named"))
    for client in (superuser, organiser):
        text = page(client, ours)
        assert text.count(lacks) == 2
        assert str(named.person) in text
    member(ours, "viewer", person=factories.person(team=theirs, family_name="CANARY"))
    assert "CANARY" not in page(organiser, ours).replace(theirs.name, "")


@pytest.mark.parametrize("role", ["liaison", "secretary"])
def test_who_sees_nothing_reads_why(role: str, ours: Team) -> None:
    user = member(ours, role)
    client = client_of(user)
    assert "belongs to no person yet" in client.get("/admin/").content.decode()
    user.person = factories.person(team=ours)
    user.save()
    assert "look after no leg" in client.get("/admin/").content.decode()
    leg = factories.event(team=ours, kind="leg", visibility="participants")
    factories.attendee(event=leg, person=user.person, role=role)
    factories.attendee(event=leg, role="head")
    assert client.get("/admin/").context["standing"] == ""
    assert list(Event.objects.visible_to(user)) == [leg]


def test_who_is_in_no_team_reads_so_and_others_read_nothing(
    ours: Team, superuser: Client, organiser: Client, viewer: Client
) -> None:
    outsider = client_of(factories.user())
    assert "belong to no team yet" in outsider.get("/admin/").content.decode()
    for client in (superuser, organiser, viewer):
        assert client.get("/admin/").context["standing"] == ""


def test_the_history_of_an_erased_person_does_not_say_whose_login_it_was(
    ours: Team, superuser: Client
) -> None:
    person = factories.person(team=ours, slug="amy-chan")
    make_login(superuser, person)
    Office(superuser).step(person, "erase", sure="on")
    user = User.objects.get(username="amy-chan")
    assert user.person_id is None
    assert set(user.history.values_list("person", flat=True)) == {None}  # type: ignore[attr-defined]


def test_a_liaison_officer_is_put_to_work_by_screen_alone(ours: Team, superuser: Client) -> None:
    person = factories.person(team=ours)
    leg = screens.leg(screens.delegation(ours, "Gulf"), "Doha")
    leg.liaison = person
    leg.save()
    factories.attendee(event=leg.stay, person=person, role="liaison")
    teams = {"memberships-TOTAL_FORMS": 1, "memberships-0-team": ours.pk}
    answer = make_login(superuser, person, **teams, **{"memberships-0-role": "liaison"})
    assert answer.status_code == 302
    client = client_of(User.objects.get(person=person))
    assert client.get(address(leg.stay, "change")).status_code == 200
