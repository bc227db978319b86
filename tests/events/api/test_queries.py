"""The number of queries of a list does not depend on the number of rows."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event, EventSeries, Evidence, Organisation, Place, Sector
from tests import factories
from tests.events.api.conftest import rich_event

pytestmark = pytest.mark.django_db


def rich_place() -> Place:
    place: Any = None
    for _ in range(5):
        place = factories.place(parent=place, timezone="" if place else "Asia/Shanghai")
    return place


def rich_series() -> EventSeries:
    series = factories.series(place=rich_place())
    Evidence.objects.create(target=series, field="name", basis="outside", reference="its site")
    return series


def rich_organisation() -> Organisation:
    body = factories.organisation(parent=factories.organisation(), place=rich_place())
    body.sectors.add(Sector.objects.create(slug=f"sector-{body.pk}", name="Tea"))
    return body


def rich_event_in_a_deep_place() -> Event:
    return rich_event(place=rich_place())


@pytest.mark.parametrize(
    ("name", "make", "most"),
    [
        ("events", rich_event_in_a_deep_place, 14),
        ("series", rich_series, 5),
        ("places", rich_place, 2),
        ("organisations", rich_organisation, 5),
    ],
)
def test_one_three_and_thirty_rows_take_the_same_queries(client, name, make, most):
    counts = []
    for wanted in (1, 2, 27):
        for _ in range(wanted):
            make()
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(f"/api/v1/{name}/?page_size=100")
        counts.append(len(queries))
        assert response.status_code == 200

    assert len(response.json()["results"]) >= 30
    assert len(set(counts)) == 1
    assert counts[0] <= most
