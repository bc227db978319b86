"""The calendar page: month, list, filters, address of the feed."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Event, EventPlace, Evidence, Sector, Source
from tests import factories
from tests.events.web.conftest import Read

DAY = Event.Precision.DAY


def day(on: date, **columns: Any) -> Event:
    return factories.event(**{"precision": DAY, "start_on": on, "end_on": on, **columns})


def rich(number: int) -> Event:
    """An event with a row in every table that an entry shows."""
    city = factories.place(parent=factories.place(kind="country_or_region", country="CN"))
    event = day(
        date(2026, 11, 1 + number % 28),
        title=f"Event {number}",
        place=city,
        series=factories.series(),
        origin="reported",
    )
    event.sectors.add(Sector.objects.create(slug=f"sector-{number}", name="Logistics"))
    source = Source.objects.create(slug=f"source-{number}", name=f"Report {number}")
    Evidence.objects.create(target=event, field="title", basis="stated", source=source, line=1)
    return event


@pytest.mark.parametrize("path", ["/?month=2026-11", "/?view=list"])
@pytest.mark.django_db
def test_any_number_of_events_takes_the_same_queries(path: str, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert client.get(path).status_code == 200
        return len(context)

    counts = []
    for total in (1, 3, 30):
        for number in range(Event.objects.count(), total):
            rich(number)
        counts.append(queries())
    assert counts == [counts[0]] * 3


def test_month_shows_its_weeks_and_a_bar_over_the_days(read: Read) -> None:
    day(date(2025, 11, 5), end_on=date(2025, 11, 10), title="Import Expo")
    page = read("/?month=2025-11")
    bars = [tag["class"].split() for tag in page.all("a") if "bar" in tag.get("class", "")]
    assert [bar[1:3] for bar in bars] == [["from-3", "days-5"], ["from-1", "days-1"]]
    assert "begins" in bars[0]
    assert "ends" not in bars[0]
    assert "ends" in bars[1]
    assert "begins" not in bars[1]
    numbers = [tag["datetime"] for tag in page.all("time") if tag.get("class")]
    assert (numbers[0], numbers[-1], len(numbers)) == ("2025-10-27", "2025-11-30", 35)


def test_today_is_marked_in_words(read: Read) -> None:
    page = read("/?month=2026-11")
    days = [tag["class"] for tag in page.all("li") if tag.get("class", "").startswith("day")]
    assert [number for number, name in enumerate(days) if "today" in name] == [27]
    assert "today" in page.text


def test_coarse_dates_stand_in_the_strip_and_are_never_bars(read: Read) -> None:
    day(date(2025, 3, 3), title="Known")
    factories.event(
        title="Roadshow",
        precision="half_year",
        start_on=date(2025, 1, 1),
        end_on=date(2025, 6, 30),
    )
    page = read("/?month=2025-03")
    bars = [tag for tag in page.all("a") if "bar" in tag.get("class", "")]
    assert len(bars) == 1
    assert "Some time in this period First half of 2025" in page.text
    assert "Roadshow" not in read("/?month=2025-07").text


def test_month_of_a_neighbouring_week_keeps_its_coarse_dates(read: Read) -> None:
    factories.event(
        title="In June", precision="month", start_on=date(2025, 6, 1), end_on=date(2025, 6, 30)
    )
    assert "In June" in read("/?month=2025-06").text
    assert "In June" not in read("/?month=2025-07").text  # its first Monday is 30 June


def test_empty_month_names_the_nearest_with_events(read: Read) -> None:
    day(date(2026, 3, 1))
    day(date(2027, 5, 31), end_on=date(2027, 6, 2))
    page = read("/?month=2026-11")
    assert "No events this month. Next: May 2027 Previous: March 2026" in page.text


def test_without_a_month_the_nearest_with_events_opens(read: Read) -> None:
    day(date(2025, 11, 6))
    page = read("/")
    assert "November 2025" in page.text
    assert "There is no upcoming event. This is the archive." in page.text
    day(date(2027, 2, 1))
    page = read("/")
    assert "February 2027" in page.text
    assert "no upcoming event" not in page.text


@pytest.mark.parametrize("path", ["/?month=2025-11", "/?view=list"])
def test_programme_items_stand_under_their_event_unless_asked_for(path: str, read: Read) -> None:
    expo = day(date(2025, 11, 5), title="EXPO")
    forum = day(date(2025, 11, 5), title="FORUM", parent=expo, kind="forum")
    day(date(2025, 11, 5), title="SPEECH", parent=forum, kind="address", in_calendar=False)
    day(date(2025, 11, 5), title="LUNCH", parent=expo, kind="meal")
    titles = ("EXPO", "FORUM", "SPEECH", "LUNCH")

    def shown(query: str = "") -> list[str]:
        headings = read(f"{path}{query}").all("a")
        linked = {tag["href"] for tag in headings if tag["href"].startswith("/events/")}
        rows = Event.objects.filter(title_en__in=titles).order_by("pk")
        return [row.title for row in rows if row.get_absolute_url() in linked]

    assert shown() == shown("&parts=no") == ["EXPO", "FORUM"]
    assert shown("&parts=yes") == [*titles]
    assert "MEAL" not in read(path).text.upper()  # among the choices
    assert shown("&kind=meal") == ["EXPO", "LUNCH"]  # the expo is named as what it is part of
    assert shown("&kind=meal&parts=no") == []


def test_the_choices_are_those_of_what_is_shown(read: Read) -> None:
    expo = day(date(2025, 11, 5), kind="expo", place=factories.place(slug="city"))
    hall = factories.place(slug="hall", parent=expo.place)
    day(date(2025, 11, 5), kind="session", parent=expo, place=hall)

    def choices(query: str) -> set[str]:
        return {tag["value"] for tag in read(f"/?view=list&{query}").all("option")} - {""}

    assert choices("") == {"expo", "city"}
    assert choices("parts=yes") == {"expo", "session", "city", "hall"}
    assert choices("kind=session") == {"expo", "session", "city"}


def test_the_box_for_programme_items_stays_ticked(read: Read) -> None:
    for query, ticked in (("", False), ("parts=yes", True), ("parts=no", False)):
        [box] = [tag for tag in read(f"/?{query}").all("input") if tag.get("name") == "parts"]
        assert (box["value"], "checked" in box) == ("yes", ticked)


def test_list_shows_upcoming_then_past_newest_first_then_undated(read: Read) -> None:
    for title, on in [("Past", 2025), ("Longer past", 2024), ("Later", 2028), ("Soon", 2027)]:
        day(date(on, 1, 1), title=f"{title} event")
    factories.event(title="Undated event", precision="unknown", start_on=None)
    text = read("/?view=list").text
    order = ["Soon", "Later", "Past", "Longer past", "Undated"]
    places = [text.index(f"{title} event") for title in order]
    assert places == sorted(places)
    assert "January 2027" in text
    assert "Date not known" in text


def test_event_that_is_still_running_counts_as_upcoming(read: Read) -> None:
    day(date(2026, 11, 1), end_on=date(2026, 11, 22), title="Running")
    factories.event(
        title="Window", precision="year", start_on=date(2026, 1, 1), end_on=date(2026, 12, 31)
    )
    day(date(2026, 11, 1), end_on=date(2026, 11, 21), title="Over")
    text = read("/?view=list").text
    assert text.index("Upcoming") < text.index("Window") < text.index("Running")
    assert text.index("Running") < text.index("Over")


def test_list_has_pages(read: Read) -> None:
    for number in range(31):
        day(date(2025, 1, 1) + timedelta(days=number), title=f"Number {number:02}")
    first, second = read("/?view=list"), read("/?view=list&page=2")
    assert "Number 30" in first.text
    assert "Number 00" not in first.text
    assert "Number 00" in second.text
    assert "Number 30" not in second.text
    assert "Page 1 of 2" in first.text
    assert [tag["href"] for tag in first.all("a") if tag.get("rel") == "next"] == [
        "?view=list&page=2"
    ]


def test_no_events_at_all_is_said(read: Read) -> None:
    assert "There is no public event yet." in read("/?view=list").text
    assert "There is no public event yet." in read("/").text


@pytest.mark.parametrize("view", ["month&month=2025-11", "list"])
@pytest.mark.parametrize(
    "columns",
    [
        {"status": "draft"},
        {"visibility": "participants"},
        {"visibility": "delegation"},
        {"visibility": "internal"},
    ],
)
def test_what_is_not_public_never_appears(view: str, columns: dict[str, str], read: Read) -> None:
    secret = factories.place(name="Hidden Harbour")
    day(date(2025, 11, 6), title="Secret", place=secret, **columns)
    page = read(f"/?view={view}")
    assert "Secret" not in page.text
    assert "secret" not in [tag["value"] for tag in page.all("option")]


@pytest.mark.parametrize(
    ("status", "word"),
    [("tentative", "Tentative"), ("postponed", "Postponed"), ("cancelled", "Cancelled")],
)
@pytest.mark.parametrize("view", ["month&month=2025-11", "list"])
def test_status_is_told_in_a_word(status: str, word: str, view: str, read: Read) -> None:
    day(date(2025, 11, 6), title="Forum", status=status)
    page = read(f"/?view={view}")
    assert word in page.text
    assert bool(page.all("s")) == (status == "cancelled")


def test_entry_tells_time_place_origin_source_and_feed(read: Read) -> None:
    event = rich(4)
    factories.event(
        start_on=date(2026, 11, 25),
        start_time=time(9, 30),
        end_time=time(12),
        in_calendar=False,
        basis="entered",
    )
    Event.objects.filter(pk=event.pk).update(basis="computed")
    text = read("/?view=list").text
    assert "Promotion conference · Shanghai" not in text  # the style sheet draws the dot
    assert "Promotion conference Shanghai date computed Source: Report 4" in text
    assert "in the calendar feed" in text
    assert "09:30–12:00, Asia/Shanghai (UTC+8)" in text
    assert "on these pages only" in text


def test_filters_offer_what_occurs_and_narrow_the_page(read: Read) -> None:
    china = factories.place(slug="china", name="China", kind="country_or_region", country="CN")
    shanghai = factories.place(slug="shanghai", parent=china, country="CN")
    factories.place(slug="unused", name="Nowhere")
    day(date(2025, 11, 5), title="In Shanghai", kind="expo", place=shanghai)
    online = day(date(2025, 11, 5), title="Elsewhere", kind="forum")
    manila = factories.place(slug="manila", name="Manila", country="PH")
    EventPlace.objects.create(event=online, place=manila, role="hub")
    page = read("/?view=list&place=china&kind=&sector=")
    assert "In Shanghai" in page.text
    assert "Elsewhere" not in page.text
    values = [tag["value"] for tag in page.all("option")]
    assert {"expo", "forum", "china", "shanghai", "manila", "CN", "PH"} <= set(values)
    assert not {"unused", "leg"} & set(values)
    assert [tag["value"] for tag in page.all("option") if "selected" in tag] == ["china"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("kind=party", "party"),
        ("series=none", "none"),
        ("place=nowhere", "nowhere"),
        ("country=XX", "XX"),
        ("sector=magic", "magic"),
        ("colour=red", "colour"),
        ("past=3", "past"),
        ("view=year", "year"),
        ("month=2025-13", "2025-13"),
        ("month=9999-12", "9999-12"),
        ("month=٢٠٢٥-11", "٢٠٢٥-11"),
        ("view=list&page=2", "page"),
        ("view=list&page=x", "x"),
        ("kind=%00", "kind"),
        ("kind=<script>", "<script>"),
    ],
)
def test_unknown_filters_and_values_are_named(query: str, named: str, read: Read) -> None:
    page = read(f"/?{query}", 400)
    assert f"“{named}”" in page.text


def test_feed_address_has_the_same_filters(read: Read) -> None:
    day(date(2025, 11, 5), kind="expo")
    page = read("/zh-hans/?kind=expo&month=2025-11&view=month")
    address = "http://testserver/calendar/public.ics?kind=expo&lang=zh-hans"
    assert [tag["value"] for tag in page.all("input") if tag.get("id") == "feed"] == [address]
    links = [tag.get("href", "") for tag in page.all("a")]
    assert address.replace("http", "webcal") in links
    assert address in links


def test_feed_answers_at_the_address_that_the_page_gives(read: Read, client: Client) -> None:
    day(date(2025, 11, 5), title="Expo", kind="expo")
    day(date(2025, 11, 5), title="Forum", kind="forum")
    address = next(tag["value"] for tag in read("/?kind=expo").all("input") if "id" in tag)
    body = client.get(address.removeprefix("http://testserver")).content.decode()
    assert "SUMMARY:Expo" in body
    assert "Forum" not in body


@pytest.mark.parametrize("path", ["/?month=2025-11", "/?view=list"])
def test_a_part_says_of_what(path: str, read: Read) -> None:
    expo = day(date(2025, 11, 5), title="Expo")
    day(date(2025, 11, 5), title="Opening", parent=expo, kind="forum")
    hidden = day(date(2025, 11, 5), title="Secret", visibility="internal")
    day(date(2025, 11, 5), title="Reception", parent=hidden)
    text = read(path).text
    assert "part of Expo" in text
    assert "Secret" not in text
