"""US-12: a public subscriber, and somebody who attends, keep a calendar in step."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import icalendar
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from events.domain import lifecycle
from events.models import Event, Team
from tests import factories
from tests.office import Office

pytestmark = pytest.mark.django_db

FEED = "/calendar/public.ics"
ADDRESS = re.compile(r"/calendar/f/cf1_[\w-]+\.ics")
DAY = timedelta(days=1)


def poll(url: str, tag: str = "", **query: str) -> Any:
    """Ask as a calendar program does: without an account, with the tag that it has."""
    return Client().get(url, query, headers={"if-none-match": tag} if tag else {})


def entries(url: str, **query: str) -> dict[str, Any]:
    calendar = icalendar.Calendar.from_ical(poll(url, **query).content)
    return {str(event["UID"]): event for event in calendar.events}


def test_a_link_needs_no_account_and_follows_the_filters() -> None:
    # 1. By series, place or country; 6. the archive holds the eleven public events known to the
    # day, each saying where its date comes from.
    call_command("seed", stdout=StringIO())
    reported = [event for event in entries(FEED).values() if "Sample" not in event["SUMMARY"]]
    assert len(reported) == 11
    assert all("Date:" in event["DESCRIPTION"] for event in reported)
    for query in ({"series": "ciie"}, {"place": "shanghai"}, {"country": "QA"}):
        chosen = entries(FEED, **query)
        assert 0 < len(chosen) < 14
    page = Client().get("/subscribe/", {"series": "ciie"}).content.decode()
    assert "public.ics?series=ciie" in page


def test_a_change_shows_at_the_next_poll(team: Team, office: Office) -> None:
    # 2. Unchanged is told by the ETag; 5. a title survives with all that stands in it.
    title = "“Gathering”, creating — 共創未來; a\\b: c"
    day = timezone.localdate() + 30 * DAY
    event = factories.event(team=team, title_en=title, start_on=day)
    lifecycle.save(event=event, now=timezone.now())
    tag = poll(FEED)["ETag"]
    assert poll(FEED, tag).status_code == 304
    [entry] = entries(FEED).values()
    assert str(entry["SUMMARY"]) == title
    office.step(event, "move", start_on=f"{day + DAY:%Y-%m-%d}", end_on=f"{day + DAY:%Y-%m-%d}")
    changed = poll(FEED, tag)
    assert changed.status_code == 200
    [moved] = entries(FEED).values()
    assert moved["UID"] == entry["UID"]
    assert moved["SEQUENCE"] == entry["SEQUENCE"] + 1
    assert moved["DTSTART"].dt - entry["DTSTART"].dt == DAY


def test_what_is_cancelled_stays_for_a_while_and_drafts_never_come(
    team: Team, office: Office
) -> None:
    # 3. Ninety days after its date.
    today = timezone.localdate()
    recent = factories.event(team=team, title_en="Recent", start_on=today - 80 * DAY)
    factories.event(team=team, title_en="Old", start_on=today - 92 * DAY, status="cancelled")
    factories.event(team=team, title_en="Draft", start_on=today, status="draft")
    office.step(recent, "cancel", reason="Rain")
    [entry] = entries(FEED).values()
    assert (str(entry["SUMMARY"]), entry["STATUS"]) == ("Cancelled: Recent", "CANCELLED")


def test_all_feeds_tell_the_same_event_and_nothing_private(team: Team, office: Office) -> None:
    # 4. One UID over all feeds; no attendee, mail, phone or internal item in any.
    day = timezone.localdate() + 30 * DAY
    event = factories.event(team=team, title_en="Conference", start_on=day)
    factories.event(team=team, parent=event, title_en="CUE", visibility="internal", start_on=day)
    person = factories.person(team=team, email="canary@example.org", phone="+85298765432")
    factories.attendee(event=event, person=person, notes="canary")
    urls = [FEED, f"/events/{event.slug}.ics"]
    for whose in ({"person": person.pk}, {"event": event.pk}):
        page = office.client.post(
            "/admin/events/calendarfeed/add/",
            {"name": "Phone", "team": team.pk, "past_days": 90, "tentative": "on", **whose},
        )
        urls += ADDRESS.findall(page.content.decode())[:1]
    assert len(urls) == 4
    for url in urls:
        assert list(entries(url)) == [event.ical_uid], url
        content = poll(url).content
        for word in (b"canary", b"98765432", b"ATTENDEE", b"CUE"):
            assert word not in content, (url, word)


def test_a_lost_telephone_is_shut_out_and_the_laptop_goes_on(team: Team, office: Office) -> None:
    person = factories.person(team=team)
    factories.attendee(event=factories.event(team=team), person=person)
    urls = []
    for name in ("Phone", "Laptop"):
        page = office.client.post(
            "/admin/events/calendarfeed/add/",
            {"name": name, "team": team.pk, "past_days": 90, "tentative": "on",
             "person": person.pk},
        )  # fmt: skip
        urls += ADDRESS.findall(page.content.decode())[:1]
    phone = person.calendar_feeds.get(name="Phone")
    office.client.post(f"/admin/events/calendarfeed/{phone.pk}/step/revoke/")
    assert [poll(url).status_code for url in urls] == [410, 200]
    assert Event.objects.count() == 1
