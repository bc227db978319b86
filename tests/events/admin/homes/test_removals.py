"""What was removed from an event is listed on a page of it, and one click puts it back."""

from typing import Any

import pytest
from django.test import Client

from events.domain.lifecycle import lifecycle
from events.models import Attendee, Event, Team
from tests import factories
from tests.events.admin import screens
from tests.events.admin.screens import queries
from tests.factories import NOW
from tests.office import address


@pytest.fixture
def event(ours: Team) -> Event:
    return screens.event(ours, "Conference")


def guest(event: Event, **columns: Any) -> Attendee:
    values = {"person": factories.person(team=event.team), "partstat": "needs_action", **columns}
    return factories.attendee(event=event, **values)


def part(event: Event, title: str) -> Event:
    return screens.event(
        event.team, title, parent=event, status="draft", kind="session", visibility="internal"
    )


def url(event: Event) -> str:
    return address(event, "removed")


def listed(client: Client, event: Event) -> list[str]:
    groups = client.get(url(event)).context["groups"]
    return [row["what"] for group in groups for row in group["rows"]]


def put_back(client: Client, event: Event, kind: str) -> list[str]:
    """Put back the first of a kind that was removed; return the messages."""
    groups = client.get(url(event)).context["groups"]
    [row] = [row for group in groups if group["kind"] == kind for row in group["rows"]][:1]
    page = client.post(url(event), {"kind": kind, "number": row["number"]}, follow=True)
    return [str(message) for message in page.context["messages"]]


def test_an_attendee_who_was_removed_on_the_screen_is_put_back(
    event: Event, organiser: Client
) -> None:
    row = guest(event, tags=["VIP"])
    organiser.post(address(row, "delete"), {"post": "yes"})
    assert not Attendee.objects.exists()
    page = organiser.get(url(event)).content.decode()
    user = organiser.get(url(event)).wsgi_request.user
    assert f"by {user}" in page
    assert put_back(organiser, event, "attendee") == [f"“{row}” is back."]
    assert Attendee.objects.get().tags == ["VIP"]
    assert listed(organiser, event) == []


def test_a_part_that_was_deleted_on_the_screen_is_put_back(event: Event, organiser: Client) -> None:
    row = part(event, "Keynote")
    guest(row)
    organiser.post(address(row, "delete"), {"post": "yes"})
    assert listed(organiser, event) == ["Keynote"]
    assert put_back(organiser, event, "event") == ["“Keynote” is back."]
    again = Event.objects.get(parent=event)
    assert (again.pk, again.status, again.attendees.count()) == (row.pk, "draft", 1)


def test_the_home_leads_there(event: Event, organiser: Client) -> None:
    assert f'href="{url(event)}"' in organiser.get(address(event, "home")).content.decode()
    assert "Nothing was removed" in organiser.get(url(event)).content.decode()


def test_what_is_back_already_says_so(event: Event, organiser: Client) -> None:
    row = guest(event)
    row.delete()
    number = organiser.get(url(event)).context["groups"][0]["rows"][0]["number"]
    sent = {"kind": "attendee", "number": number}
    organiser.post(url(event), sent)
    page = organiser.post(url(event), sent, follow=True)
    texts = [str(message) for message in page.context["messages"]]
    assert texts[-1].startswith("This cannot be put back into “Conference”")


def test_nothing_hidden_is_listed_or_put_back(
    event: Event, organiser: Client, theirs: Team
) -> None:
    hidden = factories.person(team=theirs, family_name="CANARY")
    guest(event, person=hidden).delete()
    foreign = part(event, "CANARY")
    Event.objects.filter(pk=foreign.pk).update(team=theirs)
    foreign.refresh_from_db()
    lifecycle.delete(event=foreign, now=NOW)
    assert listed(organiser, event) == []
    for kind, model in (("attendee", Attendee), ("event", Event)):
        number = model.history.filter(history_type="-").first().pk
        organiser.post(url(event), {"kind": kind, "number": number})
    assert not Attendee.objects.exists()
    assert not Event.objects.filter(parent=event).exists()


def test_a_number_that_no_row_has_is_refused(event: Event, organiser: Client) -> None:
    sent = {"kind": "attendee", "number": "9" * 5_000}
    assert organiser.post(url(event), sent).status_code == 403


def test_only_who_may_change_the_event_opens_the_page(
    event: Event, organiser: Client, ours: Team
) -> None:
    guest(event).delete()
    number = Attendee.history.get(history_type="-").pk
    viewer = Client()
    viewer.force_login(factories.user(member_of=ours, role="viewer"))
    stranger = Client()
    stranger.force_login(factories.user(member_of=factories.team()))
    Event.objects.filter(pk=event.pk).update(visibility="internal")
    for client, status in ((viewer, {403, 404}), (stranger, {404}), (Client(), {302})):
        assert client.get(url(event)).status_code in status
        answer = client.post(url(event), {"kind": "attendee", "number": number})
        assert answer.status_code in status
    assert organiser.post(url(event), {"kind": "user", "number": 1}).status_code in {302, 403}
    assert organiser.post(url(event), {"kind": "attendee", "number": "x"}).status_code == 403
    assert not Attendee.objects.exists()


def test_many_removals_cost_as_many_queries_as_one(event: Event, organiser: Client) -> None:
    organiser.get(url(event))
    counts = set()
    for more in (1, 2, factories.MANY - 3):
        for number in range(more):
            guest(event).delete()
            lifecycle.delete(event=part(event, f"P{number}"), now=NOW)
        counts.add(queries(organiser, url(event)))
    assert len(counts) == 1
