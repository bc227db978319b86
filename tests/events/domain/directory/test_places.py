"""A change of a place revises the events that take place there."""

from datetime import timedelta
from typing import Any

import pytest

from events.domain.directory import places
from events.models import Event, Place
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"name_en": "Xinjiang"}, 1),
        ({"name_zh_hant": "上海"}, 1),
        ({"timezone": "Asia/Urumqi"}, 1),
        ({"address": "1 Bund"}, 1),
        ({"latitude": "31.2", "longitude": "121.5"}, 1),
        ({"country": "CN"}, 1),
        ({"slug": "another"}, 1),
        ({"capacity": 9}, 0),
        ({"unlocode": "CNSGH"}, 0),
        ({}, 0),
    ],
    ids=str,
)
def test_events_there_are_revised_when_it_shows(change: dict[str, Any], seen: int) -> None:
    city = factories.place(latitude="31.0", longitude="121.0")
    event = factories.event(place=factories.place(parent=city))
    place = Place.objects.get(pk=city.pk)
    for name, value in change.items():
        setattr(place, name, value)
    places.save(place=place, now=LATER)
    event.refresh_from_db()
    assert (event.revision, event.sequence) == (seen, 0)
    assert event.changed_at == (LATER if seen else NOW)


def test_a_new_place_is_stored_and_revises_nothing() -> None:
    event = factories.event(place=factories.place())
    place = Place(slug="hall", name="Hall", parent=event.place)
    places.save(place=place, now=LATER)
    assert Place.objects.get(slug="hall").parent == event.place
    assert Event.objects.get().revision == 0


def test_a_place_does_not_lie_in_itself_over_any_number_of_levels() -> None:
    country = factories.place()
    city = factories.place(parent=country)
    hall = factories.place(parent=city)
    for inside in (country, city, hall):
        country.parent = inside
        with pytest.raises(places.Cycle):
            places.save(place=country, now=LATER)
    assert Place.objects.get(pk=country.pk).parent is None
