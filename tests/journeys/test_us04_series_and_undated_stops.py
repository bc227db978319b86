"""US-04: an organiser keeps series, mechanisms and stops without a day."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from events.models import Event, EventSeries
from tests import factories
from tests.journeys.calendars import FEED, entries
from tests.office import Office, address

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    call_command("seed", stdout=StringIO())
    client = Client()
    client.force_login(factories.user(is_superuser=True))
    return Office(client)


def test_series_keep_what_is_known_of_them(office: Office) -> None:
    # 1. The third supply-chain expo; the edition of the import expo is known only from outside.
    supply_chain = Event.objects.get(series__slug="cisce", edition=3)
    assert supply_chain in office.found(Event, q=supply_chain.title_en)

    # 2. The mechanism of 2003 is known to the year, and is in no calendar.
    mechanism = EventSeries.objects.get(kind="mechanism", established="2003")
    assert mechanism in office.found(EventSeries)
    first = Event.objects.filter(series=mechanism)
    assert not [event for event in first if event.when.is_exact and event.in_calendar]
    assert not {event.ical_uid for event in first} & entries(FEED).keys()

    # 5. The event of 2024 is a related earlier event, not an edition.
    earlier = Event.objects.exclude(previous_related=None)
    assert earlier
    assert all(event.previous_related.edition is None for event in earlier)


def test_a_stop_appears_in_the_calendar_once_its_day_is_known(office: Office) -> None:
    # 3. Four stops in the first half of 2025: on screens and in the API, not in the feed.
    stops = office.found(Event, kind__exact="roadshow_stop")
    assert [stop.precision for stop in stops] == ["half_year"] * 4
    stop = stops[0]
    api = office.client.get(f"/api/v1/events/{stop.slug}/").json()
    assert api["when"]["edtf"] == "2025-40"
    assert stop.ical_uid.encode() not in office.client.get(FEED).content

    # 4. With a day it is in the next feed, under the same UID.
    uid = stop.uid
    values = {"precision": "day", "start_on": "2025-05-20", "end_on": "2025-05-20"}
    office.change(stop, **values, timezone="Asia/Shanghai", in_calendar="on", visibility="public")
    feed = office.client.get(FEED).content
    assert stop.uid == uid
    assert stop.ical_uid.encode() in feed
    assert b"DTSTART;VALUE=DATE:20250520" in feed
    assert (
        address(stop, "change")
        in office.open(address(Event, "changelist"), q=stop.slug).content.decode()
    )
