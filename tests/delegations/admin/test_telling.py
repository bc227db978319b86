"""The form of a mission asks before it mails: days, place, name, legs, members and the deadline."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.models import Delegation
from events.domain.attendance import invitations
from events.domain.delivery import delivery
from events.models import Delivery, Event, EventChange, Team
from tests import factories
from tests.office import address, form_of

pytestmark = pytest.mark.django_db
CHOICES = {"now": "pending", "later": "held", "never": "cancelled"}


@pytest.fixture
def ours(db: None) -> Team:
    return factories.team(name="Our desk")


@pytest.fixture
def organiser(ours: Team) -> Client:
    client = Client()
    client.force_login(factories.user(member_of=ours))
    return client


@pytest.fixture
def mission(ours: Team) -> Delegation:
    """A mission with two guests who have got their invitations."""
    row = factories.delegation(team=ours)
    assert row.mission
    Event.objects.filter(pk=row.mission.pk).update(
        start_on=date(2098, 11, 10), end_on=date(2098, 11, 15), place=factories.place()
    )
    for name in ("Ada", "Bo"):
        person = factories.person(given_name=name, team=ours, email=f"{name}@example.org")
        factories.attendee(event=row.mission, person=person)
    keys = list(row.mission.attendees.values_list("pk", flat=True))
    event = Event.objects.get(pk=row.mission.pk)
    invitations.send(event=event, attendees=keys, now=timezone.now())
    delivery.tick(now=timezone.now())
    assert Delivery.objects.filter(state="sent").count() == 2
    return row


def save(client: Client, row: Delegation, **values: Any) -> Any:
    url = address(row, "change")
    return client.post(url, {**form_of(client.get(url)), **values})


def states() -> list[str]:
    return [row.state for row in Delivery.objects.exclude(state="sent").order_by("pk")]


def test_a_new_day_is_told_only_when_the_user_has_chosen(
    mission: Delegation, organiser: Client
) -> None:
    page = save(organiser, mission, first_day="2098-11-09")
    assert page.status_code == 200
    assert page.context["who"] == "2 people would be told by mail: CHAN Ada, CHAN Bo"
    mission.refresh_from_db()
    assert mission.mission
    assert mission.mission.start_on == date(2098, 11, 10)
    assert states() == []


@pytest.mark.parametrize("choice", CHOICES)
def test_the_mails_go_as_was_chosen(mission: Delegation, organiser: Client, choice: str) -> None:
    place = factories.place(name="Doha", timezone="Asia/Qatar")
    values = {"first_day": "2098-11-09", "mission_place": place.pk}
    assert save(organiser, mission, **values, _telling=choice).status_code == 302
    assert states() == [CHOICES[choice]] * 2
    mission.refresh_from_db()
    assert mission.mission
    assert mission.mission.place == place


def test_the_first_days_of_a_mission_tell_nobody(ours: Team, organiser: Client) -> None:
    row = factories.delegation(team=ours)
    assert save(organiser, row, quota=5).status_code == 302
    assert not Delivery.objects.exists()
    assert not EventChange.objects.exists()


def test_another_deadline_is_told_only_when_the_user_has_chosen(
    mission: Delegation, organiser: Client
) -> None:
    deadline = mission.applications_close
    assert deadline
    later = timezone.now().date() + timedelta(days=30)
    Event.objects.filter(pk=deadline.pk).update(start_on=later, end_on=later)
    person = factories.person(team=mission.team, email="cai@example.org", given_name="Cai")
    guest = factories.attendee(event=deadline, person=person)
    event = Event.objects.get(pk=deadline.pk)
    invitations.send(event=event, attendees=[guest.pk], now=timezone.now())
    delivery.tick(now=timezone.now())
    before = Delivery.objects.filter(state="sent").count()
    page = save(organiser, mission, closes_on=str(later + timedelta(days=1)))
    assert before == 3
    assert page.status_code == 200
    assert page.context["who"] == "3 people would be told by mail: CHAN Ada, CHAN Bo, CHAN Cai"


def test_a_save_without_a_change_of_the_mission_is_one_click(
    mission: Delegation, organiser: Client
) -> None:
    page = save(organiser, mission, quota=5)
    assert page.status_code == 302, (page.context["kinds"], page.context["told"].changes)
    assert states() == []


def test_back_leads_to_the_form_with_the_days_as_typed(
    mission: Delegation, organiser: Client
) -> None:
    page = save(organiser, mission, first_day="2098-11-09", _telling="back")
    assert page.status_code == 200
    assert form_of(page)["first_day"] == "2098-11-09"
    assert states() == []
