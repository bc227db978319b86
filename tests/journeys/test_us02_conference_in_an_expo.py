"""US-02: an organiser puts a conference inside an expo, with two organisers and a rundown."""

from datetime import date, time
from decimal import Decimal

from events.domain.pages import itineraries
from events.models import Attendee, Event, EventOrganisation, Figure, Team
from tests import factories
from tests.journeys.calendars import FEED, entries, hand_out
from tests.office import Office, address

EXPO = {
    "title_en": "China International Import Expo",
    "kind": "expo",
    "precision": "day",
    "start_on": "2025-11-05",
    "end_on": "2025-11-10",
    "visibility": "public",
}
CONFERENCE = {
    "title_en": "Going Global, Hong Kong and Shanghai",
    "kind": "promotion_conference",
    "precision": "day",
    "visibility": "public",
}


def test_a_conference_takes_its_place_in_the_expo(office: Office, team: Team) -> None:
    shanghai = factories.place()
    expo = office.add(Event, **EXPO, place=shanghai.pk, team=team.pk)

    # 1. The conference is part of the expo and lies within its days.
    inside = {**CONFERENCE, "parent": expo.pk, "place": shanghai.pk, "team": team.pk}
    for outside in ("2025-11-04", "2025-11-11"):
        said = office.refused(address(Event, "add"), **inside, start_on=outside)
        assert "China International Import Expo" in said
    conference = office.add(Event, **inside, start_on="2025-11-06")
    assert (conference.parent, conference.timezone) == (expo, "Asia/Shanghai")

    # 2. Two organisers, in order.
    for position, name in ((2, "Example Trade Council"), (1, "Example Government")):
        body = factories.organisation(name=name, team=team)
        office.add_detail(
            conference,
            "organisation_roles",
            organisation=body.pk,
            role="co_organiser",
            position=position,
        )
    ordered = EventOrganisation.objects.filter(event=conference).order_by("position")
    names = [row.organisation.name for row in ordered]
    assert names == ["Example Government", "Example Trade Council"]

    # 5. Feeds show both once the expo is proposed with its programme; DTEND of whole days is the
    # day after the last.
    assert {expo.ical_uid, conference.ical_uid}.isdisjoint(entries(FEED))
    office.step(expo, "propose")
    whole, part = (entries(FEED)[row.ical_uid] for row in (expo, conference))
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (date(2025, 11, 5), date(2025, 11, 11))
    assert (part["DTSTART"].dt, part["DTEND"].dt) == (date(2025, 11, 6), date(2025, 11, 7))
    assert part["RELATED-TO"] == expo.ical_uid
    assert part["RELATED-TO"].params["RELTYPE"] == "PARENT"


def test_the_rundown_can_be_turned_round_and_hides_its_cues(office: Office, team: Team) -> None:
    conference = factories.event(
        team=team, status="draft", kind="promotion_conference", start_on=date(2025, 11, 6)
    )
    lee, xu, guest = (factories.person(team=team, family_name=name) for name in ("Lee", "Xu", "Au"))
    factories.attendee(event=conference, person=guest, seat="confirmed")

    # 3. Two addresses, one after the other, with an internal cue between them.
    first = address_of(office, conference, team, lee, time(9, 30))
    second = address_of(office, conference, team, xu, time(10))
    cue = office.add(
        Event,
        **part(conference, team, time(9, 55)),
        title_en="Cue: lights down",
        visibility="internal",
    )
    office.step(conference, "propose", visible="")
    for row in (first, second, cue):
        row.refresh_from_db()
    assert rundown(guest, conference) == [first, second]

    feed = hand_out(office, team, person=guest)
    assert {str(entry["SUMMARY"]) for entry in entries(feed).values()} == {
        *(str(row) for row in (conference, first, second))
    }

    office.step(first, "move", start_time="10:30", end_time="10:45")
    assert rundown(guest, conference) == [second, first]
    assert rundown(guest, conference, internal=True) == [cue, second, first]


def test_two_counts_of_the_same_room_stand_side_by_side(office: Office, team: Team) -> None:
    conference = factories.event(team=team)
    # 4. Each has its unit and comparator; no total is computed.
    for value, unit, comparator in (
        (400, "business representatives", "over"),
        (500, "participants", "exact"),
    ):
        figure = {"value": value, "unit_en": unit, "comparator": comparator}
        office.add(Figure, event=conference.pk, slug=f"figure-{value}", **figure)
    rows = Figure.objects.filter(event=conference).order_by("value")
    assert [(row.value, row.unit_en, row.comparator) for row in rows] == [
        (Decimal(400), "business representatives", "over"),
        (Decimal(500), "participants", "exact"),
    ]
    page = office.open(address(conference, "change")).content.decode()
    assert "business representatives" in page
    assert "participants" in page


def part(conference: Event, team: Team, at: time) -> dict[str, object]:
    return {
        "kind": "session",
        "parent": conference.pk,
        "team": team.pk,
        "precision": "time",
        "start_on": "2025-11-06",
        "start_time": at,
        "timezone": "Asia/Shanghai",
    }


def address_of(office: Office, conference: Event, team: Team, speaker, at: time) -> Event:
    row = office.add(
        Event,
        **{**part(conference, team, at), "kind": "address"},
        title_en=f"Address by {speaker}",
        visibility="participants",
    )
    office.add(Attendee, event=row.pk, person=speaker.pk, role="speaker")
    return row


def rundown(guest, conference: Event, *, internal: bool = False) -> list[Event]:
    """Return the items of the conference in the guest's itinerary, in order."""
    itinerary = itineraries.of_person(person=guest, within=conference, internal=internal)
    events = [item.event for day in itinerary.days for item in day.items]
    return [event for event in events if event != conference]
