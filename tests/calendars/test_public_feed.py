"""The public feed of the catalogue, as other programs read it."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from events.models import Event
from seeds import library
from tests.calendars import readers
from tests.calendars.catalogue import PUBLIC, wanted
from tests.calendars.readers import Seen
from tests.factories import NOW

DELEGATION = {"ce-meets-chen-gong", "mission-leg-doha", "mission-leg-kuwait"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The catalogue, loaded once for the module, because no test here changes it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield library.load(now=NOW)
        transaction.set_rollback(True)


def test_the_feed_holds_the_eleven_public_events_and_the_three_of_delegations_stay_out(
    client, catalogue
):
    body = client.get("/calendar/public.ics").content

    assert sorted(readers.read_icalendar(body)) == wanted()
    assert {
        event.slug for event in Event.objects.in_calendar().exclude(slug__in=PUBLIC)
    } == DELEGATION


@pytest.mark.parametrize(
    "read",
    [
        readers.read_icalendar,
        readers.read_vobject,
        readers.read_ics,
        readers.read_ical,
        readers.read_icaljs,
        readers.read_libical,
    ],
)
def test_every_reader_sees_the_same_events(client, catalogue, read: Callable[[bytes], list[Seen]]):
    body = client.get("/calendar/public.ics").content

    # The reader ics unescapes a double backslash wrongly; no title contains one.
    assert sorted(read(body)) == wanted()


def test_the_conference_lies_inside_the_expo(client, catalogue):
    lines = client.get("/calendar/public.ics?series=ciie&series=hk-promo-shanghai").content
    expo = Event.objects.get(slug="ciie-2025")

    assert f"RELATED-TO;RELTYPE=PARENT:{expo.ical_uid}"[:60].encode() in lines
    assert b"DTSTART;VALUE=DATE:20251105\r\nDTEND;VALUE=DATE:20251111\r\n" in lines


def test_the_gathering_names_its_four_hubs(client, catalogue):
    body = client.get("/calendar/public.ics?series=gather-in-shanghai").content
    unfolded = body.replace(b"\r\n ", b"").decode()

    for hub in ("San Francisco", "Vancouver", "Manila", "Jakarta"):
        assert f"Live-stream hub: {hub}" in unfolded


def test_coarse_dates_and_programme_items_stand_on_pages_only(client, catalogue):
    body = client.get("/calendar/public.ics").content

    for slug in ("investhk-hubei-h1-2025", "policy-address-2025", "tour-g60"):
        assert str(Event.objects.get(slug=slug).uid).encode() not in body
