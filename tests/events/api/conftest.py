"""One event with everything that the API shows, and much that it must not show."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from events.models import Event, EventOrganisation, EventPlace, Evidence, Figure, Sector, Source
from tests import factories

SECRETS = "secret-person secret@example.org +85212345678 secret-stream secret-label secret-note"


def rich_event(**columns: Any) -> Event:
    """Return a public event with every relation filled, each with rows of its own."""
    n = factories.number()
    country = factories.place(slug=f"country-{n}", timezone="Asia/Shanghai", country="CN")
    city = factories.place(slug=f"city-{n}", parent=country, timezone="", country="CN")
    others = ("parent", "after", "previous_related")
    values = {
        "slug": f"conference-{n}",
        "series": factories.series(slug=f"series-{n}"),
        "edition": 3,
        "end_on": date(2026, 12, 2),
        "place": city,
        "stream_url": "https://example.org/secret-stream",
        **{name: factories.event(slug=f"{name.replace('_', '-')}-{n}") for name in others},
        **columns,
    }
    event = factories.event(**values)
    factories.event(slug=f"child-{n}", parent=event)
    _invite(event)
    _place(event, n)
    _support(event, n)
    return event


def _invite(event: Event) -> None:
    person = factories.person(
        family_name="secret-person", email="secret@example.org", phone="+85212345678"
    )
    factories.attendee(event=event, person=person, notes="secret-note")
    factories.attendee(event=event, person=None, label="secret-label")


def _place(event: Event, n: int) -> None:
    for position, role in ((2, "co_organiser"), (1, "organiser")):
        body = factories.organisation(slug=f"{role.replace('_', '-')}-{n}")
        EventOrganisation.objects.create(
            event=event, organisation=body, role=role, position=position
        )
    hub = factories.place(slug=f"hub-{n}", name="Manila", timezone="Asia/Manila", country="PH")
    EventPlace.objects.create(
        event=event, place=hub, role="hub", direction="to", stream_url="https://secret-stream.hk"
    )


def _support(event: Event, n: int) -> None:
    source = Source.objects.create(
        slug=f"source-{n}", name="An article", publisher="A daily", published="2025-11-06"
    )
    event.sectors.add(Sector.objects.create(slug=f"sector-{n}", name="Shipping"))
    figure = Figure.objects.create(
        slug=f"figure-{n}", event=event, value=Decimal(400), unit="guests", comparator="over"
    )
    Evidence.objects.create(target=figure, field="value", basis="stated", source=source, line=9)
    for field, note in (("when.start", "counted"), ("attendees", "secret-note")):
        Evidence.objects.create(
            target=event, field=field, basis="stated", source=source, line=25, note=note
        )


@pytest.fixture
def half_year() -> Event:
    return factories.event(
        slug="roadshow-stop",
        precision="half_year",
        start_on=date(2025, 1, 1),
        end_on=date(2025, 6, 30),
        timezone="",
    )
