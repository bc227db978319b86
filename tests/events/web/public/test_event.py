"""The page of one event."""

import json
import re
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.domain.directory import people
from events.models import (
    Appointment,
    Event,
    EventOrganisation,
    EventPlace,
    Evidence,
    Figure,
    Source,
)
from events.templatetags import display
from tests import factories
from tests.events.web.conftest import Read

HUBS = {
    "San Francisco": "America/Los_Angeles",
    "Vancouver": "America/Vancouver",
    "Manila": "Asia/Manila",
    "Jakarta": "Asia/Jakarta",
}


def hybrid(on: date, **columns: Any) -> Event:
    event = factories.event(
        slug="hybrid",
        place=factories.place(kind="city"),
        start_on=on,
        end_on=on,
        **{"start_time": time(9, 30), "end_time": time(11), **columns},
    )
    for position, (name, zone) in enumerate(HUBS.items()):
        place = factories.place(name=name, timezone=zone)
        EventPlace.objects.create(event=event, place=place, role="hub", position=position)
    return event


@pytest.mark.parametrize(
    ("on", "francisco", "vancouver"),
    [
        (
            date(2024, 9, 25),
            "24 September 2024 18:30–20:00, America/Los_Angeles (UTC-7)",
            "24 September 2024 18:30–20:00, America/Vancouver (UTC-7)",
        ),
        (
            date(2026, 11, 25),
            "24 November 2026 17:30–19:00, America/Los_Angeles (UTC-8)",
            "24 November 2026 18:30–20:00, America/Vancouver (UTC-7)",
        ),
    ],
)
def test_hubs_show_their_own_clocks(on: date, francisco: str, vancouver: str, read: Read) -> None:
    hybrid(on)
    text = read("/events/hybrid/").text
    assert f"San Francisco {francisco}" in text
    assert f"Vancouver {vancouver}" in text
    assert f"Manila {on.day} {on:%B} {on.year} 09:30–11:00, Asia/Manila (UTC+8)" in text
    assert f"Jakarta {on.day} {on:%B} {on.year} 08:30–10:00, Asia/Jakarta (UTC+7)" in text


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", "Shanghai date"), ("/zh-hans", "Shanghai日期"), ("/zh-hant", "Shanghai日期")],
)
def test_hubs_without_an_hour_show_the_day_of_the_venue(
    prefix: str, words: str, read: Read
) -> None:
    hybrid(date(2024, 9, 25), precision="day", start_time=None, end_time=None)
    assert read(f"{prefix}/events/hybrid/").text.count(words) == 4


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "draft"},
        {"visibility": "participants"},
        {"visibility": "delegation"},
        {"visibility": "internal"},
    ],
)
def test_what_is_not_public_answers_as_what_does_not_exist(
    columns: dict[str, str], client: Client, db: None
) -> None:
    factories.event(slug="row-1", **columns)
    hidden, missing = client.get("/events/row-1/"), client.get("/events/row-2/")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.replace(b"row-1", b"row-2") == missing.content


def test_private_relations_stay_private(read: Read) -> None:
    secret = {"title": "Secret", "visibility": "internal"}
    parent = factories.event(**secret)
    event = factories.event(
        slug="open", parent=parent, after=parent, previous_related=factories.event(**secret)
    )
    factories.event(**secret, parent=event)
    factories.event(title="Secret", status="draft", after=event)
    page = read("/events/open/")
    assert "Secret" not in page.text
    assert "Related events" not in page.text
    assert "Programme" not in page.text


def test_relations_are_named(read: Read) -> None:
    parent = factories.event(title="Import Expo")
    before = factories.event(title="Opening")
    event = factories.event(
        slug="open",
        parent=parent,
        after=before,
        previous_related=factories.event(title="Last year"),
    )
    factories.event(title="Closing", after=event)
    text = read("/events/open/").text
    assert "part of Import Expo" in text
    assert "takes place after Opening" in text
    assert "followed by Closing" in text
    assert "earlier event like it Last year" in text


def test_programme_keeps_what_takes_place_after_behind(read: Read) -> None:
    expo = factories.event(slug="expo")
    same = {"parent": expo, "precision": "day", "start_on": date(2026, 12, 2)}
    second = factories.event(title="Second address", **same)
    first = factories.event(title="First address", **same)
    Event.objects.filter(pk=second.pk).update(after=first)
    text = read("/events/expo/").text
    assert text.index("First address") < text.index("Second address")


