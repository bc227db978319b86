"""Events read in bulk have the same calendar entries as events read through query sets."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from events.domain.feeds import calendarrows, renderings
from events.domain.ical import entries
from events.models import Event, RenderedEvent, Sector
from events.values import dates
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def rich(number: int) -> Event:
    """An event with every field and relation that a calendar entry shows."""
    city = factories.place(name_en="Doha", kind="city", timezone="Asia/Qatar")
    hall = factories.place(name_en=f"Hall {number}", kind="venue", parent=city)
    parent = factories.event()
    event = factories.event(
        title_en=f"Talk {number}",
        title_zh_hant="演講",
        description_zh_hans="说明",
        parent=parent,
        place=hall,
        end_place=city if number % 2 else None,
        kind="session",
        team=parent.team,
        visibility="public",
        changed_at=NOW + timedelta(microseconds=number),
    )
    event.sectors.add(*Sector.objects.order_by("-pk"))
    factories.hub(event=event)
    return event


def shown(events: list[Event], language: str) -> dict[int, object]:
    with override(language):
        return {event.pk: entries.entry(event=event, entitled=True) for event in events}


def test_they_are_as_one_by_one() -> None:
    call_command("seed", sample=True, verbosity=0)
    for number in range(2):
        Sector.objects.create(slug=f"s{number}", name_en=f"Sector {number}")
        rich(number)
    dated = list(Event.objects.in_calendar().for_calendars())
    found = calendarrows.read(keys=[event.pk for event in dated])
    assert len(found) == len(dated) >= 30
    for language, _name in settings.LANGUAGES:
        assert shown(found, language) == shown(dated, language)


def test_of_a_column_that_no_calendar_shows_the_database_is_asked() -> None:
    event = factories.event(capacity=70)
    [row] = calendarrows.read(keys=[event.pk])
    assert (row, row.capacity, row.start_at) == (event, 70, event.start_at)


@pytest.mark.parametrize("read", [calendarrows.read, renderings.parts])
def test_many_take_as_many_queries_as_few(read: Callable[..., object]) -> None:
    options = {"language": "en", "entitled": True} if read is renderings.parts else {}
    counts = []
    for number in (1, 3, 12):
        keys = [rich(1).pk for _ in range(number)]
        RenderedEvent.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert len(list(read(keys=keys, **options))) == number  # type: ignore[call-overload]
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_what_was_written_is_kept_and_overtaken_by_a_new_revision() -> None:
    event = rich(1)

    def written() -> list[tuple[int, bytes]]:
        [part] = renderings.parts(keys=[event.pk], language="en", entitled=True)
        rows = list(RenderedEvent.objects.values_list("revision", "body"))
        assert [bytes(body) for _revision, body in rows] == [part.body]
        assert list(renderings.parts(keys=[event.pk], language="en", entitled=True)) == [part]
        return [(revision, bytes(body)) for revision, body in rows]

    before = written()
    Event.objects.filter(pk=event.pk).update(title_en="Other", revision=event.revision + 1)
    assert [revision for revision, _body in written()] == [event.revision + 1]
    assert written() != before


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"])
def test_an_offset_is_steady_where_the_clocks_do_not_change(zone: str) -> None:
    from_day = dates.date(2026, 1, 1)
    for day in (from_day + timedelta(days=n) for n in range(366)):
        for hour in range(24):
            at = dates.time(hour, 30)
            wall = dates.datetime.combine(day, at, dates.zone(zone))
            assert dates.to_utc(day, at, zone) == wall.astimezone(dates.UTC)
