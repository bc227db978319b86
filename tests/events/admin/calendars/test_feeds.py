"""The screen of secret calendar feeds."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.feeds import subscriptions
from events.models import CalendarFeed, Team
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/events/calendarfeed/"
ADDRESS = re.compile(r"http://[^\s<]+/calendar/f/(cf1_[\w-]{43})\.ics")


def handed_out(team: Team) -> CalendarFeed:
    feed = CalendarFeed(name="Phone", team=team, person=factories.person(team=team))
    subscriptions.hand_out(feed=feed, now=timezone.now())
    return feed


def values(team: Team, **columns: object) -> dict[str, object]:
    return {"name": "Phone", "team": team.pk, "past_days": 90, "tentative": "on", **columns}


def test_an_address_is_shown_once(ours: Team, organiser: Client) -> None:
    person = factories.person(team=ours)
    page = organiser.post(f"{LIST}add/", values(ours, person=person.pk))
    [token] = ADDRESS.findall(page.content.decode())
    assert "no-store" in page["Cache-Control"]
    assert organiser.get(f"/calendar/f/{token}.ics").status_code == 200
    feed = CalendarFeed.objects.get()
    for url in (LIST, f"{LIST}{feed.pk}/change/", f"{LIST}{feed.pk}/history/", "/admin/"):
        assert token not in organiser.get(url).content.decode()
    assert token.endswith(feed.hint)


def test_a_new_address_replaces_the_old_one(ours: Team, organiser: Client) -> None:
    feed = handed_out(ours)
    step = f"{LIST}{feed.pk}/step/rotate/"
    assert "stops working at once" in organiser.get(step).content.decode()
    [token] = ADDRESS.findall(organiser.post(step).content.decode())
    assert token.endswith(CalendarFeed.objects.get().hint)
    assert CalendarFeed.objects.get().token_hash != feed.token_hash


def test_a_revoked_feed_says_so(ours: Team, organiser: Client) -> None:
    feed = handed_out(ours)
    assert organiser.post(f"{LIST}{feed.pk}/step/revoke/").status_code == 302
    assert "revoked" in organiser.get(f"{LIST}{feed.pk}/change/").content.decode()
    assert CalendarFeed.objects.get().revoked_at is not None


@pytest.mark.parametrize("columns", [{}, {"role": "media"}])
def test_it_is_of_somebody_or_something(
    ours: Team, organiser: Client, columns: dict[str, str]
) -> None:
    page = organiser.post(f"{LIST}add/", values(ours, **columns))
    assert page.status_code == 200
    assert not CalendarFeed.objects.exists()
    assert "Choose a person, or an event, or both." in page.content.decode()


def test_nobody_else_learns_of_it(ours: Team, theirs: Team, viewer: Client) -> None:
    feed = handed_out(ours)
    assert viewer.get(f"{LIST}{feed.pk}/change/").status_code in (302, 403, 404)
    client = Client()
    client.force_login(factories.user(member_of=theirs, role="organiser"))
    assert client.get(f"{LIST}{feed.pk}/step/rotate/").status_code == 404
    page = client.post(f"{LIST}add/", values(theirs, person=feed.person_id))
    assert page.status_code == 200
    assert CalendarFeed.objects.count() == 1
