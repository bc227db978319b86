"""US-03: an organiser runs a hybrid event with hubs, each in its own time zone."""

from datetime import date, time

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events.domain.pages import itineraries
from events.models import Attendee, Event, EventPlace, Team
from tests import factories
from tests.journeys.calendars import FEED, entries, hand_out
from tests.office import Office, address

HUBS = {
    "San Francisco": "America/Los_Angeles",
    "Vancouver": "America/Vancouver",
    "Manila": "Asia/Manila",
    "Jakarta": "Asia/Jakarta",
}


def promotion(team: Team, **columns: object) -> Event:
    """Return an event in Shanghai with four hubs."""
    event = factories.event(
        team=team, title_en="Global Promotion", place=factories.place(), **columns
    )
    for position, (name, zone) in enumerate(HUBS.items(), start=1):
        place = factories.place(name=name, timezone=zone)
        EventPlace.objects.create(
            event=event, place=place, role="hub", position=position, direction="from"
        )
    return event


def clocks(office: Office, event: Event) -> dict[str, str]:
    """Return what the page of the event shows beside each hub."""
    page = office.open(address(event, "change"))
    inline = next(
        each for each in page.context["inline_admin_formsets"] if each.formset.model is EventPlace
    )
    shown = inline.opts.shown_clock
    return {form.instance.place.name: shown(form.instance) for form in inline.formset.forms}


def test_each_hub_shows_its_own_date_and_time(office: Office, team: Team) -> None:
    # 2. With the offsets of September 2024: 09:30 in Shanghai on 25 September.
    event = promotion(team, start_on=date(2024, 9, 25), end_on=date(2024, 9, 25))
    assert clocks(office, event) == {
        "San Francisco": "Tuesday 24 September 2024, 18:30 (UTC-7)",
        "Vancouver": "Tuesday 24 September 2024, 18:30 (UTC-7)",
        "Manila": "Wednesday 25 September 2024, 09:30 (UTC+8)",
        "Jakarta": "Wednesday 25 September 2024, 08:30 (UTC+7)",
    }
    # 3. Two years later Vancouver has no winter time any more.
    event = promotion(team, start_on=date(2026, 11, 25), end_on=date(2026, 11, 25))
    there = clocks(office, event)
    assert there["San Francisco"] == "Tuesday 24 November 2026, 17:30 (UTC-8)"
    assert there["Vancouver"] == "Tuesday 24 November 2026, 18:30 (UTC-7)"


def test_without_an_hour_the_hubs_show_the_day_in_shanghai(office: Office, team: Team) -> None:
    # 5. As in the source: without a time of day.
    event = promotion(team, precision="day", start_on=date(2024, 9, 25), end_on=date(2024, 9, 25))
    assert set(clocks(office, event).values()) == {"25 September 2024 (Shanghai date)"}


def test_only_registered_people_learn_where_the_stream_is(office: Office, team: Team) -> None:
    # 4. In person and online at once; only attendees get the link.
    event = promotion(team, attendance_mode="mixed", stream_url="https://example.org/stream")
    guest = factories.person(team=team)
    office.add(Attendee, event=event.pk, person=guest.pk, role="participant")
    office.step(event.attendees.get(), "accept")
    (day,) = itineraries.of_person(person=guest, within=event, internal=False).days
    assert [item.stream_url for item in day.items] == ["https://example.org/stream"]
    public = Client().get(event.get_absolute_url())
    assert public.status_code == 200
    assert b"example.org/stream" not in public.content
    # The same holds in calendars; hubs and their times are public.
    own, whole = hand_out(office, team, person=guest), hand_out(office, team, event=event)
    found = [entries(url)[event.ical_uid] for url in (own, whole, FEED)]
    assert [str(entry.get("CONFERENCE", "")) for entry in found] == [
        *("https://example.org/stream", "", "")
    ]
    for entry in found:
        assert "San Francisco: Tuesday 1 December 2026, 17:30 (UTC-8)" in entry["DESCRIPTION"]
        assert "Vancouver: Tuesday 1 December 2026, 18:30 (UTC-7)" in entry["DESCRIPTION"]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_hubs_are_seen_on_the_screen(
    width: int, page: Page, live_server: LiveServer, transactional_db: None
) -> None:
    # 1. Four hubs with their own zones, on the page of the event, on desktop and phone.
    team = factories.team()
    event = promotion(
        team, start_on=date(2026, 11, 25), end_on=date(2026, 11, 25), start_time=time(9, 30)
    )
    client = Client()
    client.force_login(factories.user(member_of=team))
    cookie = {
        "name": "sessionid",
        "value": client.cookies["sessionid"].value,
        "url": live_server.url,
    }
    page.context.add_cookies([cookie])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}{address(event, 'change')}#place_roles")
    group = page.locator("#place_roles-group")
    for clock in (
        "Tuesday 24 November 2026, 17:30 (UTC-8)",
        "Tuesday 24 November 2026, 18:30 (UTC-7)",
    ):
        expect(group.get_by_text(clock)).to_be_visible()