def test_people_are_named_for_reported_events_only(read: Read) -> None:
    office = Appointment.objects.create(
        person=factories.person(family_name="Lee", given_name="Ka-chiu", western_name="John"),
        title="Chief Executive",
        organisation=factories.organisation(name="HKSAR Government"),
    )
    for slug, origin in [("ours", "managed"), ("theirs", "reported")]:
        event = factories.event(slug=slug, origin=origin)
        factories.attendee(event=event, person=office.person, appointment=office, role="speaker")
    assert "LEE" not in read("/events/ours/").text
    text = read("/events/theirs/").text
    assert "Speaker John LEE Ka-chiu Chief Executive · HKSAR Government" in text
    assert "@example.org" not in text


def test_organisations_stand_in_their_order(read: Read) -> None:
    event = factories.event(slug="open")
    for position, name in [(2, "Second body"), (1, "First body")]:
        EventOrganisation.objects.create(
            event=event,
            organisation=factories.organisation(name=name),
            role="co_organiser",
            position=position,
        )
    text = read("/events/open/").text
    assert "Co-organiser First body Co-organiser Second body" in text


def test_figures_stand_side_by_side_with_their_sources(read: Read) -> None:
    event = factories.event(slug="open", origin="reported")
    source = Source.objects.create(slug="a", name="Report", publisher="China Daily")
    for slug, value, unit, comparator in [
        ("a", "400", "business representatives", "over"),
        ("b", "12.50", "billion dollars", "exact"),
    ]:
        figure = Figure.objects.create(
            slug=slug, event=event, value=Decimal(value), unit=unit, comparator=comparator
        )
        Evidence.objects.create(
            target=figure, field="value", basis="stated", source=source, line=14
        )
    text = read("/events/open/").text
    assert "over 400 business representatives China Daily , line 14" in text
    assert "12.5 billion dollars" in text


def test_evidence_names_value_basis_source_and_note(read: Read) -> None:
    event = factories.event(slug="open", origin="reported")
    Evidence.objects.create(
        target=event, field="when.year", basis="outside", reference="cnr.cn", note="a copy"
    )
    assert "Evidence" in read("/events/open/").text
    assert "year from outside cnr.cn a copy" in read("/events/open/").text


def test_titles_in_other_languages_are_marked(read: Read) -> None:
    factories.event(slug="open", title_en="Expo", title_zh_hans="博览会", title_zh_hant="博覽會")
    page = read("/zh-hant/events/open/")
    also = [(tag["lang"]) for tag in page.all("p") if tag.get("class") == "also"]
    assert also == ["en", "zh-Hans"]


def test_title_that_falls_back_is_marked_with_its_language(read: Read) -> None:
    factories.event(slug="open", title_en="Expo")
    page = read("/zh-hans/events/open/")
    assert {"lang": "en"} in page.all("span")
    assert page.all("html") == [{"lang": "zh-Hans"}]


def test_cancelled_event_gives_its_reason(read: Read) -> None:
    factories.event(slug="open", status="cancelled", cancellation_reason="Typhoon")
    page = read("/events/open/")
    assert "Cancelled Typhoon" in page.text
    assert page.all("s")


def test_calendar_link_is_for_dates_that_a_calendar_can_show(read: Read, client: Client) -> None:
    factories.event(slug="open")
    links = [tag.get("href", "") for tag in read("/zh-hans/events/open/").all("a")]
    assert "/events/open.ics?lang=zh-hans" in links
    assert client.get("/events/open.ics?lang=zh-hans").status_code == 200
    factories.event(slug="some-day", precision="unknown", start_on=None)
    page = read("/events/some-day/")
    assert "not in the calendar feed" in page.text
    assert not [tag for tag in page.all("a") if ".ics?" in tag["href"] and "some" in tag["href"]]


def test_linked_data_is_small_true_and_cannot_break_out(client: Client, db: None) -> None:
    parent = factories.event(slug="expo", title="Expo", visibility="internal")
    place = factories.place(country="CN")
    factories.event(
        slug="open",
        title="</script><b>",
        kind="expo",
        status="postponed",
        parent=parent,
        place=place,
        precision="day",
        start_on=date(2025, 11, 5),
        end_on=date(2025, 11, 10),
    )
    body = client.get("/events/open/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert block
    assert json.loads(block[1]) == {
        "@context": "https://schema.org",
        "@type": "ExhibitionEvent",
        "name": "</script><b>",
        "url": "http://testserver/events/open/",
        "startDate": "2025-11-05",
        "endDate": "2025-11-10",
        "eventStatus": "https://schema.org/EventPostponed",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "Shanghai",
            "address": {"@type": "PostalAddress", "addressCountry": "CN"},
        },
    }


