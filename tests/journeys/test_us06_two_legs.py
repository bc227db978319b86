"""US-06: a liaison officer runs an itinerary of two legs, each in a zone of its own."""

from datetime import date, time

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from delegations.domain.rosters import rosters
from delegations.models import Delegate, Delegation
from events.domain.pages import itineraries
from events.models import Event, Person, Place, Team
from tests import factories
from tests.journeys.calendars import entries, hand_out
from tests.journeys.conftest import at_work
from tests.office import Office, address, detail


@pytest.fixture
def doha(team: Team) -> Place:
    return factories.place(name="Doha", timezone="Asia/Qatar", team=team)


@pytest.fixture
def kuwait(team: Team) -> Place:
    return factories.place(name="Kuwait City", timezone="Asia/Kuwait", team=team)


@pytest.fixture
def mission(office: Office, team: Team) -> Delegation:
    """A mission of six days, travel days included."""
    event = factories.event(
        team=team,
        kind="trade_mission",
        precision="day",
        start_on=date(2027, 5, 10),
        end_on=date(2027, 5, 15),
        timezone="Asia/Hong_Kong",
        visibility="delegation",
    )
    return office.add(
        Delegation,
        team=team.pk,
        name_en="Mission to the Gulf",
        purpose_en="To meet buyers",
        kind="trade_mission",
        direction="outward",
        mission=event.pk,
    )


def add_leg(office: Office, mission: Delegation, place: Place, first: str, last: str) -> None:
    office.add_detail(mission, "legs", place=place.pk, first=first, last=last)


def add_member(office: Office, mission: Delegation, name: str, **values: object) -> Delegate:
    person = factories.person(team=mission.team, family_name=name, timezone="Asia/Hong_Kong")
    office.add_detail(
        mission,
        "delegates",
        person=person.pk,
        **{"capacity": "delegate", "counted": "on", **values},
    )
    return mission.delegates.get(person=person)


def seen(person: Person, mission: Delegation) -> list[str]:
    """Return the titles in a person's itinerary of the mission, including spans of days."""
    itinerary = itineraries.of_person(person=person, within=mission.mission, internal=False)
    items = [str(item.event) for day in itinerary.days for item in day.items]
    return [*sorted({str(span.event) for day in itinerary.days for span in day.spans}), *items]


def test_two_legs_share_a_travel_day_and_nothing_more(
    office: Office, mission: Delegation, doha: Place, kuwait: Place
) -> None:
    # 1. Kuwait is entered first; 5. legs are nevertheless in the order of their days.
    add_leg(office, mission, kuwait, "2027-05-12", "2027-05-14")
    add_leg(office, mission, doha, "2027-05-11", "2027-05-12")
    assert [leg.stay.place for leg in mission.legs.in_order()] == [doha, kuwait]
    page = office.open(address(mission, "change"))
    said = office.refused(
        address(mission, "change"),
        **detail(page, "legs", place=doha.pk, first="2027-05-11", last="2027-05-13"),
    )
    assert said
    assert mission.legs.count() == 2

    # 2. Each leg is in the zone of its place; 4. the mission spans them and the travel days.
    zones = [leg.stay.timezone for leg in mission.legs.in_order()]
    assert zones == ["Asia/Qatar", "Asia/Kuwait"]
    spans = {(leg.stay.start_on.day, leg.stay.end_on.day) for leg in mission.legs.in_order()}
    assert (spans, mission.mission.start_on.day) == ({(11, 12), (12, 14)}, 10)


