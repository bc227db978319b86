"""What a change of an event counts, and what follows from it."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import translation

from events.domain import lifecycle
from events.models import Event
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def counts(event: Event) -> tuple[int, int, datetime]:
    row = Event.objects.get(pk=event.pk)
    return row.sequence, row.revision, row.changed_at


def test_a_new_event_is_created_now() -> None:
    event = factories.event()
    event.pk, event.slug = None, "copy"
    event.uid = uuid.uuid4()
    event._state.adding = True
    lifecycle.save(event=event, now=LATER.replace(microsecond=5))
    row = Event.objects.get(slug="copy")
    assert (row.created_at, row.changed_at, row.sequence, row.revision) == (LATER, LATER, 0, 0)


def test_a_save_without_a_change_counts_nothing() -> None:
    event = factories.event()
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (0, 0, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"start_on": date(2026, 12, 1)},
        {"start_time": time(10)},
        {"end_time": None},
        {"timezone": "Asia/Tokyo"},
        {"status": "tentative"},
        {"precision": "day", "start_time": None, "end_time": None},
    ],
)
def test_another_time_or_status_is_another_appointment(change: dict[str, Any]) -> None:
    event = factories.event()
    for name, value in change.items():
        setattr(event, name, value)
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (1, 1, LATER)


def test_another_place_is_another_appointment() -> None:
    event = factories.event()
    event.place = factories.place()
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (1, 1, LATER)


@pytest.mark.parametrize("name", ["title_en", "title_zh_hant", "description_zh_hans", "url"])
def test_other_words_are_a_revision(name: str) -> None:
    event = factories.event()
    setattr(event, name, "https://example.org/")
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (0, 1, LATER)


def test_a_title_in_the_active_language_is_a_revision() -> None:
    event = factories.event()
    with translation.override("zh-hans"):
        event.title = "推介会"
        lifecycle.save(event=event, now=LATER)
    assert Event.objects.get(pk=event.pk).title_zh_hans == "推介会"
    assert counts(event) == (0, 1, LATER)


def test_an_empty_translation_is_no_change_whether_null_or_blank() -> None:
    event = factories.event()
    event.title_zh_hans = "" if event.title_zh_hans is None else None
    lifecycle.save(event=event, now=LATER)
    assert counts(event) == (0, 0, NOW)


def test_another_team_is_stored_and_not_seen() -> None:
    event = factories.event()
    event.team = factories.team()
    lifecycle.save(event=event, now=LATER)
    assert Event.objects.get(pk=event.pk).team == event.team
    assert counts(event) == (0, 0, NOW)


def test_two_changes_within_a_second_bear_two_times() -> None:
    event = factories.event()
    for title in ("One", "Two"):
        event.title_en = title
        lifecycle.save(event=event, now=LATER.replace(microsecond=300_000))
    assert counts(event) == (0, 2, LATER + timedelta(seconds=1))


def test_the_times_never_go_back() -> None:
    event = factories.event()
    event.title_en = "Another"
    lifecycle.save(event=event, now=NOW - timedelta(days=1))
    assert counts(event) == (0, 1, NOW + timedelta(seconds=1))


def test_a_form_opened_earlier_does_not_turn_the_counters_back() -> None:
    event = factories.event()
    stale = Event.objects.get(pk=event.pk)
    event.status = "tentative"
    lifecycle.save(event=event, now=LATER)
    stale.title_en = "Another"
    stale.status = "tentative"
    lifecycle.save(event=stale, now=LATER)
    assert counts(event) == (1, 2, LATER + timedelta(seconds=1))


def test_a_change_beside_the_event_is_a_revision() -> None:
    event = factories.event()
    lifecycle.touch(event=event, now=LATER)
    assert counts(event) == (0, 1, LATER)
    assert event.changed_at == LATER


def test_saving_plans_the_reminders() -> None:
    event = factories.rule().event
    lifecycle.save(event=event, now=NOW)
    assert event.reminder_occurrences.get().due_at == datetime(2026, 12, 1, 1, tzinfo=UTC)


def test_every_field_that_counts_exists() -> None:
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert set(lifecycle.VISIBLE) - columns == set()
    assert len(lifecycle.VISIBLE) == len(set(lifecycle.VISIBLE))


def test_every_column_is_either_visible_counted_derived_or_known_to_be_private() -> None:
    derived = {"id", "uid", "title", "description", "start_at", "end_at"}
    private = {"team_id"}
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns - {*lifecycle.VISIBLE, *lifecycle.COUNTED} == derived | private