def test_number_of_rows_does_not_change_the_queries(client: Client, db: None) -> None:
    event = factories.event(slug="open", origin="reported")

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            client.get("/events/open/")
        return len(context)

    def grow(number: int) -> None:
        source = Source.objects.create(slug=f"s-{number}", name="Report")
        figure = Figure.objects.create(slug=f"f-{number}", event=event, value=1, unit="firms")
        for target in (event, figure):
            Evidence.objects.create(
                target=target, field="value", basis="stated", source=source, line=1
            )
        parent = factories.place(name="Country")
        EventPlace.objects.create(event=event, place=factories.place(parent=parent), role="hub")
        EventOrganisation.objects.create(event=event, organisation=factories.organisation())
        factories.attendee(event=event, representing=factories.organisation())
        part = factories.event(parent=event, place=factories.place(parent=parent))
        factories.attendee(event=part, role="speaker", shown_in_public=True)
        factories.event(parent=part, kind="session")

    counts = []
    for total in (1, 3, 30):
        for number in range(len(counts) and (1, 3)[len(counts) - 1], total):
            grow(number)
        counts.append(queries())
    assert counts == [counts[0]] * 3


def test_the_programme_says_hours_and_rooms_and_nothing_twice(read: Read) -> None:
    venue = factories.place(name="Hotel", kind="venue")
    room = factories.place(name="Grand Hall", kind="room", parent=venue)
    day = {"start_on": date(2026, 12, 2), "end_on": date(2026, 12, 2)}
    shown = factories.event(slug="shown", title="Forum", place=venue, **day)
    inside = {"parent": shown, "start_time": time(10), "end_time": time(11), **day}
    factories.event(title="Signing ceremony", kind="signing", place=room, **inside)
    factories.event(title="Lunch", kind="meal", place=venue, **inside)
    dubai = {**inside, "timezone": "Asia/Dubai", "start_time": time(5), "end_time": time(6)}
    factories.event(title="From Dubai", kind="relay", **dubai)
    text = read("/events/shown/").text
    programme = text[text.index("Programme") :]
    assert "10:00–11:00 Signing ceremony Grand Hall" in programme
    assert "10:00–11:00 Lunch" in programme
    assert "Meal" not in programme
    assert "Hotel" not in programme
    assert "05:00–06:00, Asia/Dubai (UTC+4) From Dubai Relay" in programme
    assert "2 December 2026" not in programme


def test_a_programme_of_several_days_names_each_day_once(read: Read) -> None:
    shown = factories.event(slug="shown", title="Forum", **factories.days(2, 4))
    for day, title, hour in ((3, "Panel", 14), (2, "Opening", 16), (2, "Keynote", 17)):
        at = {"precision": "time", "start_time": time(hour), "end_time": time(hour + 1)}
        factories.event(title=title, parent=shown, **{**factories.days(day), **at})
    factories.event(title="Stand", parent=shown, **factories.days(2, 4))
    factories.event(title="Visit", parent=shown, **factories.days(4))
    text = read("/events/shown/").text
    programme = text[text.index("Programme") :]
    for heading in ("Wednesday 2 December", "Thursday 3 December", "Friday 4 December"):
        assert programme.count(heading) == 1
    assert "16:00–17:00 Opening" in programme
    assert "14:00–15:00 Panel" in programme
    assert "2–4 December 2026 Stand" in programme
    assert "Friday 4 December 2026 Visit" in programme
    assert "Asia/" not in programme