def test_a_member_of_one_leg_gets_that_leg(
    office: Office, mission: Delegation, doha: Place, kuwait: Place, team: Team
) -> None:
    add_leg(office, mission, doha, "2027-05-11", "2027-05-12")
    add_leg(office, mission, kuwait, "2027-05-12", "2027-05-14")
    first, second = mission.legs.in_order()
    visit = factories.event(
        team=team,
        title_en="Visit to the port of Kuwait",
        kind="site_visit",
        parent=second.stay,
        place=kuwait,
        start_on=date(2027, 5, 13),
        start_time=time(10),
        end_time=time(12),
        timezone="Asia/Kuwait",
        visibility="delegation",
    )
    everywhere = add_member(office, mission, "Au")
    only_doha = add_member(office, mission, "Bo", legs=[first.pk])
    # 3. The visit in Kuwait is only in the itineraries of those who go there.
    assert str(visit) in seen(everywhere.person, mission)
    assert str(visit) not in seen(only_doha.person, mission)
    assert any("Doha" in title for title in seen(only_doha.person, mission))
    assert not any("Kuwait" in title for title in seen(only_doha.person, mission))

    # In the feed of a member of the leg to Doha there is neither the visit nor Kuwait.
    feeds = [hand_out(office, team, person=each.person) for each in (everywhere, only_doha)]
    legs = {first.stay.ical_uid, second.stay.ical_uid}
    told, less = (entries(feed) for feed in feeds)
    assert told.keys() == {mission.mission.ical_uid, *legs, visit.ical_uid}
    assert less.keys() == {mission.mission.ical_uid, first.stay.ical_uid}

    # Moving the visit keeps its UID and raises SEQUENCE for those who attend it.
    office.step(visit, "move", start_time="14:00", end_time="16:00")
    (item,) = [
        item
        for day in itineraries.of_person(
            person=everywhere.person, within=mission.mission, internal=False
        ).days
        for item in day.items
        if item.event == visit
    ]
    assert f"{item.clock.start:%H:%M}" == "14:00"
    assert f"{item.home.start:%H:%M}" == "19:00"
    moved = entries(feeds[0])[visit.ical_uid]
    assert moved["SEQUENCE"] == told[visit.ical_uid]["SEQUENCE"] + 1
    assert moved["DTSTART"].params["TZID"] == "Asia/Kuwait"
    assert f"{moved['DTSTART'].dt:%H:%M}" == "14:00"
    assert entries(feeds[1]) == less


def test_the_liaison_officer_sees_the_own_leg_and_its_party(
    office: Office, mission: Delegation, doha: Place, kuwait: Place, team: Team
) -> None:
    add_leg(office, mission, doha, "2027-05-11", "2027-05-12")
    add_leg(office, mission, kuwait, "2027-05-12", "2027-05-14")
    first, second = mission.legs.in_order()
    officer = factories.person(team=team, family_name="Officer")
    first.liaison = officer
    first.save()
    in_doha = add_member(office, mission, "Au", legs=[first.pk])
    in_kuwait = add_member(office, mission, "Bo", legs=[second.pk])
    desk = at_work(team, "liaison", person=officer)

    people = desk.found(Person)
    assert in_doha.person in people
    assert in_kuwait.person not in people
    events = desk.found(Event)
    assert first.stay in events
    assert second.stay not in events
    assert desk.client.get(address(second.stay, "change")).status_code == 404


@pytest.mark.parametrize("width", [1280, 390])
def test_local_and_home_time_stand_side_by_side(
    width: int, page: Page, live_server: LiveServer, transactional_db: None
) -> None:
    # 2. On the printed itinerary, on desktop and phone.
    team = factories.team()
    doha = factories.place(name="Doha", timezone="Asia/Qatar", team=team)
    event = factories.event(
        team=team, kind="trade_mission", precision="day", start_on=date(2027, 5, 10),
        end_on=date(2027, 5, 15), timezone="Asia/Hong_Kong",
    )  # fmt: skip
    mission = Delegation.objects.create(
        team=team, slug="gulf", name_en="Mission to the Gulf", kind="trade_mission", mission=event
    )
    factories.event(
        team=team, title_en="Dinner at the museum", kind="reception", parent=event, place=doha,
        start_on=date(2027, 5, 11), start_time=time(19), end_time=time(22), timezone="Asia/Qatar",
    )  # fmt: skip
    person = factories.person(team=team, family_name="Au", timezone="Asia/Hong_Kong")
    Delegate.objects.create(delegation=mission, person=person)
    rosters.sync(delegation=mission, now=factories.NOW)
    client = Client()
    client.force_login(factories.user(member_of=team))
    cookie = {
        "name": "sessionid",
        "value": client.cookies["sessionid"].value,
        "url": live_server.url,
    }
    page.context.add_cookies([cookie])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}{address(person, 'itinerary')}")
    expect(page.get_by_text("Dinner at the museum")).to_be_visible()
    expect(page.get_by_text("19:00", exact=False).first).to_be_visible()
    expect(page.get_by_text("00:00", exact=False).first).to_be_visible()
