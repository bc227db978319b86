"""US-12: a public subscriber and an attendee keep a calendar up to date."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from events.domain.lifecycle import lifecycle
from events.models import Event, Team
from tests import factories
from tests.journeys.calendars import FEED, entries, hand_out, poll
from tests.office import Office

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_link_needs_no_account_and_follows_the_filters() -> None:
    # 1. Filters by series, place or country; 6. the archive has the eleven public events known to
    # the day, each with the basis of its date.
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
    # 2. The ETag tells what is unchanged; 5. special characters in titles are preserved.
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
    # 3. Events leave the feed ninety days after their date.
    today = timezone.localdate()
    recent = factories.event(team=team, title_en="Recent", start_on=today - 80 * DAY)
    factories.event(team=team, title_en="Old", start_on=today - 92 * DAY, status="cancelled")
    factories.event(team=team, title_en="Draft", start_on=today, status="draft")
    office.step(recent, "cancel", reason="Rain")
    [entry] = entries(FEED).values()
    assert (str(entry["SUMMARY"]), entry["STATUS"]) == ("Cancelled: Recent", "CANCELLED")


def test_all_feeds_tell_the_same_event_and_nothing_private(team: Team, office: Office) -> None:
    # 4. One UID in all feeds; no attendee, mail address, phone or internal item in any.
    day = timezone.localdate() + 30 * DAY
    event = factories.event(team=team, title_en="Conference", start_on=day)
    factories.event(team=team, parent=event, title_en="CUE", visibility="internal", start_on=day)
    person = factories.person(team=team, email="canary@example.org", phone="+85298765432")
    factories.attendee(event=event, person=person, notes="canary")
    secret = [hand_out(office, team, person=person), hand_out(office, team, event=event)]
    for url in (FEED, f"/events/{event.slug}.ics", *secret):
        assert list(entries(url)) == [event.ical_uid], url
        content = poll(url).content
        for word in (b"canary", b"98765432", b"ATTENDEE", b"CUE"):
            assert word not in content, (url, word)


def test_a_lost_telephone_is_shut_out_and_the_laptop_goes_on(team: Team, office: Office) -> None:
    person = factories.person(team=team)
    factories.attendee(event=factories.event(team=team), person=person)
    urls = [hand_out(office, team, name, person=person) for name in ("Phone", "Laptop")]
    phone = person.calendar_feeds.get(name="Phone")
    office.client.post(f"/admin/events/calendarfeed/{phone.pk}/step/revoke/")
    assert [poll(url).status_code for url in urls] == [410, 200]
    assert Event.objects.count() == 1