def test_the_programme_goes_down_to_the_last_level_but_not_through_what_is_hidden(
    read: Read,
) -> None:
    expo = factories.event(slug="expo", title="Expo", **factories.days(1, 4))
    forum = factories.event(title="Forum", parent=expo, **factories.days(2, 3))
    for day, title in ((2, "Keynote"), (3, "Panel")):
        at = {"precision": "time", "start_time": time(10), "end_time": time(11)}
        item = {**factories.days(day), **at, "parent": forum, "kind": "session"}
        factories.event(title=title, **item)
    closed = factories.event(title="CLOSED", parent=expo, visibility="participants")
    factories.event(title="UNDER IT", parent=closed, kind="session")
    page = read("/events/expo/")
    programme = page.text[page.text.index("Programme") :]
    assert "2–3 December 2026 Forum Promotion conference" in programme
    assert "Forum Promotion conference 10:00–11:00 Keynote" in programme  # the day stands above
    assert programme.count("Wednesday 2 December 2026") == 1
    assert "Thursday 3 December 2026 10:00–11:00 Panel" in programme
    assert "Session" not in programme
    for hidden in ("CLOSED", "UNDER IT"):
        assert hidden not in page.text


def test_a_room_stands_with_its_venue_only_if_that_is_another(read: Read) -> None:
    city = factories.place(name="Shanghai", kind="city")
    centre = factories.place(name="Centre", kind="venue", parent=city)
    elsewhere = factories.place(name="Suzhou", kind="city")
    hotel = factories.place(name="Hotel", kind="venue", parent=city)
    park = factories.place(name="Park", kind="site", parent=elsewhere)
    shown = factories.event(slug="shown", title="Forum", place=centre)
    for title, venue in (("Opening", centre), ("Dinner", hotel), ("Talk", park)):
        room = factories.place(name=f"Room of {title}", kind="room", parent=venue)
        factories.event(title=title, parent=shown, place=room, kind="session")
    factories.event(title="Closing", parent=shown, place=centre, kind="session")
    factories.event(title="Visit of the Park", parent=shown, place=park, kind="site_visit")
    text = read("/events/shown/").text
    programme = text[text.index("Programme") :]
    assert "Opening Room of Opening 09:30" in programme
    assert "Dinner Room of Dinner · Hotel 09:30" in programme
    assert "Talk Room of Talk · Park · Suzhou 09:30" in programme
    assert "Visit of the Park Suzhou" in programme
    assert "Closing 09:30" in programme


@pytest.mark.parametrize(
    ("columns", "is_shown"),
    [
        ({"role": "speaker"}, True),
        ({"role": "guest_of_honour", "partstat": "needs_action"}, True),
        ({"role": "speaker", "shown_in_public": False}, False),
        ({"role": "head"}, False),
        ({"role": "participant"}, False),
        ({"role": "speaker", "partstat": "declined"}, False),
        ({"role": "speaker", "partstat": "delegated"}, False),
        ({"role": "speaker", "seat": "cancelled"}, False),
    ],
)
def test_speakers_of_our_own_events_are_shown_if_they_are_marked_so(
    read: Read, columns: dict[str, Any], is_shown: bool
) -> None:
    office = Appointment.objects.create(
        person=factories.person(family_name="Lee", given_name="Ka-chiu", phone="+852 5555 0100"),
        title="Chief Executive",
        organisation=factories.organisation(name="HKSAR Government"),
    )
    event = factories.event(slug="open")
    part = factories.event(parent=event, title="Opening", slug="opening", kind="session")
    about = {"person": office.person, "appointment": office, "shown_in_public": True, **columns}
    factories.attendee(event=part, **about)
    text = read("/events/open/").text
    assert ("Opening LEE Ka-chiu Chief Executive · HKSAR Government" in text) == is_shown
    assert ("LEE" in text) == is_shown
    assert ("Speakers and guests of honour" in read("/events/opening/").text) == is_shown
    assert not any(private in text for private in ("@example.org", "5555"))


def test_who_was_erased_is_shown_no_more(read: Read) -> None:
    event = factories.event(slug="open")
    row = factories.attendee(event=event, role="speaker", shown_in_public=True)
    people.erase(person=row.person, now=factories.NOW)
    assert "Speakers" not in read("/events/open/").text


@pytest.mark.parametrize(
    ("kind", "title", "shown"),
    [
        ("session", "Opening", ""),
        ("panel", "Green ports", "panel"),
        ("panel", "Panel: green ports", ""),
        ("meal", "Networking lunch", ""),
        ("meal", "歡迎晚宴", ""),
        ("break", "Team building", "break"),
        ("break", "Coffee", ""),
        ("signing", "签约仪式", ""),
        ("photo_call", "Group photos", ""),
    ],
)
def test_the_kind_of_a_part_stands_beside_it_only_if_it_adds_something(
    kind: str, title: str, shown: str
) -> None:
    assert display.kind_beside(Event(kind=kind, title_en=title)) == shown
