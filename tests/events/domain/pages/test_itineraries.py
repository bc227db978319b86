"""Itineraries: everything that concerns somebody, in order, by the clocks of place and home."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from events.domain.lifecycle import lifecycle
from events.domain.pages import formatting, itineraries
from events.domain.pages.itineraries import Item, Itinerary
from events.models import Appointment, Attendee, Event, EventPlace, Person, Place
from tests import factories

pytestmark = pytest.mark.django_db
MAY = {number: date(2025, 5, number) for number in range(1, 32)}


def items(made: Itinerary) -> list[Item]:
    return [item for day in made.days for item in day.items]


def titles(made: Itinerary) -> list[str]:
    return [item.event.title for item in items(made)]


def item(made: Itinerary, title: str) -> Item:
    (found,) = [item for item in items(made) if item.event.title == title]
    return found


def by_day(made: Itinerary) -> dict[date, list[str]]:
    return {day.on: [item.event.title for item in day.items] for day in made.days}


def of(person: Person, within: Event | None = None, **how: Any) -> Itinerary:
    return itineraries.of_person(person=person, within=within, **how)


def journey(**columns: Any) -> Event:
    """A trade mission from Hong Kong, 10 to 15 May 2025."""
    days = {"precision": "day", "start_on": MAY[10], "end_on": MAY[15]}
    values = {"title": "Mission", "kind": "trade_mission", "timezone": "Asia/Hong_Kong"}
    return factories.event(**{**values, **days, **columns})


def city(name: str, zone: str, **columns: Any) -> Place:
    return factories.place(name=name, timezone=zone, **columns)


def stay(mission: Event, place: Place, first: int, last: int, **columns: Any) -> Event:
    """The stay of a leg: everything of it is for those who attend it."""
    values = {"title": place.name, "kind": "leg", "precision": "day", "place": place}
    when = {"start_on": MAY[first], "end_on": MAY[last], "timezone": place.timezone}
    return factories.event(**{"parent": mission, **values, **when, **columns})


def part(
    whole: Event, title: str, day: int, start: str = "", end: str = "", **columns: Any
) -> Event:
    """Something on a day of May 2025, where and by whose clock the whole is; without hours too."""
    values = {
        "title": title,
        "kind": "session",
        "precision": "time" if start else "day",
        "start_on": MAY[day],
        "timezone": whole.timezone,
        "place": whole.place,
    }
    if start:
        values["start_time"] = time.fromisoformat(start)
        values["end_time"] = time.fromisoformat(end) if end else None
    return factories.event(**{"parent": whole, **values, **columns})


def join(person: Person, *events: Event, **columns: Any) -> None:
    for event in events:
        factories.attendee(event=event, person=person, **columns)


class Gulf:
    """A mission with two legs; Alpha is on both of them, Beta only in Doha."""

    def __init__(self) -> None:
        self.doha, self.kuwait = city("Doha", "Asia/Qatar"), city("Kuwait City", "Asia/Kuwait")
        self.hong_kong = city("Hong Kong", "Asia/Hong_Kong")
        self.mission = journey()
        self.first = stay(self.mission, self.doha, 11, 12)
        self.second = stay(self.mission, self.kuwait, 12, 14)
        self.alpha = factories.person(family_name="Alpha", timezone="Asia/Hong_Kong")
        self.beta = factories.person(family_name="Beta", timezone="Asia/Hong_Kong")
        join(self.alpha, self.mission, self.first, self.second)
        join(self.beta, self.mission, self.first)


@pytest.fixture
def gulf() -> Gulf:
    return Gulf()


# Whom something concerns


def test_parts_of_what_somebody_attends_concern_them(gulf: Gulf) -> None:
    conference = part(gulf.first, "Conference", 11, "09:00", "12:00")
    part(conference, "Keynote", 11, "09:15", "09:45")
    assert titles(of(gulf.alpha)) == ["Conference", "Keynote"]


def test_who_is_on_one_leg_only_gets_that_leg(gulf: Gulf) -> None:
    part(gulf.first, "In Doha", 11, "10:00")
    part(gulf.second, "In Kuwait", 13, "10:00")
    assert titles(of(gulf.alpha)) == ["In Doha", "In Kuwait"]
    assert titles(of(gulf.beta)) == ["In Doha"]
    legs = {span.event for day in of(gulf.beta).days for span in day.spans}
    assert legs == {gulf.mission, gulf.first}


def test_moving_an_event_moves_it_for_exactly_those_who_attend_it(gulf: Gulf) -> None:
    visit = part(gulf.second, "Visit", 13, "10:00", "11:00")
    part(gulf.first, "Conference", 11, "10:00", "11:00")
    before = {person: by_day(of(person)) for person in (gulf.alpha, gulf.beta)}
    visit.when = replace(visit.when, start_on=MAY[14])
    lifecycle.save(event=visit, now=factories.NOW)
    after = {person: by_day(of(person)) for person in (gulf.alpha, gulf.beta)}
    assert (before[gulf.alpha][MAY[13]], after[gulf.alpha][MAY[13]]) == (["Visit"], [])
    assert (before[gulf.alpha][MAY[14]], after[gulf.alpha][MAY[14]]) == ([], ["Visit"])
    assert before[gulf.beta] == after[gulf.beta]


def test_what_is_for_the_invited_concerns_nobody_else(gulf: Gulf) -> None:
    call = part(gulf.first, "Call", 11, "15:00", audience="invited")
    part(call, "Photograph", 11, "15:10")
    join(gulf.alpha, call)
    assert titles(of(gulf.alpha)) == ["Call", "Photograph"]
    assert titles(of(gulf.beta)) == []


def test_a_part_to_which_somebody_is_invited_does_not_bring_the_whole(gulf: Gulf) -> None:
    guest = factories.person()
    dinner = part(gulf.first, "Dinner", 11, "19:00")
    part(gulf.first, "Visit", 11, "10:00")
    join(guest, dinner)
    assert titles(of(guest)) == ["Dinner"]
    assert of(guest).days[0].spans == ()


@pytest.mark.parametrize(
    "lost",
    [
        {"partstat": "declined"},
        {"partstat": "delegated"},
        {"seat": "cancelled"},
        {"seat": "waitlisted", "waitlisted_at": factories.NOW},
    ],
    ids=lambda lost: next(iter(lost.values())),
)
def test_what_somebody_refused_or_has_no_place_at_is_not_theirs(
    gulf: Gulf, lost: dict[str, Any]
) -> None:
    tour = part(gulf.first, "Tour", 11, "10:00")
    part(tour, "Stop", 11, "10:30")
    join(gulf.beta, tour, **lost)
    assert titles(of(gulf.beta)) == []
    assert titles(of(gulf.alpha)) == ["Tour", "Stop"]


def test_who_has_lost_the_mission_keeps_what_they_are_invited_to(gulf: Gulf) -> None:
    dinner = part(gulf.first, "Dinner", 11, "19:00")
    part(gulf.first, "Visit", 11, "10:00")
    join(gulf.beta, dinner)
    Attendee.objects.exclude(event=dinner).filter(person=gulf.beta).update(seat="cancelled")
    assert titles(of(gulf.beta)) == ["Dinner"]


def test_no_answer_yet_and_perhaps_are_expected(gulf: Gulf) -> None:
    for answer in ("needs_action", "tentative"):
        join(gulf.beta, part(gulf.second, answer, 13, "10:00"), partstat=answer)
    assert titles(of(gulf.beta)) == ["needs_action", "tentative"]


def test_drafts_appear_nowhere_and_what_is_cancelled_only_when_asked(gulf: Gulf) -> None:
    part(gulf.first, "Draft", 11, "09:00", status="draft")
    part(gulf.first, "Cancelled", 11, "10:00", status="cancelled")
    part(gulf.first, "Postponed", 11, "11:00", status="postponed")
    for made in (of(gulf.alpha), itineraries.of_event(event=gulf.mission)):
        assert titles(made) == ["Postponed"]
    assert titles(of(gulf.alpha, cancelled=True)) == ["Cancelled", "Postponed"]
    asked = itineraries.of_event(event=gulf.mission, cancelled=True)
    assert titles(asked) == ["Cancelled", "Postponed"]


def test_internal_items_appear_only_when_asked(gulf: Gulf) -> None:
    part(gulf.first, "Cue", 11, "09:25", visibility="internal")
    assert titles(of(gulf.alpha)) == []
    assert titles(of(gulf.alpha, internal=True)) == ["Cue"]
    assert titles(itineraries.of_event(event=gulf.mission)) == []
    assert titles(itineraries.of_event(event=gulf.mission, internal=True)) == ["Cue"]


def test_only_what_the_reader_may_see_appears(gulf: Gulf) -> None:
    part(gulf.first, "Ours", 11, "09:00")
    elsewhere = factories.event(title="Of another team", start_on=MAY[11])
    join(gulf.alpha, elsewhere)
    among = Event.objects.exclude(pk=elsewhere.pk)
    assert titles(of(gulf.alpha)) == ["Ours", "Of another team"][::-1]
    assert titles(of(gulf.alpha, among=among)) == ["Ours"]


def test_within_a_journey_nothing_else_appears(gulf: Gulf) -> None:
    part(gulf.first, "In Doha", 11, "09:00")
    join(gulf.alpha, factories.event(title="Another year", start_on=date(2026, 5, 11)))
    assert titles(of(gulf.alpha)) == ["In Doha", "Another year"]
    assert titles(of(gulf.alpha, gulf.mission)) == ["In Doha"]
    assert titles(of(gulf.alpha, gulf.second)) == []


def test_deadlines_and_reviews_appear_wherever_their_days_lie(gulf: Gulf) -> None:
    part(gulf.mission, "Passports", 2, "17:00", kind="deadline")
    part(gulf.mission, "Review", 15, kind="review", start_on=date(2025, 8, 15))
    assert by_day(of(gulf.beta, gulf.mission))[MAY[2]] == ["Passports"]
    assert by_day(of(gulf.beta, gulf.mission))[date(2025, 8, 15)] == ["Review"]


# Missions and legs


def test_a_mission_shows_everything_whoever_attends_it(gulf: Gulf) -> None:
    call = part(gulf.first, "Call", 11, "15:00", audience="invited")
    part(call, "Photograph", 11, "15:10")
    part(gulf.second, "In Kuwait", 13, "10:00")
    factories.event(title="Elsewhere", start_on=MAY[11])
    made = itineraries.of_event(event=gulf.mission)
    assert titles(made) == ["Call", "Photograph", "In Kuwait"]


def test_a_leg_shows_its_parts_and_the_ways_there_and_on(gulf: Gulf) -> None:
    airport = factories.place(name="Hamad Airport", parent=gulf.doha, timezone="")
    flights = {
        "There": (10, gulf.hong_kong, airport),
        "On": (12, airport, gulf.kuwait),
        "Home": (14, gulf.kuwait, gulf.hong_kong),
        "A year later": (31, gulf.hong_kong, airport),
    }
    for title, (day, start, end) in flights.items():
        columns = {"kind": "transfer", "place": start, "end_place": end}
        columns |= {"timezone": start.timezone or "Asia/Qatar", "end_on": MAY[min(day + 1, 31)]}
        part(gulf.mission, title, day, "23:00", "23:30", **columns)
    part(gulf.first, "In Doha", 11, "10:00")
    part(gulf.second, "In Kuwait", 13, "10:00")
    assert titles(itineraries.of_event(event=gulf.first)) == ["There", "In Doha", "On"]
    assert titles(of(gulf.alpha, gulf.first)) == ["There", "In Doha", "On"]


def test_a_leg_without_a_mission_takes_no_ways_from_elsewhere(gulf: Gulf) -> None:
    alone = stay(gulf.mission, gulf.doha, 11, 12, parent=None, title="Alone")
    flight = {"kind": "transfer", "end_place": gulf.doha, "parent": None}
    part(gulf.mission, "Flight", 11, "10:00", "12:00", **flight)
    assert titles(itineraries.of_event(event=alone)) == []


# Days


def test_missions_and_legs_head_the_days_that_they_last(gulf: Gulf) -> None:
    spans = {day.on: [span.event for span in day.spans] for day in of(gulf.alpha).days}
    assert spans == {
        MAY[10]: [gulf.mission],
        MAY[11]: [gulf.mission, gulf.first],
        MAY[12]: [gulf.mission, gulf.first, gulf.second],
        MAY[13]: [gulf.mission, gulf.second],
        MAY[14]: [gulf.mission, gulf.second],
        MAY[15]: [gulf.mission],
    }
    assert items(of(gulf.alpha)) == []


def test_a_leg_of_one_day_heads_it_too(gulf: Gulf) -> None:
    short = stay(gulf.mission, gulf.doha, 15, 15, title="Short")
    join(gulf.beta, short)
    assert [span.event for span in of(gulf.beta).days[-1].spans] == [gulf.mission, short]


def test_of_a_span_of_months_only_first_and_last_day_are_shown(gulf: Gulf) -> None:
    expo = factories.event(
        kind="expo", precision="day", start_on=date(2025, 4, 13), end_on=date(2025, 10, 13)
    )
    visitor = factories.person()
    join(visitor, expo)
    assert [day.on for day in of(visitor).days] == [date(2025, 4, 13), date(2025, 10, 13)]
    part(expo, "National day", 20, "10:00")
    shown = of(visitor).days[1]
    assert (shown.on, [span.event for span in shown.spans]) == (MAY[20], [expo])


def test_a_conference_of_two_days_with_hours_frames_them_and_a_long_night_does_not(
    gulf: Gulf,
) -> None:
    night = part(gulf.mission, "Night", 10, "20:00", "06:00", end_on=MAY[11])
    two_days = part(gulf.mission, "Two days", 13, "09:00", "17:00", end_on=MAY[14])
    made = of(gulf.alpha, gulf.mission)
    assert [item.event for item in items(made)] == [night]
    assert {day.on for day in made.days for span in day.spans if span.event == two_days} == {
        MAY[13],
        MAY[14],
    }


def test_what_has_no_hour_comes_first_then_the_earlier_the_longer_the_older(gulf: Gulf) -> None:
    part(gulf.first, "Late", 11, "10:00")
    part(gulf.first, "Open end", 11, "09:00")
    part(gulf.first, "Short", 11, "09:00", "09:30")
    part(gulf.first, "Long", 11, "09:00", "12:00")
    part(gulf.first, "Long too", 11, "09:00", "12:00")
    part(gulf.first, "Some time", 11)
    order = ["Some time", "Long", "Long too", "Short", "Open end", "Late"]
    assert titles(of(gulf.alpha)) == order


def test_a_day_is_that_of_the_place_and_its_order_that_of_the_moments(gulf: Gulf) -> None:
    part(gulf.mission, "In Hong Kong", 12, "13:00", place=gulf.hong_kong)
    part(gulf.first, "In Doha", 12, "07:00")  # 12:00 in Hong Kong
    part(gulf.first, "Late in Doha", 12, "23:00")  # the 13th in Hong Kong
    assert by_day(of(gulf.alpha))[MAY[12]] == ["In Doha", "In Hong Kong", "Late in Doha"]
    assert next(day for day in of(gulf.alpha).days if day.on == MAY[12]).zones == (
        "Asia/Qatar",
        "Asia/Hong_Kong",
    )


def test_clocks_that_change_at_night_keep_the_order_of_moments() -> None:
    berlin = city("Berlin", "Europe/Berlin")
    night = {"place": berlin, "timezone": "Europe/Berlin", "start_on": date(2025, 10, 26)}
    forum = factories.event(**{**night, "title": "Forum", "precision": "day"})
    part(forum, "After", 26, "02:15", "03:15", start_on=date(2025, 10, 26))
    part(forum, "Before", 26, "01:45", "04:00", start_on=date(2025, 10, 26))
    guest = factories.person(timezone="Asia/Shanghai")
    join(guest, forum)
    before, after = items(of(guest))[1:]
    assert (before.event.title, after.event.title) == ("Before", "After")
    clocks = [formatting.clocks(row.clock, *row.elsewhere) for row in (before, after)]
    assert clocks == [
        "01:45–04:00 (Berlin, UTC+2) · 07:45–11:00 Shanghai",
        "02:15–03:15 (Berlin, UTC+2) · 08:15–10:15 Shanghai",
    ]


def test_a_flight_back_over_the_date_line_brings_the_day_again() -> None:
    tokyo, honolulu = city("Tokyo", "Asia/Tokyo"), city("Honolulu", "Pacific/Honolulu")
    tour = journey(start_on=MAY[10], end_on=MAY[12], timezone="Asia/Tokyo")
    head = factories.person(timezone="Asia/Tokyo")
    join(head, tour)
    part(tour, "Dinner in Tokyo", 11, "18:00", "20:00", place=tokyo)
    ways = {"kind": "transfer", "place": tokyo, "end_place": honolulu, "end_on": MAY[11]}
    part(tour, "Flight", 12, "00:30", "13:00", end_timezone="Pacific/Honolulu", **ways)
    here = {"place": honolulu, "timezone": "Pacific/Honolulu"}
    part(tour, "Rest", 11, **here)
    part(tour, "Dinner in Honolulu", 11, "18:00", "20:00", **here)
    part(tour, "Home again", 12, "18:00", **here)
    days = [
        (day.on.day, day.again, [row.event.title for row in day.items]) for day in of(head).days
    ]
    assert days == [
        (10, False, []),
        (11, False, ["Dinner in Tokyo"]),
        (12, False, ["Flight"]),
        (11, True, ["Rest", "Dinner in Honolulu"]),
        (12, True, ["Home again"]),
    ]
    (arrival,) = of(head).days[3].arrivals
    assert arrival.event.title == "Flight"
    assert formatting.when(arrival.event.when) == "12 May 2025–11 May 2025, 00:30–13:00"


def test_a_night_flight_arrives_on_the_next_day_too(gulf: Gulf) -> None:
    flight = part(
        gulf.mission,
        "Flight",
        10,
        "23:50",
        "04:30",
        kind="transfer",
        place=gulf.hong_kong,
        end_place=gulf.doha,
        end_on=MAY[11],
        end_timezone="Asia/Qatar",
    )
    part(gulf.first, "Dinner", 11, "20:00", "00:30", end_on=MAY[12])
    arrivals = {day.on: [row.event for row in day.arrivals] for day in of(gulf.alpha).days}
    assert {on for on, found in arrivals.items() if found} == {MAY[11]}
    assert arrivals[MAY[11]] == [flight]


def test_what_has_no_day_yet_stands_apart(gulf: Gulf) -> None:
    window = {"precision": "quarter", "start_on": date(2025, 7, 1), "end_on": date(2025, 9, 30)}
    later = part(gulf.mission, "Return visit", 10, **window)
    some_day = part(gulf.mission, "Some day", 10, precision="unknown", start_on=None)
    assert of(gulf.alpha).undated == (later, some_day)
    assert titles(of(gulf.alpha)) == []


# Clocks


def test_an_item_shows_the_clock_of_the_place_and_of_home(gulf: Gulf) -> None:
    part(gulf.first, "Talk", 11, "10:30", "12:00")
    talk = item(of(gulf.alpha), "Talk")
    assert formatting.clocks(talk.clock, *talk.elsewhere) == (
        "10:30–12:00 (Doha, UTC+3) · 15:30–17:00 Hong Kong"
    )


def test_the_same_clock_is_not_shown_twice(gulf: Gulf) -> None:
    part(gulf.mission, "Briefing", 10, "10:30", "12:00", place=gulf.hong_kong)
    briefing = item(of(gulf.alpha), "Briefing")
    assert briefing.elsewhere == ()
    assert briefing.home is not None
    assert formatting.clocks(briefing.clock) == "10:30–12:00 (Hong Kong, UTC+8)"


def test_a_transfer_shows_two_zones_and_two_places(gulf: Gulf) -> None:
    part(
        gulf.mission,
        "Flight",
        10,
        "23:50",
        "04:30",
        kind="transfer",
        place=factories.place(name="Chek Lap Kok", kind="site", parent=gulf.hong_kong, timezone=""),
        end_place=gulf.doha,
        end_on=MAY[11],
        end_timezone="Asia/Qatar",
    )
    flight = item(of(gulf.alpha), "Flight")
    assert (flight.place, flight.end_place) == ("Chek Lap Kok, Hong Kong", "Doha")
    assert formatting.clocks(flight.clock, *flight.elsewhere) == (
        "23:50–04:30 (+1) (Hong Kong, UTC+8 → Doha, UTC+3) · 23:50–09:30 (+1) Hong Kong"
    )


def test_a_clock_on_another_day_says_so(gulf: Gulf) -> None:
    part(gulf.first, "Dinner", 11, "20:00", "23:00")
    dinner = item(of(gulf.alpha), "Dinner")
    assert formatting.clocks(dinner.clock, *dinner.elsewhere, on=dinner.on) == (
        "20:00–23:00 (Doha, UTC+3) · 12 May, 01:00–04:00 Hong Kong"
    )


def test_home_is_the_persons_zone_or_else_that_of_the_mission(gulf: Gulf) -> None:
    part(gulf.first, "Talk", 11, "10:30")
    nowhere = factories.person(timezone="")
    join(nowhere, gulf.first)
    assert (of(gulf.alpha).home_zone, of(gulf.alpha).home) == ("Asia/Hong_Kong", "Hong Kong")
    assert of(nowhere, gulf.first).home_zone == "Asia/Hong_Kong"
    assert itineraries.of_event(event=gulf.second).home_zone == "Asia/Hong_Kong"
    assert (of(nowhere).home_zone, of(nowhere).home) == ("", "")
    assert item(of(nowhere), "Talk").home is None


def test_a_home_that_is_no_place_of_ours_bears_the_zones_name(gulf: Gulf) -> None:
    guest = factories.person(timezone="America/Los_Angeles")
    assert of(guest).home == "Los Angeles"


# Hubs

SHANGHAI_MORNING = {
    date(2024, 9, 25): {
        "America/Los_Angeles": "24 September, 18:30–20:00 (San Francisco, UTC-7)",
        "America/Vancouver": "24 September, 18:30–20:00 (Vancouver, UTC-7)",
        "Asia/Manila": "09:30–11:00 (Manila, UTC+8)",
        "Asia/Jakarta": "08:30–10:00 (Jakarta, UTC+7)",
    },
    # From November 2026 on Vancouver keeps UTC-7 all the year.
    date(2026, 11, 25): {
        "America/Los_Angeles": "24 November, 17:30–19:00 (San Francisco, UTC-8)",
        "America/Vancouver": "24 November, 18:30–20:00 (Vancouver, UTC-7)",
        "Asia/Manila": "09:30–11:00 (Manila, UTC+8)",
        "Asia/Jakarta": "08:30–10:00 (Jakarta, UTC+7)",
    },
}
NAMES = {
    "America/Los_Angeles": "San Francisco",
    "America/Vancouver": "Vancouver",
    "Asia/Manila": "Manila",
    "Asia/Jakarta": "Jakarta",
}


def gathering(on: date, **columns: Any) -> tuple[Event, dict[str, EventPlace]]:
    """A morning in Shanghai that four cities join by live stream."""
    hours = {"start_time": time(9, 30), "end_time": time(11)}
    values = {"title": "Gathering", "place": city("Shanghai", "Asia/Shanghai"), **hours, **columns}
    event = factories.event(start_on=on, **values)
    hubs = {
        zone: EventPlace.objects.create(
            event=event, place=city(name, zone), role="hub", position=number
        )
        for number, (zone, name) in enumerate(NAMES.items(), 1)
    }
    return event, hubs


@pytest.mark.parametrize("on", SHANGHAI_MORNING, ids=str)
def test_every_hub_has_its_own_clock(on: date) -> None:
    event, _hubs = gathering(on)
    (only,) = items(itineraries.of_event(event=event))
    clocks = [formatting.clocks(hub.clock, on=only.on) for hub in only.hubs if hub.clock]
    assert clocks == list(SHANGHAI_MORNING[on].values())


@pytest.mark.parametrize("zone", NAMES)
@pytest.mark.parametrize("on", SHANGHAI_MORNING, ids=str)
def test_who_joins_at_a_hub_has_the_day_and_the_hour_there(on: date, zone: str) -> None:
    event, hubs = gathering(on)
    factories.event(
        parent=event, title="Keynote", start_on=on, start_time=time(9, 30), end_time=time(11)
    )
    guest = factories.person(timezone=zone)
    join(guest, event, hub=hubs[zone])
    made = of(guest)
    assert titles(made) == ["Gathering", "Keynote"]
    for row in items(made):
        assert row.joins is not None
        assert row.joins.clock is not None
        assert row.here == row.joins.clock
        assert formatting.clocks(row.here, on=on) == SHANGHAI_MORNING[on][zone]
        assert row.on == row.here.start.date()
        assert row.hubs == ()


def test_who_joins_at_a_hub_watches_its_own_stream_if_it_has_one() -> None:
    main, own = "https://stream.example.org/main", "https://stream.example.org/manila"
    event, hubs = gathering(date(2024, 9, 25), stream_url=main)
    manila, jakarta = hubs["Asia/Manila"], hubs["Asia/Jakarta"]
    manila.stream_url = own
    manila.save()
    for hub, expected in ((manila, own), (jakarta, main), (None, main)):
        guest = factories.person()
        join(guest, event, hub=hub)
        (only,) = items(of(guest))
        assert only.stream_url == expected


@pytest.mark.parametrize(
    ("role", "learns"),
    [("delegate", True), ("interpreter", True)]
    + [(role, False) for role in ("speaker", "guest_of_honour", "representative", "participant")],
)
def test_a_guest_from_outside_does_not_learn_of_what_the_delegation_alone_sees(
    gulf: Gulf, role: str, learns: bool
) -> None:
    briefing = part(gulf.first, "Briefing", 11, "08:00", visibility="delegation")
    inner = part(briefing, "Questions", 11, "08:30")
    guest = factories.person()
    join(guest, gulf.first, role=role)
    shown = {row.event for row in items(of(guest))}
    assert shown >= {briefing, inner} if learns else shown.isdisjoint({briefing, inner})


def test_who_comes_to_the_place_itself_sees_no_hub() -> None:
    event, _hubs = gathering(date(2024, 9, 25))
    guest = factories.person(timezone="Asia/Shanghai")
    join(guest, event)
    (only,) = items(of(guest))
    assert (only.joins, only.hubs) == (None, ())


def test_without_an_hour_a_hub_has_the_date_of_the_place() -> None:
    event, hubs = gathering(date(2024, 9, 25), precision="day", start_time=None, end_time=None)
    guest = factories.person(timezone="America/Los_Angeles")
    join(guest, event, hub=hubs["America/Los_Angeles"])
    (only,) = items(of(guest))
    assert (only.on, only.clock, only.home) == (date(2024, 9, 25), None, None)
    assert only.joins is not None
    assert only.joins.clock is None
    words = formatting.day_there(on=only.on, place="Shanghai")
    assert words == "25 September 2024 (Shanghai date)"


# With whom


def test_companions_stand_in_order_of_precedence_and_without_the_reader(gulf: Gulf) -> None:
    call = part(gulf.first, "Call", 11, "15:00", audience="invited")
    body = factories.organisation(name="Qatar Chamber")
    host = factories.person(family_name="Chen", given_name="Jining")
    chair = Appointment.objects.create(person=host, title="Chairman")
    second = factories.person(family_name="Gong", given_name="Zheng")
    absent = factories.person(family_name="Absent")
    join(second, call, role="representative", position=3)
    join(host, call, role="guest_of_honour", position=2, representing=body, appointment=chair)
    join(gulf.alpha, call, role="head", position=1)
    join(absent, call, position=4, partstat="declined")
    Attendee.objects.create(event=call, label="Their interpreter", role="interpreter", position=5)
    row = item(of(gulf.alpha), "Call")
    assert [(who.name, who.role, who.office, who.representing) for who in row.companions] == [
        ("CHEN Jining", "guest of honour", "Chairman", "Qatar Chamber"),
        ("GONG Zheng", "representative", "", ""),
        ("Their interpreter", "interpreter", "", ""),
    ]
    assert (row.more, row.own and row.own.role) == (0, "head")
    everybody = item(itineraries.of_event(event=gulf.mission), "Call").companions
    assert everybody[0].name == "ALPHA Siu-ming"


def test_of_many_companions_the_first_are_named_and_the_rest_counted(gulf: Gulf) -> None:
    talk = part(gulf.first, "Talk", 11, "15:00")
    for position in range(12, 0, -1):
        join(factories.person(family_name=f"P{position}"), talk, position=position)
    join(gulf.alpha, talk, position=1)
    row = item(of(gulf.alpha), "Talk")
    assert [who.name for who in row.companions] == [f"P{n} Siu-ming" for n in range(1, 9)]
    assert row.more == 4
    assert item(of(gulf.beta), "Talk").more == 5


def test_a_part_knows_the_item_that_it_is_a_part_of(gulf: Gulf) -> None:
    conference = part(gulf.first, "Conference", 11, "09:00", "12:00")
    part(conference, "Keynote", 11, "09:15", "09:45")
    assert item(of(gulf.alpha), "Keynote").part_of == conference
    assert item(of(gulf.alpha), "Conference").part_of is None


def test_the_reader_has_a_part_in_the_journey(gulf: Gulf) -> None:
    Attendee.objects.filter(event=gulf.mission, person=gulf.alpha).update(role="head")
    own = of(gulf.alpha, gulf.mission).own
    assert own is not None
    assert own.role == "head"
    assert of(gulf.alpha).own is None


def test_texts_are_in_the_language_that_is_active(gulf: Gulf) -> None:
    Place.objects.filter(pk__in=[gulf.doha.pk, gulf.hong_kong.pk]).update(name_zh_hant="多哈")
    Place.objects.filter(pk=gulf.hong_kong.pk).update(name_zh_hant="香港")
    part(gulf.first, "Talk", 11, "10:30", "12:00")
    with override("zh-hant"):
        made = of(gulf.alpha)
    talk = item(made, "Talk")
    assert (made.home, talk.place) == ("香港", "多哈")
    assert talk.clock is not None
    assert talk.clock.name == "多哈"


def test_an_itinerary_of_nothing_is_empty(gulf: Gulf) -> None:
    nobody = factories.person()
    assert of(nobody).is_empty
    assert of(nobody, gulf.mission).is_empty
    assert not of(gulf.alpha).is_empty


# How much it costs


def grow(gulf: Gulf, number: int) -> None:
    """Add that many of everything that an itinerary shows."""
    for _ in range(number):
        event = part(gulf.first, "Talk", 11, "10:30", "12:00", end_place=gulf.kuwait)
        EventPlace.objects.create(event=event, place=gulf.kuwait, role="site")
        hub = EventPlace.objects.create(event=event, place=gulf.kuwait, role="hub")
        join(gulf.alpha, event, hub=hub, representing=factories.organisation())
        guest = factories.person()
        office = Appointment.objects.create(person=guest, title="Mayor")
        join(guest, event, representing=factories.organisation(), appointment=office)
        part(gulf.mission, "Some day", 10, precision="unknown", start_on=None)


def costs(gulf: Gulf) -> list[int]:
    """Return how many queries each kind of itinerary takes, with all that it shows."""
    made: list[Callable[[], Itinerary]] = [
        lambda: of(gulf.alpha),
        lambda: of(gulf.alpha, gulf.mission),
        lambda: of(gulf.alpha, gulf.first),
        lambda: itineraries.of_event(event=gulf.mission, internal=True, cancelled=True),
        lambda: itineraries.of_event(event=gulf.first),
    ]
    counts = []
    for make in made:
        with CaptureQueriesContext(connection) as asked:
            shown = [(row.place, row.here, row.elsewhere, row.hubs) for row in items(make())]
        assert len(shown) > 0
        counts.append(len(asked))
    return counts


def test_many_rows_cost_as_many_queries_as_1(gulf: Gulf) -> None:
    counts = []
    for more in (1, 2, factories.MANY - 3):
        grow(gulf, more)
        counts.append(costs(gulf))
    assert counts[1:] == counts[:1] * 2
    assert max(counts[0]) <= 11
